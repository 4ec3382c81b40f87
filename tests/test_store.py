"""The speaker store, on SQLite and, where a server is given, on PostgreSQL."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from quotecheck.errors import (
    AmbiguousSpeakerError,
    DecisionError,
    StoreInputError,
    UnknownSpeakerError,
)
from quotecheck.store import SpeakerStore, cluster, personas_of
from quotecheck.store.words import words
from quotecheck.testing import build, said, someone
from tests.store_data import article, store, where

__all__ = ["store", "where"]

LONG = "We will not close the old port before the winter storms"
DAILY, POST = "https://daily.example/", "https://www.post.example/"


def fill(store: SpeakerStore) -> None:
    """Six articles about four people."""
    store.add(article(("Mara Quist", LONG), ("Bob Tarrant", "It is late")), url=DAILY + "1",
              published="2026-01-05")  # fmt: skip
    store.add(article(("Mara J. Quist", "We will … close the old port")), url=POST + "2",
              published="2026-01-07T10:00:00Z")  # fmt: skip
    store.add(article(("Robert Tarrant", "It is late"), ("Núria Vell", "Señor, 1,400 jobs")),
              url=POST + "3", published=date(2026, 2, 1))  # fmt: skip
    store.add(article(("Karl Quist", LONG + " and that is all")), url=DAILY + "4")


# ------------------------------------------------------------------------------ adding and taking


def test_add_says_what_happened(store: SpeakerStore) -> None:
    """New, the same again, another text at the address; copies elsewhere are articles too."""
    one = article(("Mara Quist", "Yes"))
    two = article(("Mara Quist", "Yes, indeed"))
    assert store.add(one, url=DAILY + "1").status == "added"
    assert store.add(one, url=DAILY + "1").status == "unchanged"
    answer = store.add(two, url=DAILY + "1")
    assert (answer.status, answer.version, answer.quotes) == ("version", 2, 1)
    assert store.add(one, url=POST + "9").status == "added"
    assert store.add(one).status == "added"
    assert store.add(one).status == "unchanged"
    assert len(store.articles()) == 4
    assert store.has(one.text_sha256)
    assert store.has(one.text_sha256, DAILY + "1")
    assert not store.has(one.text_sha256, DAILY + "2")


def test_versions_are_kept_apart(store: SpeakerStore) -> None:
    """The version with the latest date counts, whichever came first; others can be asked for."""
    new, old = article(("Mara Quist", "Nine")), article(("Mara Quist", "Ten"))
    store.add(new, url=DAILY + "1", published="2026-01-02")
    store.add(old, url=DAILY + "1", published="2026-01-01")
    assert [q.text for q in store.quotes(speaker="Mara Quist")] == ["“Nine,”"]
    everything = store.quotes(speaker="Mara Quist", versions="all")
    assert [(q.text, q.version) for q in everything] == [("“Ten,”", 2), ("“Nine,”", 1)]
    assert store.speaker("Mara Quist").quotes == 1
    assert [(a.version, a.latest) for a in store.articles(DAILY + "1")] == [(2, False), (1, True)]


def test_records_come_back(store: SpeakerStore) -> None:
    """A stored quote has the words, offsets, flags and origin of its attribution."""
    text = "“No\x00 \ud83d,” Mara Quist might not have said."
    analysis = build(
        text,
        said("“No\x00 \ud83d,”", cue="might not have said", source="Mara Quist", negated=True,
             hypothetical=True, act="belief"),
        title="A \x1a title",
    )  # fmt: skip
    store.add(analysis, url=DAILY + "1", published="2026-01-05")
    (quote,) = store.quotes(versions="all")
    a = analysis.attributions[0]
    assert quote.text == "“No\x00 \ud83d,”"
    assert [text[s:e] for s, e in quote.spans] == [s.text for s in a.content]
    assert (quote.negated, quote.hypothetical, quote.act) == (True, True, "belief")
    assert (quote.cue, quote.source) == ("might not have said", "Mara Quist")
    assert (quote.title, quote.outlet) == ("A \x1a title", "daily.example")
    assert quote.attribution == "A1"
    assert store.quotes(expressed=True) == ()
    assert store.speakers() == ()
    assert store.speaker("Mara Quist").quotes == 0


def test_candidates_are_not_speakers(store: SpeakerStore) -> None:
    """A quote that two people may have said counts for neither, and is found when asked for."""
    text = "Mara Quist met Karl Quist. “Fine,” Quist said."
    analysis = build(
        text,
        said("“Fine,”", cue="said", source="Quist", candidates=["Mara Quist", "Karl Quist"]),
    )
    store.add(analysis)
    (quote,) = store.quotes()
    assert quote.speaker is None
    names = {s.id: s.name for s in store.speakers(quoted=False)}
    assert [names[c] for c in quote.candidates] == ["Mara Quist", "Karl Quist"]
    assert store.quotes(speaker="Mara Quist") == ()
    assert store.quotes(speaker="Mara Quist", candidates=True) == (quote,)


def test_remove_leaves_nothing(store: SpeakerStore) -> None:
    """After everything is taken out, no table holds a row."""
    fill(store)
    store.annotate("Mara Quist", "party", "Mill")
    store.merge("Bob Tarrant", "Robert Tarrant")
    assert store.remove("https://unknown.example") == 0
    for found in store.articles():
        assert store.remove(found.url or "") == 1
    from quotecheck.store import schema

    with store._db.read() as connection:
        left = {
            table.name: len(connection.execute(table.select()).all())
            for table in schema.metadata.sorted_tables
            if table.name != "meta"
        }
    assert not any(left.values()), left


def test_remove_keeps_what_others_hold(store: SpeakerStore) -> None:
    """Notes and decisions stay while another article names the speaker."""
    fill(store)
    store.add(article(("Bob Tarrant", "Later still")), url=POST + "5")
    store.merge("Bob Tarrant", "Robert Tarrant", reason="his own page says so")
    store.annotate("Bob Tarrant", "party", "Mill")
    store.remove(DAILY + "1")
    tarrant = store.speaker("Bob Tarrant")
    assert {tarrant.name, *tarrant.aliases} == {"Bob Tarrant", "Robert Tarrant"}
    assert tarrant.annotations == (("party", "Mill"),)


def test_forget_leaves_nothing(tmp_path: Path) -> None:
    """No byte of the file holds the name or the words of a person who was forgotten."""
    path = tmp_path / "store.db"
    with SpeakerStore(path) as opened:
        opened.add(article(("Zebulon Xanthis", "Quixotic zephyrs vex"), ("Mara Quist", "No")))
        opened.annotate("Zebulon Xanthis", "role", "vexillologist")
        opened.alias("Zebulon Xanthis", "Zeb Xanthis")
        gone = opened.forget("Zebulon Xanthis")
        assert gone.name == "Zebulon Xanthis"
        assert (gone.quotes, gone.articles, gone.mentions) == (1, 1, 0)
        assert [s.name for s in opened.speakers()] == ["Mara Quist"]
        assert opened.add(article(("Zebulon Xanthis", "Quixotic zephyrs vex"),
                                  ("Mara Quist", "No"))).status == "unchanged"  # fmt: skip
        data = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    for trace in (b"xanthis", b"quixotic", b"vexillologist"):
        assert trace not in data.lower()


# ---------------------------------------------------------------------------------------- reading


def test_speakers(store: SpeakerStore) -> None:
    """Counts, dates and names across articles, most quoted first."""
    fill(store)
    quist = store.speakers()[0]
    assert (quist.name, quist.aliases) == ("Mara J. Quist", ("Mara Quist",))
    assert (quist.quotes, quist.articles, quist.words) == (2, 2, 17)
    assert (quist.first, quist.last) == ("2026-01-05", "2026-01-07")
    assert {s.name for s in store.speakers()} == {
        "Mara J. Quist", "Bob Tarrant", "Robert Tarrant", "Núria Vell", "Karl Quist"
    }  # fmt: skip


def test_finding_a_speaker(store: SpeakerStore) -> None:
    """Names match by part; several fit is an error that names them, none fits suggests."""
    fill(store)
    assert store.speaker("QUIST, MARA").name == "Mara J. Quist"
    assert store.speaker("Ms. Vell").name == "Núria Vell"
    assert store.speaker("nuria vell").name == "Núria Vell"
    assert store.speaker(store.speaker("Mara Quist").id).name == "Mara J. Quist"
    with pytest.raises(AmbiguousSpeakerError, match=r"2 speakers.*Karl Quist"):
        store.speaker("Quist")
    with pytest.raises(UnknownSpeakerError, match="Did you mean Bob Tarrant"):
        store.speaker("Bobby Tarrant")
    with pytest.raises(UnknownSpeakerError):
        store.speaker("Nobody Here")
    with pytest.raises(UnknownSpeakerError):
        store.quotes(speaker="")
    verdicts = {(m.speaker.name, m.verdict) for m in store.find("Robert Tarrant")}
    assert verdicts == {("Robert Tarrant", "same"), ("Bob Tarrant", "probable")}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("senor", 1),
        ("SEÑOR jobs", 1),
        ("1400", 1),
        ("port OLD", 3),
        ('"old port"', 3),
        ('"port old"', 0),
        ("“before the winter”", 2),
        ("late missing", 0),
        ("lat", 0),
        ("", 0),
        ("' OR 1=1 --", 0),
        ('late" OR "port', 0),
        ("late*", 2),
        ("folded : late", 0),
        ("NEAR(old port)", 0),
    ],
)
def test_text_search(store: SpeakerStore, text: str, wanted: int) -> None:
    """All words, folded; what looks like a query language is words too."""
    fill(store)
    assert len(store.quotes(text=text)) == wanted


def test_conditions(store: SpeakerStore) -> None:
    """Dates are inclusive, undated articles come last, conditions add up."""
    fill(store)
    assert len(store.quotes()) == 6
    days = [q.published and q.published[:10] for q in store.quotes()]
    assert days == ["2026-01-05", "2026-01-05", "2026-01-07", "2026-02-01", "2026-02-01", None]
    assert len(store.quotes(since="2026-01-07", until=date(2026, 1, 7))) == 1
    assert len(store.quotes(outlet="post.example")) == 3
    assert len(store.quotes(outlet="post.example", text="late", kind="direct")) == 1
    assert len(store.quotes(url=DAILY + "1")) == 2
    assert [q.id for q in store.quotes(limit=2, offset=1)] == [q.id for q in store.quotes()[1:3]]
    assert store.quotes(newest_first=True)[0].published == "2026-02-01"
    with pytest.raises(StoreInputError, match="since='soon' is not a date"):
        store.quotes(since="soon")


def test_groups(store: SpeakerStore) -> None:
    """Cuts join their source; a swallowed negation and a second speaker are flagged."""
    fill(store)
    groups = store.groups()
    port = next(g for g in groups if "port" in g.longest)
    assert port.longest == f"“{LONG} and that is all,”"
    assert {q.text for q in port.occurrences} == {
        f"“{LONG},”", f"“{LONG} and that is all,”", "“We will … close the old port,”"
    }  # fmt: skip
    assert [f.code for f in port.flags] == ["meaning-changing-cut", "conflicting-speakers"]
    assert port.first == "2026-01-05"
    assert port.outlets == ("daily.example", "post.example")
    assert store.groups(speaker="Robert Tarrant") == ()
    store.merge("Bob Tarrant", "Robert Tarrant")
    (late,) = store.groups(speaker="Bob Tarrant")
    assert len(late.occurrences) == 2


def test_a_cut_that_changes_the_meaning_is_flagged(store: SpeakerStore) -> None:
    """The negation behind an ellipsis is named; an honest cut is not flagged."""
    store.add(article(("Mara Quist", LONG)), url=DAILY + "1")
    store.add(article(("Mara Quist", "We will … close the old port before the winter storms")),
              url=DAILY + "2")  # fmt: skip
    store.add(article(("Mara Quist", "not close the old port before the winter storms")),
              url=DAILY + "3")  # fmt: skip
    (group,) = store.groups()
    assert len(group.occurrences) == 3
    (flag,) = group.flags
    assert flag.code == "meaning-changing-cut"
    cut = next(q for q in group.occurrences if "…" in q.text)
    assert flag.quotes == (cut.id,)


def test_short_quotes_need_the_same_speaker(store: SpeakerStore) -> None:
    """A stock phrase hangs on the longer quote of its own speaker only."""
    whole = "I tell you that we will win this race in the end"
    store.add(article(("Mara Quist", whole)), url=DAILY + "1")
    store.add(article(("Mara Quist", "we will win this race")), url=DAILY + "2")
    store.add(article(("Karl Quist", "we will win this race")), url=DAILY + "3")
    (group,) = store.groups(at_least=2)
    assert {q.speaker_name for q in group.occurrences} == {"Mara Quist"}


def test_statistics(store: SpeakerStore) -> None:
    """Counts by any dimension; time is in its own order; notes are a dimension too."""
    fill(store)
    store.annotate("Mara Quist", "party", "Mill")
    store.annotate("Karl Quist", "party", "Dock")
    by = {c.keys[0]: (c.quotes, c.articles, c.speakers) for c in store.stats(("@party",))}
    assert by == {"Mill": (2, 2, 1), "Dock": (1, 1, 1), None: (3, 2, 3)}
    months = [(c.keys, c.quotes) for c in store.stats(("month", "outlet"))]
    assert months == [
        (("2026-01", "daily.example"), 2), (("2026-01", "post.example"), 1),
        (("2026-02", "post.example"), 2), ((None, "daily.example"), 1),
    ]  # fmt: skip
    assert [(c.keys[0], c.quotes) for c in store.timeline("Mara Quist", by="day")] == [
        ("2026-01-05", 1), ("2026-01-07", 1)
    ]  # fmt: skip
    assert store.stats("speaker")[0].ids == store.speaker("Mara Quist").id
    with pytest.raises(StoreInputError, match="cannot count by 'mood'"):
        store.stats(("mood",))


# -------------------------------------------------------------------------------------- decisions


def test_merge_and_undo(store: SpeakerStore) -> None:
    """A merge holds for later articles, is logged with its reason, and can be taken back."""
    fill(store)
    pairs = [(p.left_name, p.right_name, p.verdict) for p in store.review()]
    assert ("Bob Tarrant", "Robert Tarrant", "probable") in pairs
    kept = store.speaker("Bob Tarrant").id
    merged = store.merge("Bob Tarrant", "Robert Tarrant", reason="same firm")
    assert store.speaker("Bob Tarrant").id == kept == store.speaker("Robert Tarrant").id
    store.add(article(("Robert Tarrant", "More"), ("Bob Tarrant", "Less")), url=DAILY + "7")
    assert store.speaker("Bob Tarrant").quotes == 4
    assert not any(p.left_name == "Bob Tarrant" for p in store.review())
    with pytest.raises(DecisionError, match="one speaker already"):
        store.merge("Bob Tarrant", "Robert Tarrant")
    (entry,) = [e for e in store.log("Bob Tarrant") if e.by == "person"]
    assert (entry.id, entry.reason, entry.active) == (merged, "same firm", True)
    store.undo(merged, reason="two firms")
    assert store.speaker("Bob Tarrant").id != store.speaker("Robert Tarrant").id
    (entry,) = [e for e in store.log() if e.id == merged]
    assert (entry.active, entry.reason) == (False, "same firm; undone: two firms")
    with pytest.raises(DecisionError, match="undone"):
        store.undo(merged)
    with pytest.raises(DecisionError, match="no merge X"):
        store.undo("X")


def test_split_and_contradiction(store: SpeakerStore) -> None:
    """Two people of one name come apart, and a merge cannot silently join them again."""
    store.add(article(("Mara Quist", "One")), url=DAILY + "1")
    store.add(article(("Mara Quist", "Two")), url=DAILY + "2")
    number = store.split("Mara Quist", articles=[DAILY + "2"], reason="a namesake")
    first, second = store.speakers()
    assert (first.name, second.name) == ("Mara Quist", "Mara Quist")
    with pytest.raises(AmbiguousSpeakerError):
        store.speaker("Mara Quist")
    assert store.review() == ()
    with pytest.raises(DecisionError, match=f"{number} keeps them apart"):
        store.merge(first, second)
    store.undo(number)
    assert store.speaker("Mara Quist").quotes == 2
    with pytest.raises(DecisionError, match="everything would be split off"):
        store.split("Mara Quist", names=["Mara Quist"])
    with pytest.raises(DecisionError, match="needs articles"):
        store.split("Mara Quist")


def test_a_rules_merge_can_be_undone(store: SpeakerStore) -> None:
    """Every merge of a rule has an entry with its reason, and `undo` takes the name out."""
    fill(store)
    (entry,) = store.log("Mara Quist")
    assert entry.by == "rule"
    assert "middle names agree" in entry.reason
    store.undo(entry.id)
    assert store.speaker("Mara Quist").id != store.speaker("Mara J. Quist").id
    store.add(article(("Mara J. Quist", "Late")), url=DAILY + "8")
    assert store.speaker("Mara J. Quist").quotes == 2


def test_alias_before_and_after(store: SpeakerStore) -> None:
    """An alias joins names seen already and names to come."""
    store.add(article(("Anna Berg", "One")), url=DAILY + "1")
    number = store.alias("Anna Berg", "Anna Lind", reason="married")
    store.add(article(("Anna Lind", "Two")), url=DAILY + "2")
    assert store.speaker("Anna Berg").quotes == 2
    store.undo(number)
    assert store.speaker("Anna Berg").quotes == 1
    with pytest.raises(DecisionError, match="two different names"):
        store.alias("Anna Berg", "ANNA BERG")


def test_keep_apart_silences_review(store: SpeakerStore) -> None:
    """A pair that a person told apart is not proposed again."""
    fill(store)
    store.keep_apart("Bob Tarrant", "Robert Tarrant")
    assert not any("Tarrant" in p.left_name for p in store.review())


def test_annotations_follow_the_speaker(store: SpeakerStore) -> None:
    """Notes survive merges, are set again and deleted, and stay with their name on a split."""
    fill(store)
    store.annotate("Bob Tarrant", "role", "pilot")
    merged = store.merge("Bob Tarrant", "Robert Tarrant")
    assert store.speaker("Robert Tarrant").annotations == (("role", "pilot"),)
    store.undo(merged)
    assert store.speaker("Robert Tarrant").annotations == ()
    store.annotate("Bob Tarrant", "role", "captain")
    assert store.speaker("Bob Tarrant").annotations == (("role", "captain"),)
    store.annotate("Bob Tarrant", "role", None)
    assert store.speaker("Bob Tarrant").annotations == ()
    with pytest.raises(StoreInputError, match="needs a key"):
        store.annotate("Bob Tarrant", " ", "x")


def test_incremental_equals_batch(store: SpeakerStore) -> None:
    """One by one, in either order, with removals: the speakers are those of one clustering."""
    names = ["Mara Quist", "Mara J. Quist", "Quist", "Mara K. Quist", "Bob Tarrant", "M. Quist"]
    analyses = [
        evolve(article((name, f"Word {i}"), tail=f"Mayor {name} left."), url=f"{DAILY}{i}")
        for i, name in enumerate(names * 2)
    ]
    store.add_many(analyses[6:], batch_size=4)
    for analysis in reversed(analyses[:6]):
        store.add(analysis)
    store.remove(f"{DAILY}9")
    kept = [a for a in analyses if a.url != f"{DAILY}9"]
    wanted = cluster(p for a in kept for p in personas_of(a, a.url)).partition()
    from quotecheck.store import schema as t

    found: dict[int, set[str]] = {}
    with store._db.read() as connection:
        for row in connection.execute(t.persona.select()):
            found.setdefault(row.speaker_id, set()).add(row.key)
    assert frozenset(map(frozenset, found.values())) == wanted


def test_groups_do_not_depend_on_the_order(tmp_path: Path) -> None:
    """Forwards, backwards and in one batch, the same quotes are together."""
    texts = [
        LONG,
        LONG + " and that is all",
        "old port before the winter",
        "We will … close the old",
        "before the winter storms and that is all",
        "the winter storms",
    ]
    analyses = [
        evolve(article(("Mara Quist", words)), url=f"{DAILY}{i}") for i, words in enumerate(texts)
    ]
    seen = set()
    for number, order in enumerate((analyses, analyses[::-1], analyses[3:] + analyses[:3])):
        with SpeakerStore(tmp_path / f"{number}.db") as opened:
            opened.add_many(order, batch_size=1 + number * 2)
            seen.add(
                frozenset(
                    frozenset(q.text for q in g.occurrences) for g in opened.groups(at_least=1)
                )
            )
    assert len(seen) == 1


# ------------------------------------------------------------------------------------ the rest


def test_export(store: SpeakerStore, tmp_path: Path) -> None:
    """JSON lines, CSV and Parquet hold the same rows."""
    fill(store)
    assert store.export(tmp_path / "q.jsonl") == 6
    with (tmp_path / "q.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert rows[0]["text"] == f"“{LONG},”"
    assert rows[0]["spans"] == [[0, len(LONG) + 3]]
    assert store.export(tmp_path / "q.csv") == 6
    with (tmp_path / "q.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [r["text"] for r in csv.DictReader(stream)] == [r["text"] for r in rows]
    pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    assert store.export(tmp_path / "q.parquet") == 6
    assert pq.read_table(tmp_path / "q.parquet").to_pylist() == rows
    with pytest.raises(StoreInputError, match="cannot export"):
        store.export(tmp_path / "q.xlsx")


def test_bad_input(store: SpeakerStore) -> None:
    """What cannot be added is refused before anything is written."""
    with pytest.raises(StoreInputError, match="published='soon' is not a date"):
        store.add(article(("Mara Quist", "Yes")), published="soon")
    with pytest.raises(StoreInputError, match="cannot add a str"):
        store.add_many(["text"])
    with pytest.raises(StoreInputError, match="batch_size"):
        store.add_many([], batch_size=0)
    with pytest.raises(StoreInputError, match="not int"):
        store.speaker(7)  # type: ignore[arg-type]
    assert store.articles() == ()


def test_organizations(store: SpeakerStore) -> None:
    """Bodies are speakers too, found by name and acronym; nameless ones stay in their article."""
    bureau = someone("Bureau of Mill Safety", "organization", aliases=["BMS"])
    ministry = someone("the ministry", "organization")
    store.add(article(("Bureau of Mill Safety", "One"), people=(bureau,), tail="BMS warned."),
              url=DAILY + "1")  # fmt: skip
    store.add(article(("BMS", "Two"), people=(someone("BMS", "organization"),)), url=DAILY + "2")
    for number in "34":
        store.add(article(("the ministry", number), people=(ministry,)), url=DAILY + number)
    assert store.speaker("bms").quotes == 2
    assert [s.quotes for s in store.speakers(type="organization")] == [2, 1, 1]


def _counted_anew(store: SpeakerStore, by: str) -> set[tuple]:
    """What the quotes themselves say, by one dimension: nothing that is kept ready is used."""
    found: dict[str | None, list] = {}
    for quote in store.quotes(expressed=True):
        key = {
            "speaker": quote.speaker_name,
            "outlet": quote.outlet,
            "month": (quote.published or "")[:7] or None,
        }[by]
        row = found.setdefault(key, [0, 0, set(), set()])
        row[0] += 1
        row[1] += len(words(quote.text))
        row[2].add(quote.article)
        row[3] |= {quote.speaker} - {None}
    return {(key, n, size, len(a), len(s)) for key, (n, size, a, s) in found.items()}


def test_counts_kept_ready_are_those_of_the_quotes(store: SpeakerStore) -> None:
    """After every kind of change, statistics and speakers agree with a count of all quotes."""

    def agree() -> None:
        for by in ("speaker", "outlet", "month"):
            kept = {
                (c.keys[0], c.quotes, c.words, c.articles, c.speakers) for c in store.stats((by,))
            }
            assert kept == _counted_anew(store, by)
        for speaker in store.speakers():
            mine = store.quotes(speaker=speaker, expressed=True)
            assert speaker.quotes == len(mine)
            assert speaker.words == sum(len(words(quote.text)) for quote in mine)

    fill(store)
    agree()
    decision = store.merge("Bob Tarrant", "Robert Tarrant")
    agree()
    store.undo(decision)
    agree()
    store.add(article(("Mara Quist", "A new version")), url=DAILY + "1", published="2026-05-01")
    agree()
    store.remove(POST + "2")
    agree()
    store.forget("Mara Quist")
    agree()
