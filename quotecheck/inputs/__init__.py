"""Reading articles: files, folders, patterns, standard input, web pages, JSON lines."""

from quotecheck.inputs.decoding import Decoded, decode
from quotecheck.inputs.documents import Document, join_paragraphs
from quotecheck.inputs.files import InputFile, find_inputs, read_inputs, read_text
from quotecheck.inputs.readers import INPUT_FORMATS

__all__ = [
    "INPUT_FORMATS",
    "Decoded",
    "Document",
    "InputFile",
    "decode",
    "find_inputs",
    "join_paragraphs",
    "read_inputs",
    "read_text",
]
