"""Bytes in, text and the name of its encoding out.

The text is what the named codec makes of the bytes: line ends are kept, nothing is normalised. Only
a byte order mark is left out, as the codecs ``utf-8-sig``, ``utf-16`` and ``utf-32`` do.
"""

from __future__ import annotations

import codecs
import re

from attrs import frozen

from quotecheck.errors import SourceReadError
from quotecheck.records import Notice

__all__ = ["Decoded", "decode", "html_charset"]

#: Byte order marks, the longer ones first: UTF-16-LE's mark begins UTF-32-LE's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: First bytes of files that people hand in by mistake, and what to do about each.
_MAGIC = (
    (b"%PDF-", "a PDF file: name it .pdf, or extract its text first"),
    (b"PK\x03\x04", "a ZIP archive or an office document: save it as plain text first"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel document: save it as plain text first"),
    (b"{\\rtf", "a rich text document: save it as plain text first"),
    (b"\x1f\x8b", "a gzip archive: unpack it first"),
    (b"BZh", "a bzip2 archive: unpack it first"),
    (b"\xfd7zXZ", "an xz archive: unpack it first"),
    (b"\x89PNG", "a picture (PNG), not text"),
    (b"\xff\xd8\xff", "a picture (JPEG), not text"),
    (b"GIF8", "a picture (GIF), not text"),
    (b"\x7fELF", "a program, not text"),
    (b"SQLite format 3", "an SQLite database, not text"),
    (b"PAR1", "a Parquet file, not text"),
)

#: Control characters that no text editor writes; tab, line ends, form feed and escape may occur.
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
#: More control characters than this share of a file and it is not text.
_MAX_CONTROL = 0.005
#: Of the bytes looked at to tell what a file is.
_SAMPLE = 1 << 16
#: UTF-16 without a mark: share of zero bytes in one half of the positions. Latin text has nearly
#: all its high bytes zero; a tenth is far more than any other text has.
_ZERO_SHARE = 0.5

#: A UTF-8 file with a few broken bytes has at least this many sound characters for each of them.
_SOUND_FOR_BROKEN = 4
_UTF8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)

#: Above this share of high letters among all letters the text is not English with a few accents,
#: and the language statistics of charset-normalizer know better (French has about 0.05).
_FEW_ACCENTS = 0.06
#: Window handed to charset-normalizer, which needs a page, not a book.
_STATISTICS = 1 << 15


@frozen(kw_only=True)
class Decoded:
    """A decoded text.

    Attributes:
        text: the characters.
        encoding: the Python codec that gives this text from the bytes.
        notices: one ``undecodable-bytes`` notice when broken bytes became U+FFFD.
    """

    text: str
    encoding: str
    notices: tuple[Notice, ...] = ()


def decode(data: bytes, *, encoding: str | None = None, source: str = "-") -> Decoded:
    """Returns the text in ``data``, finding out its encoding unless one is named.

    In this order: byte order mark, UTF-16 or UTF-32 by the pattern of zero bytes, UTF-8,
    Windows-1252 or Mac Roman where its reading makes sense, charset-normalizer's statistics.

    >>> decode("“Quist’s café”".encode("cp1252")).encoding
    'cp1252'

    Args:
        data: the bytes of one text.
        encoding: a Python codec name; the text must then be valid in it.
        source: the name to use in errors.

    Raises:
        SourceReadError: not text, or not valid in the named encoding, or in no encoding known.
    """
    if encoding is not None:
        return _decode_as(data, encoding, source)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode_as(data, name, source)
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise SourceReadError(source, f"this is {what}.")
    wide = _wide_encoding(data)
    if wide is not None:
        return _decode_as(data, wide, source)
    _refuse_binary(data, source)
    try:
        return Decoded(text=data.decode("utf-8"), encoding="utf-8")
    except UnicodeDecodeError:
        return _broken_utf8(data) or _eight_bit(data, source)


def html_charset(data: bytes) -> str | None:
    """Returns the encoding that an HTML page declares in its first 4,096 bytes, if Python has it.

    >>> html_charset(b'<meta charset="windows-1251">')
    'cp1251'
    """
    found = _META_CHARSET.search(data[:4096])
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    # Browsers read these labels as Windows-1252 (WHATWG Encoding Standard, section 4.2).
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def _decode_as(data: bytes, encoding: str, source: str) -> Decoded:
    try:
        return Decoded(text=data.decode(encoding), encoding=encoding)
    except LookupError:
        raise SourceReadError(
            source, f"Python knows no text encoding {encoding!r}; try utf-8, cp1252 or utf-16."
        ) from None
    except UnicodeError as error:
        at = f" (byte {error.start})" if isinstance(error, UnicodeDecodeError) else ""
        raise SourceReadError(
            source, f"not valid {encoding}{at}; leave the encoding out to have it detected."
        ) from None


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, told by where the zero bytes stand."""
    sample = data[: _SAMPLE - _SAMPLE % 4]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    lanes = [sample[i::4] for i in range(4)]
    zero = [lane.count(0) / len(lane) for lane in lanes]
    high = [share > _ZERO_SHARE for share in zero]
    if len(data) % 4 == 0 and high == [False, True, True, True]:
        return "utf-32-le"
    if len(data) % 4 == 0 and high == [True, True, True, False]:
        return "utf-32-be"
    if len(data) % 2 == 0 and high == [False, True, False, True]:
        return "utf-16-le"
    if len(data) % 2 == 0 and high == [True, False, True, False]:
        return "utf-16-be"
    return None


def _refuse_binary(data: bytes, source: str) -> None:
    sample = data[:_SAMPLE]
    control = len(sample) - len(sample.translate(None, _CONTROL))
    if control > _MAX_CONTROL * len(sample):
        raise SourceReadError(source, "this looks like a binary file, not text.")


def _broken_utf8(data: bytes) -> Decoded | None:
    """UTF-8 in which a few bytes are broken: U+FFFD stands for them, and a notice says so."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    if len(_UTF8_CHARACTER.findall(data)) < _SOUND_FOR_BROKEN * broken:
        return None
    at = text.index("\ufffd")
    notice = Notice(
        code="undecodable-bytes",
        message=f"{broken} byte sequences are not valid UTF-8; U+FFFD stands in their place.",
        start=at,
        end=at + 1,
    )
    return Decoded(text=text, encoding="utf-8", notices=(notice,))


def _eight_bit(data: bytes, source: str) -> Decoded:
    for name in ("cp1252", "mac_roman"):
        western = _western(data, name)
        if western is not None:
            return Decoded(text=western, encoding=name)
    import charset_normalizer

    first = next(i for i, byte in enumerate(data) if byte > 127)
    begin = max(0, first - _STATISTICS // 8)
    window = data if len(data) <= _STATISTICS else data[begin : begin + _STATISTICS]
    best = charset_normalizer.from_bytes(window).best()
    names = [best.encoding] if best is not None else []
    if names and names[0].startswith("mac_"):
        names.insert(0, "mac_roman")
    for name in [*names, "cp1252"]:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        # Where both read the same, say the name that people know.
        same = name != "cp1252" and data.decode("cp1252", errors="replace") == text
        return Decoded(text=text, encoding="cp1252" if same else name)
    raise SourceReadError(source, "its encoding could not be told; name it (--encoding).")


#: So few accents are too few for statistics, in however short a text.
_TOO_FEW_TO_COUNT = 6
#: A name with accents that comes again and again; a language of accents has more of them.
_FEW_KINDS = 3
#: Signs that English text in an eight-bit encoding has; other signs betray a wrong reading.
_SIGNS = frozenset("€‚„…†‡‰‹‘’“”•–—™›\xa0¡£¥§©«®°·»¿¢´¼½¾¹²³ºª\xad")
_AFTER_LETTER = frozenset("’”…–—™›»\xa0®°·\xad“‘•†‡²³¹ºª")


def _western(data: bytes, encoding: str) -> str | None:
    """The text in a Western encoding, if each high character stands where such a one can stand."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    letters = accents = 0
    kinds = set()
    for i, char in enumerate(text):
        if char < "\x80":
            letters += char.isalpha()
            continue
        before = text[i - 1] if i else " "
        after = text[i + 1] if i + 1 < len(text) else " "
        if char.isalpha() and char not in "ªº":
            letters += 1
            accents += 1
            kinds.add(char)
            # "cafŽ": a capital after a small letter betrays another code page.
            inside = before.islower() or (before.isalpha() and after.islower())
            alone = not before.isalpha() and not after.isalpha()
            if char.isupper() and (inside or alone):
                return None
        elif char not in _SIGNS:
            return None
        elif before.isalpha() and char not in _AFTER_LETTER:
            return None  # "wiêc¿e": a sign inside or after a word
    few = accents <= max(_TOO_FEW_TO_COUNT, _FEW_ACCENTS * letters) or len(kinds) <= _FEW_KINDS
    return text if few else None
