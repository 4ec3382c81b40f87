"""Refuses ZIP archives (Word files are some) that are small on disk and huge when unpacked."""

from __future__ import annotations

import io
import zipfile

from quotecheck.errors import SourceReadError

__all__ = ["MAX_UNPACKED", "refuse_bombs"]

#: Bytes that all parts of an archive may have together. A book in a Word file has a few million
#: bytes of XML; pictures are read by nobody here but count, so the limit is generous.
MAX_UNPACKED = 512 << 20
#: How many times larger than packed a part may be once it is larger than `_SMALL`. XML shrinks to a
#: tenth or less; zlib reaches at most 1,032 to one, which only repeated bytes do.
_MAX_RATIO = 200
_SMALL = 8 << 20


def refuse_bombs(data: bytes, source: str) -> None:
    """Reads the directory of a ZIP archive and refuses what would unpack to too much.

    Sizes that the directory understates do not help a bomb: ``zipfile`` reads no byte beyond them.

    Args:
        data: the archive.
        source: the path to name in errors.

    Raises:
        SourceReadError: not a ZIP archive, or one that unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise SourceReadError(source, f"not a readable ZIP archive ({error}).") from None
    whole = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > _SMALL and part.file_size > _MAX_RATIO * max(1, part.compress_size)
        for part in parts
    )
    if swollen or whole > MAX_UNPACKED:
        raise SourceReadError(
            source, f"{len(data):,} bytes that unpack to {whole:,}: not opened, it may be a trap."
        )
