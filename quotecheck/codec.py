"""Records in and out of the JSON contract ``quotecheck/1``.

In Python an attribution's ``speaker`` is an `Entity`; in JSON it is the entity's id. Reading checks
everything before it answers: types, the schema number, that every offset cuts the very text that
the record claims, that every id exists. All problems of a record are reported at once, each with
its JSON path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from attrs import evolve

from quotecheck.consistency import problems, text_sha256
from quotecheck.errors import RecordError, TextTypeError
from quotecheck.jsontext import ascii_json
from quotecheck.records import SCHEMA, AnalysisRecord, Attribution, Block, Entity

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = [
    "FIELDS",
    "SCHEMAS",
    "dumps",
    "from_dict",
    "iter_jsonl",
    "json_schema",
    "loads",
    "problems",
    "structure",
    "text_sha256",
    "to_dict",
]

R = TypeVar("R", bound=AnalysisRecord)
T = TypeVar("T")

#: The JSON Schema files that come with the package, by the schema number they describe.
SCHEMAS: Mapping[str, str] = {
    "quotecheck/1": "quotecheck-1.schema.json",
    "quotecheck/check/1": "quotecheck-check-1.schema.json",
    "quotecheck/review/1": "quotecheck-review-1.schema.json",
}


def json_schema(schema: str = SCHEMA) -> dict[str, Any]:
    """Returns the JSON Schema (draft 2020-12) of a record type.

    >>> json_schema("quotecheck/check/1")["title"]
    'Verdict on one quote against one source'

    Args:
        schema: a key of `SCHEMAS`.

    Raises:
        ValueError: no such schema number.
    """
    if schema not in SCHEMAS:
        raise ValueError(f"unknown schema {schema!r}: choose one of {', '.join(SCHEMAS)}.")
    path = resources.files("quotecheck") / "schema" / SCHEMAS[schema]
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


# ---------------------------------------------------------------------------------------- writing


def to_dict(record: AnalysisRecord) -> dict[str, Any]:
    """Returns a record as plain dicts, lists, strings and numbers, in the contract's key order.

    >>> from quotecheck.records import AnalysisRecord, ModelInfo
    >>> model = ModelInfo(name="none", version="1")
    >>> to_dict(AnalysisRecord(text="", text_sha256=text_sha256(""), model=model))["schema"]
    'quotecheck/1'
    """
    out: dict[str, Any] = _converter().unstructure(record, unstructure_as=AnalysisRecord)
    return out


def dumps(data: object, indent: int | None = None) -> str:
    r"""Returns plain data as JSON in ASCII, lone surrogates escaped.

    A high and a low surrogate that stand side by side as two code points (possible in a ``str``,
    not in JSON escapes) leave the low one unescaped, so that `loads` gives the same two back.

    >>> dumps({"text": "“\ud800”"})
    '{"text": "\\u201c\\ud800\\u201d"}'

    Args:
        data: what `to_dict` returns.
        indent: spaces a level; None for one line.

    Raises:
        RecordError: a number that JSON does not know (NaN, infinity).
    """
    try:
        return ascii_json(data, indent)
    except ValueError as error:
        raise RecordError((f"$: cannot be written as JSON: {error}",)) from error


# ---------------------------------------------------------------------------------------- reading


def loads(source: str | bytes) -> Any:  # noqa: ANN401 - JSON may hold anything
    """Returns what a JSON text holds; stricter than ``json.loads``: no NaN, no infinity.

    >>> loads('{"a": [1]}')
    {'a': [1]}

    Raises:
        TextTypeError: neither str nor bytes.
        RecordError: not JSON; says where.
    """
    if isinstance(source, bytes | bytearray):
        try:
            source = bytes(source).decode("utf-8-sig", "surrogatepass")
        except UnicodeDecodeError as error:
            raise RecordError((f"$: not UTF-8: {error}",)) from error
    if not isinstance(source, str):
        raise TextTypeError(source, "JSON")
    try:
        return json.loads(source.removeprefix("\ufeff"), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise RecordError(
            (f"$: not JSON: {error.msg} at line {error.lineno}, column {error.colno}",)
        ) from error
    except RecursionError as error:
        raise RecordError(("$: not a record: nested too deeply",)) from error
    except ValueError as error:
        raise RecordError((f"$: not JSON: {error}",)) from error


def structure(data: object, cls: type[T]) -> T:
    """Returns the attrs record that plain data describe: types and required fields are checked.

    For records other than an analysis, whose speakers have to be linked: see `from_dict`.

    >>> from quotecheck.records import ModelInfo
    >>> structure({"name": "en", "version": "1"}, ModelInfo)
    ModelInfo(name='en', version='1')

    Raises:
        RecordError: data that break the contract; ``problems`` lists each with its path.
    """
    from cattrs import BaseValidationError

    try:
        return _converter().structure(data, cls)
    except BaseValidationError as error:
        raise RecordError(tuple(_lines(error))) from error
    except ValueError as error:
        raise RecordError((f"$: {error}",)) from error


def from_dict(data: object, cls: type[R]) -> R:
    """Returns the record that plain data describe; unknown keys are passed over.

    >>> from quotecheck.records import AnalysisRecord
    >>> from_dict({"schema": "quotecheck/1"}, AnalysisRecord)
    Traceback (most recent call last):
    ...
    quotecheck.errors.RecordError: not a valid quotecheck record:
      $.text: required, but missing
      $.text_sha256: required, but missing
      $.model: required, but missing

    Args:
        data: what `loads` or `to_dict` returned.
        cls: `AnalysisRecord` or a subclass.

    Raises:
        RecordError: data that break the contract; ``problems`` lists each with its path.
    """
    if not isinstance(data, Mapping):
        raise RecordError((f"$: expected an object, got {_typename(data)}",))
    if (wrong := _schema_problem(data.get("schema"))) is not None:
        raise RecordError((wrong,))
    linked = _link(structure(data, AnalysisRecord), data.get("attributions", ()))
    if found := tuple(problems(linked)):
        raise RecordError(found)
    return cls(**{name: getattr(linked, name) for name in FIELDS})


def iter_jsonl(lines: Iterable[str | bytes], cls: type[R]) -> Iterator[R]:
    """Yields one record a line of JSONL; empty lines are passed over.

    >>> from quotecheck.records import AnalysisRecord
    >>> list(iter_jsonl(["", "  "], AnalysisRecord))
    []

    Args:
        lines: an open file, or any iterable of lines.
        cls: `AnalysisRecord` or a subclass.

    Raises:
        RecordError: a line that breaks the contract; each problem starts with the line's number.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield from_dict(loads(line), cls)
        except RecordError as error:
            raise RecordError(tuple(f"line {number}: {p}" for p in error.problems)) from error


FIELDS = tuple(a.name for a in AnalysisRecord.__attrs_attrs__)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _typename(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    names |= {list: "an array", tuple: "an array", dict: "an object"}
    return names.get(type(value), type(value).__name__)


def _schema_problem(schema: object) -> str | None:
    if schema == SCHEMA:
        return None
    if schema is None:
        return f"$.schema: required, but missing; expected {SCHEMA!r}"
    if isinstance(schema, str) and re.fullmatch(r"quotecheck/\d+", schema):
        return (
            f"$.schema: {schema!r} was written by another version of quotecheck; "
            f"this one reads {SCHEMA!r}"
        )
    return f"$.schema: expected {SCHEMA!r}, got {schema!r}"


def _link(record: AnalysisRecord, rows: Iterable[Mapping[str, Any]]) -> AnalysisRecord:
    """Puts entities where the JSON has ids. Ids that nobody bears are reported with their path."""
    by_id = {entity.id: entity for entity in record.entities}
    wrong: list[str] = []

    def entity(ref: object, path: str) -> Entity | None:
        if isinstance(ref, str) and ref in by_id:
            return by_id[ref]
        what = f"no entity has the id {ref!r}" if isinstance(ref, str) else "expected an entity id"
        wrong.append(f"{path}: {what}")
        return None

    out = []
    for i, (row, bare) in enumerate(zip(rows, record.attributions, strict=True)):
        path = f"$.attributions[{i}]"
        ref, many = row.get("speaker"), row.get("candidates", [])
        speaker = None if ref is None else entity(ref, f"{path}.speaker")
        if not isinstance(many, list | tuple):
            wrong.append(f"{path}.candidates: expected an array, got {_typename(many)}")
            many = []
        found = [entity(one, f"{path}.candidates[{k}]") for k, one in enumerate(many)]
        out.append(evolve(bare, speaker=speaker, candidates=tuple(e for e in found if e)))
    if wrong:
        raise RecordError(tuple(wrong))
    return evolve(record, attributions=tuple(out))


# -------------------------------------------------------------------------------------- converter


def _lines(error: Exception) -> Iterator[str]:
    from cattrs import transform_error

    for line in transform_error(error, path="$", format_exception=_say):
        message, _, path = line.rpartition(" @ ")
        yield f"{path}: {message}"


def _say(error: BaseException, _type: type | None) -> str:
    return "required, but missing" if isinstance(error, KeyError) else str(error)


def _strict(kinds: tuple[type, ...], wanted: str) -> Callable[[object, object], Any]:
    """A hook that takes values of the given types only: no "3" for 3, no 1 for true."""

    def hook(value: object, _type: object) -> Any:  # noqa: ANN401 - as cattrs types its hooks
        if type(value) not in kinds:
            raise ValueError(f"expected {wanted}, got {_typename(value)}")
        return value

    return hook


def _literal(value: object, wanted: Any) -> Any:  # noqa: ANN401 - as cattrs types its hooks
    if not isinstance(value, str) or value not in get_args(wanted):
        choices = ", ".join(map(repr, get_args(wanted)))
        raise ValueError(f"expected one of {choices}, got {value!r}"[:300])
    return value


def _number(value: object, _type: object) -> float:
    if type(value) not in (int, float):
        raise ValueError(f"expected a number, got {_typename(value)}")
    return float(value)  # type: ignore[arg-type]


def _is_literal(kind: Any) -> bool:  # noqa: ANN401 - a type expression
    return get_origin(kind) is Literal


def _is_tuple(kind: Any) -> bool:  # noqa: ANN401 - a type expression
    return get_origin(kind) is tuple


def _array(kind: Any, conv: Converter) -> Callable[[object, Any], Any]:  # noqa: ANN401
    """The hook of ``tuple[X, ...]``: an array, not just anything that iterates."""
    as_list = GenericAlias(list, (get_args(kind)[0],))
    inner = conv.get_structure_hook(as_list)

    def hook(value: object, _type: object) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError(f"expected an array, got {_typename(value)}")
        return tuple(inner(value, as_list))

    return hook


def _object(kind: type[Any], conv: Converter) -> Callable[[object, Any], Any]:
    """The hook of a record class. Speakers and candidates wait for `_link`."""
    from cattrs.gen import make_dict_structure_fn, override

    inner: Callable[[Mapping[str, Any], Any], Any]
    if kind is Attribution:
        skip = override(omit=True)
        inner = make_dict_structure_fn(kind, conv, speaker=skip, candidates=skip)
    else:
        inner = make_dict_structure_fn(kind, conv)

    def hook(value: object, _type: object) -> Any:  # noqa: ANN401 - as cattrs types its hooks
        if not isinstance(value, Mapping):
            raise ValueError(f"expected an object, got {_typename(value)}")
        return inner(value, kind)

    return hook


@lru_cache(maxsize=1)
def _converter() -> Converter:
    from attrs import has
    from cattrs import Converter
    from cattrs.gen import make_dict_unstructure_fn, override

    conv = Converter(detailed_validation=True)
    conv.register_structure_hook(int, _strict((int,), "a whole number"))
    conv.register_structure_hook(str, _strict((str,), "a string"))
    conv.register_structure_hook(bool, _strict((bool,), "true or false"))
    conv.register_structure_hook(float, _number)
    conv.register_structure_hook_func(_is_literal, _literal)
    conv.register_structure_hook_factory(_is_tuple, lambda kind: _array(kind, conv))
    conv.register_structure_hook_factory(has, lambda kind: _object(kind, conv))
    conv.register_unstructure_hook_func(
        _is_tuple, lambda value: [conv.unstructure(v) for v in value]
    )
    conv.register_unstructure_hook(
        Attribution,
        make_dict_unstructure_fn(
            Attribution,
            conv,
            speaker=override(unstruct_hook=lambda e: None if e is None else e.id),
            candidates=override(unstruct_hook=lambda many: [e.id for e in many]),
        ),
    )
    # Only transcript turns have a label: other blocks keep the three keys of the contract.
    conv.register_unstructure_hook(
        Block, make_dict_unstructure_fn(Block, conv, label=override(omit_if_default=True))
    )
    return conv
