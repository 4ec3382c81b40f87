"""Official Stanza packages at work: their tokens, sentences and names, copied into our records.

What a user asks for with ``Pipeline(models="stanza:default")``. Stanza is host to nothing here: it
gets one paragraph at a time, never a network, and what it cannot take falls back to rules with a
notice.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quotecheck import stanza_models
from quotecheck.errors import ModelIntegrityError
from quotecheck.records import Article, NameMention, Notice
from quotecheck.tokenizer import FAILURES, RuleTokenizer, TokenizedText

__all__ = ["StanzaPackage"]

#: Stanza's entity labels (OntoNotes, CoNLL, MUC) and ours; what is no name is left out.
LABELS = {
    **dict.fromkeys(("PERSON", "PER"), "person"),
    **dict.fromkeys(("ORG", "ORGANIZATION"), "organization"),
    **dict.fromkeys(("GPE", "LOC", "LOCATION", "FAC"), "place"),
    "NORP": "norp",
    **dict.fromkeys(("MISC", "EVENT", "WORK_OF_ART", "LAW", "PRODUCT"), "misc"),
}
_SPLIT = ("tokenize", "mwt")
_NAMES = (*_SPLIT, "ner")
#: Stanza gives no probability with a name.
NAME_SCORE = 0.9


class StanzaPackage:
    """A downloaded English package of Stanza, verified and loaded at first use.

    Safe to share by threads.

    It is a `quotecheck.tokenizer.Tokenizer`: the answer for a paragraph never depends on the
    others of a call, because Stanza reads each by itself.

    Args:
        package: its name without ``stanza:``, such as ``default``.
        folder: Stanza's folder; default `quotecheck.stanza_models.root`.

    Raises:
        ModelNotFoundError: a file is missing; the message has the path and the command to run.
        ModelIntegrityError: the ``resources.json`` cannot be read.
    """

    def __init__(self, package: str, folder: Path | None = None) -> None:
        self.package = package or "default"
        self.folder = stanza_models.require(self.package, folder or stanza_models.root())
        processors = stanza_models.processors(self.package, self.folder)
        #: Whether the package finds names.
        self.has_names = "ner" in processors
        self._processors = [name for name in _NAMES if name in processors]
        self._lock = threading.Lock()
        self._pipeline: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return {"package": self.package, "folder": self.folder}

    def __setstate__(self, state: dict[str, Any]) -> None:
        StanzaPackage.__init__(self, **state)

    def __call__(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Returns the tokens and sentences of each paragraph, in order.

        Raises:
            ModelIntegrityError: a model cannot be loaded.
        """
        pipeline = self._loaded()
        return [self._split(pipeline, text) for text in texts]

    def names(self, article: Article) -> tuple[NameMention, ...]:
        """Returns the names in an article, block by block, in text order.

        A block that Stanza cannot take has none.

        Raises:
            ModelIntegrityError: a model cannot be loaded.
        """
        if not self.has_names:
            return ()
        pipeline = self._loaded()
        found = []
        for block in article.blocks:
            try:
                document = self._read(pipeline, article.text[block.start : block.end], _NAMES)
            except FAILURES:
                continue
            found += [
                NameMention(
                    start=block.start + entity.start_char,
                    end=block.start + entity.end_char,
                    label=LABELS[entity.type],
                    score=NAME_SCORE,
                )
                for entity in document.ents
                if entity.type in LABELS
            ]
        return tuple(found)

    def _split(self, pipeline: Any, text: str) -> TokenizedText:  # noqa: ANN401
        if not text.strip():
            return TokenizedText()
        try:
            document = self._read(pipeline, text, _SPLIT)
        except FAILURES as error:
            split = RuleTokenizer()([text])[0]
            message = f"Stanza could not split this paragraph ({error}); rules did instead"
            notice = Notice(code="tokenizer-fallback", message=message, start=0, end=len(text))
            return TokenizedText(tokens=split.tokens, sentences=split.sentences, notices=(notice,))
        sentences = [
            [(token.start_char, token.end_char) for token in sentence.tokens]
            for sentence in document.sentences
        ]
        return TokenizedText(
            tokens=tuple(token for sentence in sentences for token in sentence),
            sentences=tuple((sentence[0][0], sentence[-1][1]) for sentence in sentences),
        )

    def _read(self, pipeline: Any, text: str, wanted: tuple[str, ...]) -> Any:  # noqa: ANN401
        known = [name for name in wanted if name in self._processors]
        with self._lock:
            return pipeline(text, processors=known)

    def _loaded(self) -> Any:  # noqa: ANN401 - Stanza's pipeline
        with self._lock:
            if self._pipeline is None:
                self._pipeline = self._load()
            return self._pipeline

    def _load(self) -> Any:  # noqa: ANN401 - Stanza's pipeline
        import stanza

        stanza_models.verify(self.package, self.folder)  # before anything reads the files
        try:
            return stanza.Pipeline(
                "en",
                dir=str(self.folder),
                package=None,
                processors=dict.fromkeys(self._processors, self.package),
                download_method=None,
                use_gpu=False,
                verbose=False,
            )
        except (OSError, EOFError, KeyError, *FAILURES) as error:
            raise ModelIntegrityError(
                str(self.folder), f"Stanza cannot load its package {self.package!r} ({error})"
            ) from error
