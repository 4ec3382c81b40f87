"""The tables of a speaker store, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
)
from sqlalchemy.types import BigInteger

__all__ = ["SCHEMA_VERSION", "metadata"]

#: Number of the layout; `quotecheck.store.migrations` brings older stores up to it.
SCHEMA_VERSION = 3

_ESCAPE = re.compile("[\x00\x1a\ud800-\udfff]")
_UNESCAPE = re.compile("\x1a([0-9a-f]+);")


class Exact(TypeDecorator[str]):
    """Text that comes back exactly, with characters that databases refuse written as numbers."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escapes NUL and lone surrogates (and the escape itself)."""
        if value is None:
            return None
        return _ESCAPE.sub(lambda m: f"\x1a{ord(m[0]):x};", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Undoes the escapes."""
        if value is None or "\x1a" not in value:
            return value
        return _UNESCAPE.sub(lambda m: chr(int(m[1], 16)), value)


metadata = MetaData()
#: Ids that people write down are never given out twice: SQLite needs to be told.
_Key = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _Key, primary_key=True, autoincrement=True)


def _ref(
    name: str,
    to: str,
    *,
    delete: str = "CASCADE",
    primary_key: bool = False,
    nullable: bool = True,
) -> Column[int]:
    key = ForeignKey(f"{to}.id", ondelete=delete)
    nullable = nullable and not primary_key
    return Column(name, _Key, key, primary_key=primary_key, nullable=nullable)


meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text))

article = Table(
    "article",
    metadata,
    _id(),
    Column("key", String(32), nullable=False, unique=True),
    Column("url", Exact),
    Column("sha", String(64), nullable=False),
    Column("title", Exact),
    Column("outlet", Exact),
    Column("published", String),
    Column("day", String(10)),
    Column("source", Exact, nullable=False),
    Column("language", String, nullable=False),
    Column("model", String, nullable=False),
    Column("added", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("latest", Boolean, nullable=False),
    Index("article_url", "url"),
    Index("article_sha", "sha"),
)

speaker = Table(
    "speaker",
    metadata,
    _id(),
    Column("type", String, nullable=False),
    Column("name", Exact, nullable=False),
    Column("folded", String, nullable=False),
    Index("speaker_folded", "folded"),
    sqlite_autoincrement=True,
)

#: Every name a speaker goes by in its articles.
name = Table(
    "name",
    metadata,
    _ref("speaker_id", "speaker", primary_key=True),
    Column("form", Exact, primary_key=True),
    Column("articles", Integer, nullable=False),
)

#: Keys under which `quotecheck.names.name_key` files the names: how a name is found.
lookup = Table(
    "lookup",
    metadata,
    Column("key", String, primary_key=True),
    _ref("speaker_id", "speaker", primary_key=True),
    Index("lookup_speaker", "speaker_id"),
    sqlite_with_rowid=False,
)

#: Keys under which full names meet that may be one person's: how pairs for review are found.
meeting = Table(
    "meeting",
    metadata,
    Column("key", String, primary_key=True),
    _ref("speaker_id", "speaker", primary_key=True),
    Index("meeting_speaker", "speaker_id"),
    sqlite_with_rowid=False,
)

persona = Table(
    "persona",
    metadata,
    _id(),
    Column("key", String, nullable=False, unique=True),
    _ref("article_id", "article", nullable=False),
    Column("type", String, nullable=False),
    Column("name", Exact, nullable=False),
    Column("block", String, nullable=False),
    Column("neighbour", String),
    Column("profile", Text, nullable=False),
    _ref("speaker_id", "speaker", delete="SET NULL"),
    Index("persona_block", "block"),
    Index("persona_article", "article_id"),
    Index("persona_speaker", "speaker_id"),
)

#: A short name that context could not place: whom it may be.
doubt = Table(
    "doubt",
    metadata,
    _ref("persona_id", "persona", primary_key=True),
    _ref("candidate_id", "persona", primary_key=True),
)

#: Why two names are one speaker: the log of what the rules merged.
link = Table(
    "link",
    metadata,
    _id(),
    _ref("speaker_id", "speaker", nullable=False),
    Column("left", Exact, nullable=False),
    Column("right", Exact, nullable=False),
    Column("reason", Exact, nullable=False),
    Column("rule", String, nullable=False),
    Column("at", String, nullable=False),
    Index("link_speaker", "speaker_id"),
    sqlite_autoincrement=True,
)

decision = Table(
    "decision",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("left", Exact, nullable=False),
    Column("right", Exact, nullable=False),
    Column("reason", Exact, nullable=False),
    Column("at", String, nullable=False),
    Column("undone", String),
    sqlite_autoincrement=True,
)

anchor = Table(
    "anchor",
    metadata,
    _ref("decision_id", "decision", primary_key=True),
    _ref("persona_id", "persona", primary_key=True),
    Column("side", Integer, primary_key=True),
    Index("anchor_persona", "persona_id"),
)

alias = Table(
    "alias",
    metadata,
    _id(),
    _ref("decision_id", "decision", nullable=False),
    Column("name", Exact, nullable=False),
    Column("block", String, nullable=False),
    Index("alias_block", "block"),
    Index("alias_decision", "decision_id"),
)

#: A user's own facts. They hang on a persona, so that they follow the speaker through merges.
annotation = Table(
    "annotation",
    metadata,
    _id(),
    _ref("persona_id", "persona", nullable=False),
    Column("key", Exact, nullable=False),
    Column("value", Exact, nullable=False),
    Column("at", String, nullable=False),
    Index("annotation_persona", "persona_id"),
    Index("annotation_key", "key"),
)

#: A distinct wording: the folded words of what was said, shared by all who carry it.
wording = Table(
    "wording",
    metadata,
    _id(),
    Column("key", String(32), nullable=False, unique=True),
    Column("folded", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("lead", BigInteger),
    Column("cluster", _Key),
    Index("wording_lead", "lead"),
    Index("wording_cluster", "cluster"),
)

#: Kept shingles of a wording: how containers are found.
shingle = Table(
    "shingle",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
    _ref("wording_id", "wording", primary_key=True),
    Index("shingle_wording", "wording_id"),
    sqlite_with_rowid=False,
)

#: One wording stands whole in another, perhaps with marked cuts.
containment = Table(
    "containment",
    metadata,
    _ref("whole_id", "wording", primary_key=True),
    _ref("part_id", "wording", primary_key=True),
    Column("cut", Boolean, nullable=False),
    Index("containment_part", "part_id"),
)

quote = Table(
    "quote",
    metadata,
    _id(),
    _ref("article_id", "article", nullable=False),
    Column("ref", String, nullable=False),
    _ref("persona_id", "persona", delete="SET NULL"),
    _ref("speaker_id", "speaker", delete="SET NULL"),
    _ref("wording_id", "wording", delete="SET NULL"),
    Column("group_key", String, nullable=False),
    Column("day", String(10)),
    Column("kind", String, nullable=False),
    Column("act", String, nullable=False),
    Column("negated", Boolean, nullable=False),
    Column("hypothetical", Boolean, nullable=False),
    Column("text", Exact, nullable=False),
    Column("folded", Text, nullable=False),
    Column("words", Integer, nullable=False),
    Column("spans", Text, nullable=False),
    Column("cue", Exact, nullable=False),
    Column("source", Exact, nullable=False),
    Column("parent", String),
    Column("confidence", Float, nullable=False),
    Column("speaker_confidence", Float, nullable=False),
    UniqueConstraint("article_id", "ref"),
    Index("quote_speaker", "speaker_id", "day"),
    Index("quote_persona", "persona_id"),
    Index("quote_wording", "wording_id"),
    Index("quote_group", "group_key", "article_id"),
    Index("quote_day", "day"),
    sqlite_autoincrement=True,
)

candidate = Table(
    "candidate",
    metadata,
    _ref("quote_id", "quote", primary_key=True),
    _ref("persona_id", "persona", primary_key=True),
    Index("candidate_persona", "persona_id"),
)

#: What each article has of each speaker (of nobody known: null): named there, and how much was said
#: that was neither denied nor hypothetical. Everything that is counted is counted from here.
tally = Table(
    "tally",
    metadata,
    _id(),
    _ref("article_id", "article", nullable=False),
    _ref("speaker_id", "speaker"),
    Column("day", String(10)),
    Column("latest", Boolean, nullable=False),
    Column("quotes", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Index("tally_article", "article_id"),
    Index("tally_speaker", "speaker_id"),
)

#: SQLite's text index; triggers keep it in step, also when a deletion cascades.
SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS quote_search USING fts5("
    "folded, content='quote', content_rowid='id', tokenize='ascii')",
    "CREATE TRIGGER IF NOT EXISTS quote_search_insert AFTER INSERT ON quote BEGIN "
    "INSERT INTO quote_search(rowid, folded) VALUES (new.id, new.folded); END",
    "CREATE TRIGGER IF NOT EXISTS quote_search_delete AFTER DELETE ON quote BEGIN "
    "INSERT INTO quote_search(quote_search, rowid, folded) "
    "VALUES ('delete', old.id, old.folded); END",
)
#: PostgreSQL's: its parser is left out, since the words are folded already.
POSTGRES_SEARCH = (
    "CREATE INDEX IF NOT EXISTS quote_search ON quote "
    "USING gin (array_to_tsvector(string_to_array(folded, ' ')))",
)


def postgres_document() -> ColumnElement[Any]:
    """Returns the expression that PostgreSQL's text index is built on."""
    return func.array_to_tsvector(func.string_to_array(quote.c.folded, " "))
