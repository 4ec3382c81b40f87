"""Tokens and sentences of plain paragraphs: one adapter around Stanza, and rules to fall back on.

A *tokenizer* here is anything that follows the `Tokenizer` protocol: it takes paragraphs and gives
`TokenizedText` records with code-point offsets. `StanzaTokenizer` runs the bundled Stanza model
(Qi et al. 2018, "Universal Dependency Parsing from Scratch") without Stanza's ``Document``: it
feeds the network itself, so that long paragraphs take linear time, no character can upset it, and
the answer for a paragraph never depends on what else was in the batch.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from attrs import frozen

from quotecheck.errors import ModelIntegrityError, ModelNotFoundError, TextTypeError
from quotecheck.records import Notice
from quotecheck.tokenview import TokenView, offsets, spans_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["BUNDLED", "RuleTokenizer", "StanzaTokenizer", "TokenizedText", "Tokenizer"]

#: The Stanza model directory that ships with the package.
BUNDLED = Path(__file__).parent / "models" / "en" / "stanza"

#: Longest stretch given to the network at once, in characters; Stanza's own limit.
WINDOW = 1000
#: What two windows of a long paragraph share on each side, so that every decision has context. The
#: network was trained on stretches of 300 characters, so half of that reaches far enough.
OVERLAP = 150
#: Padded characters in a batch. Larger ones are slower too: they leave the processor's cache.
BATCH_CHARACTERS = 2_000
#: A decision closer than this (in log probability) is made again with the paragraph alone. Sums in
#: another batch differ by about 1e-6, so every other decision is the same in any batch.
CLOSE_CALL = 1e-3
#: What running a network can raise on input that it cannot take.
FAILURES = (RuntimeError, ValueError, IndexError, AssertionError, MemoryError)


@frozen(kw_only=True)
class TokenizedText:
    """The tokens and sentences of one text.

    Attributes:
        tokens: (start, end) of each token, code points, end exclusive, in order; no white space.
        sentences: (start, end) of each sentence; each begins and ends with a token.
        notices: what went wrong, such as a fall-back to rules.
    """

    tokens: tuple[tuple[int, int], ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    notices: tuple[Notice, ...] = ()


class Tokenizer(Protocol):
    """Anything that splits paragraphs into tokens and sentences.

    The answer for a text must not depend on the other texts of the call.
    """

    def __call__(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Returns one record a text, in order."""
        ...


_RULE_TOKEN = re.compile(
    r"""
    (?:https?://|www\.)[^\s"“”<>]{1,2000}(?<![.,;:!?)\]'’])   # addresses
    | (?:[A-Za-z]\.){2,}                                       # U.S., a.m.
    | \d+(?:[.,:/]\d+)*                                        # 1,200.50 and 10:30
    | \w+?(?=n['’]t\b) | n['’]t\b | ['’](?:s|re|ve|ll|d|m)\b   # did n't, she 's
    | \w+(?:['’]\w+)*
    | \.{2,} | -{2,}
    | [^\w\s]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RULE_BREAK = re.compile(r"(?<=[.?!…])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[^\W\d_a-zß-öø-ÿ]|[\"“‘«]*\d)")


class RuleTokenizer:
    """Tokens and sentences by regular expressions, for texts that Stanza cannot take.

    >>> RuleTokenizer()(["It isn't late. Mr. Vell left."])[0].sentences
    ((0, 14), (15, 18), (19, 29))
    """

    def __call__(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Returns the tokens and sentences of each text; never fails on a string."""
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> TokenizedText:
        tokens = tuple(match.span() for match in _RULE_TOKEN.finditer(text))
        breaks = [match.end() for match in _RULE_BREAK.finditer(text)] + [len(text) + 1]
        sentences: list[tuple[int, int]] = []
        first = 0
        at = 0
        for i, (_, end) in enumerate(tokens):
            following = tokens[i + 1][0] if i + 1 < len(tokens) else len(text) + 1
            if following >= breaks[at]:
                sentences.append((tokens[first][0], end))
                first = i + 1
                while at < len(breaks) - 1 and breaks[at] <= following:
                    at += 1
        return TokenizedText(tokens=tokens, sentences=tuple(sentences))


def verify(folder: Path) -> None:
    """Checks the model files in ``folder`` against its ``hashes.json``.

    Raises:
        ModelNotFoundError: the folder or a file that it should hold is missing.
        ModelIntegrityError: a file differs from the published one.
    """
    todo = "reinstall quotecheck, or give the path of a Stanza model directory."
    listed = folder / "hashes.json"
    if not listed.is_file():
        raise ModelNotFoundError(str(listed), todo)
    try:
        sums = json.loads(listed.read_text(encoding="utf-8"))
        items = [(str(name), str(digest)) for name, digest in sums.items()]
    except (ValueError, AttributeError) as error:
        raise ModelIntegrityError(str(listed), "not a JSON object of SHA-256 sums") from error
    for name, digest in items:
        path = folder / name
        if not path.is_file():
            raise ModelNotFoundError(str(path), todo)
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise ModelIntegrityError(str(path), "its SHA-256 is not the one in hashes.json")


class StanzaTokenizer:
    """The bundled Stanza tokenizer, loaded at first use; one object can serve many threads.

    It changes no global setting: neither thread counts nor seeds.

    >>> text = "“It isn’t late,” Ms. Vell said. She left."
    >>> StanzaTokenizer()([text])[0].sentences
    ((0, 31), (32, 41))

    Args:
        folder: a Stanza model directory with ``hashes.json``; the bundled one by default.
        package: the name of its tokenizer.
        backend: "onnx" runs the network as exported from Stanza by onnxruntime, with one thread;
            "stanza" runs Stanza's own by torch. The answers are the same; torch takes seconds to
            import and slows down badly when other work wants its threads.
    """

    def __init__(
        self,
        folder: Path | None = None,
        package: str = "quotecheck",
        backend: Literal["onnx", "stanza"] = "onnx",
    ) -> None:
        self.folder = folder or BUNDLED
        self.package = package
        self.backend = backend
        self._lock = threading.Lock()
        self._loaded: _Network | None = None

    def __call__(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Returns the tokens and sentences of each text, in order.

        Args:
            texts: paragraphs; line ends inside one count as spaces.

        Raises:
            TextTypeError: an item is not a ``str``.
            ModelNotFoundError: the model files are missing.
            ModelIntegrityError: a model file is damaged.
        """
        for text in texts:
            if not isinstance(text, str):
                raise TextTypeError(text)
        network = self._network()
        try:
            return network.run(texts)
        except FAILURES:
            return [self._careful(network, text) for text in texts]

    def _careful(self, network: _Network, text: str) -> TokenizedText:
        try:
            return network.run([text])[0]
        except FAILURES as error:
            split = RuleTokenizer()([text])[0]
            message = f"Stanza could not split this paragraph ({error}); rules did instead"
            notice = Notice(code="tokenizer-fallback", message=message, start=0, end=len(text))
            return TokenizedText(tokens=split.tokens, sentences=split.sentences, notices=(notice,))

    def _network(self) -> _Network:
        with self._lock:
            if self._loaded is None:
                verify(self.folder)
                make = _OnnxScorer if self.backend == "onnx" else _StanzaScorer
                self._loaded = _Network(make(self.folder, self.package))
            return self._loaded


@frozen(kw_only=True)
class _Row:
    """A stretch of one text that the network reads at once.

    Attributes:
        text: index of the text.
        start: offset of its first character in the text's view.
        end: offset after its last character.
        keep: (start, end) of what is taken from it, in the view.
    """

    text: int
    start: int
    end: int
    keep: tuple[int, int]


def _rows(index: int, length: int) -> Iterator[_Row]:
    """Yields the windows of a text; where it is cut depends on nothing but its length."""
    if length <= WINDOW:
        if length:
            yield _Row(text=index, start=0, end=length, keep=(0, length))
        return
    stride = WINDOW - 2 * OVERLAP
    for begin in range(0, length - 2 * OVERLAP, stride):
        end = min(begin + WINDOW, length)
        left = begin + OVERLAP if begin else 0
        right = begin + OVERLAP + stride if end < length else length
        yield _Row(text=index, start=begin, end=end, keep=(left, right))
        if end == length:
            return


def _batches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Yields the rows by falling length, as packed sequences want them, in bounded batches."""
    batch: list[_Row] = []
    for row in sorted(rows, key=lambda row: row.start - row.end):
        longest = batch[0].end - batch[0].start if batch else 0
        if batch and longest * (len(batch) + 1) > BATCH_CHARACTERS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


class _Scorer(Protocol):
    """The network behind the seam: what scores each label of each character."""

    units: dict[str, int]
    features: list[str]
    structural: dict[str, re.Pattern[str]]

    def __call__(
        self,
        units: npt.NDArray[np.int64],
        features: npt.NDArray[np.float32],
        lengths: Sequence[int],
    ) -> npt.NDArray[np.float32]:
        """Returns log probabilities, (rows, characters, labels), for rows of falling length."""
        ...


class _StanzaScorer:
    """Stanza's own network, run by torch."""

    def __init__(self, folder: Path, package: str) -> None:
        from stanza.models.tokenization.data import STRUCTURAL_FEATURES
        from stanza.models.tokenization.trainer import Trainer

        path = folder / "en" / "tokenize" / f"{package}.pt"
        try:
            # Stanza loads with weights_only=True: a model file cannot run code.
            trainer: Any = Trainer(model_file=str(path), device="cpu")
        except (RuntimeError, KeyError, ValueError, EOFError) as error:
            raise ModelIntegrityError(str(path), f"not a Stanza tokenizer ({error})") from error
        self._model = trainer.model.eval()
        self.units = trainer.vocab._unit2id
        self.features = list(trainer.args["feat_funcs"])
        self.structural = {k: v for k, v in STRUCTURAL_FEATURES.items() if k in self.features}

    def __call__(
        self,
        units: npt.NDArray[np.int64],
        features: npt.NDArray[np.float32],
        lengths: Sequence[int],
    ) -> npt.NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            scores = self._model(torch.from_numpy(units), torch.from_numpy(features), lengths)
        result: npt.NDArray[np.float32] = scores.numpy()
        return result


class _OnnxScorer:
    """The same network exported: no torch, no Stanza import, one thread a call."""

    def __init__(self, folder: Path, package: str) -> None:
        import onnxruntime

        path = folder / "en" / "tokenize" / package
        config = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        self.units: dict[str, int] = config["units"]
        self.features: list[str] = config["features"]
        self.structural = {k: re.compile(v) for k, v in config["structural"].items()}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Batches differ in shape, and the arena would keep memory for the largest of each.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            path.with_suffix(".onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
        )

    def __call__(
        self,
        units: npt.NDArray[np.int64],
        features: npt.NDArray[np.float32],
        lengths: Sequence[int],
    ) -> npt.NDArray[np.float32]:
        import numpy as np

        sizes = np.array(lengths, dtype=np.int32)
        inputs = {"units": units, "features": features, "lengths": sizes}
        (logits,) = self._session.run(None, inputs)
        ends, stops = logits[..., 0], logits[..., 1]
        token = -np.logaddexp(0, -ends)
        scores = [-np.logaddexp(0, ends), token - np.logaddexp(0, stops)]
        scores.append(token - np.logaddexp(0, -stops))
        return np.stack(scores, axis=-1)


class _Network:
    """Runs a scorer over texts of any number and length."""

    def __init__(self, scorer: _Scorer) -> None:
        self._scorer = scorer
        self._features = scorer.features
        units = scorer.units
        self._view = TokenView({unit: i for unit, i in units.items() if len(unit) == 1})
        self._pad = units["<PAD>"]
        self._unknown = units["<UNK>"]

    def run(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Returns the records of the texts; long and short ones share batches."""
        import numpy as np

        views = [self._view.of(text) for text in texts]
        inputs = [self._arrays(view.text) for view in views]
        labels = [np.zeros(len(view.text), dtype=np.int8) for view in views]
        rows = [row for i, view in enumerate(views) for row in _rows(i, len(view.text))]
        for batch in _batches(rows):
            self._label(batch, inputs, labels)
        out = []
        for view, found in zip(views, labels, strict=True):
            tokens, sentences = spans_of(view, found)
            out.append(TokenizedText(tokens=tokens, sentences=sentences))
        return out

    def _arrays(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Returns the vocabulary ids and the features of each character of a view."""
        import numpy as np

        codes = offsets(text)
        kinds, where = np.unique(codes, return_inverse=True)
        chars = [chr(code) for code in kinds]
        table = np.array([self._view.units.get(c, self._unknown) for c in chars], dtype=np.int64)
        features = np.zeros((len(text), len(self._features)), dtype=np.float32)
        for column, name in enumerate(self._features):
            if name == "space_before":
                features[:, column] = codes == ord(" ")
            elif name == "capitalized":
                features[:, column] = np.array([c.isupper() for c in chars], dtype=bool)[where]
            elif name == "numeric":
                features[:, column] = np.array([c.isdecimal() for c in chars], dtype=bool)[where]
            elif name == "start_of_para":
                features[:1, column] = 1
            elif name == "end_of_para":
                features[-1:, column] = 1
            else:
                for match in self._scorer.structural[name].finditer(text):
                    features[match.start() : match.end(), column] = 1
        return table[where], features

    def _label(
        self,
        batch: Sequence[_Row],
        inputs: Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]],
        labels: Sequence[npt.NDArray[np.int8]],
    ) -> None:
        """Writes the label of each kept character: 0 inside, 1 ends a token, 2 a sentence."""
        import numpy as np

        # A network with multi-word tokens has two classes more, which end a token or a sentence.
        meaning = np.array([0, 1, 2, 1, 2], dtype=np.int8)

        scores = self._scores(batch, inputs)
        for i, row in enumerate(batch):
            left, right = row.keep
            found = scores[i, left - row.start : right - row.start]
            best = np.sort(found, axis=1)
            if len(batch) > 1 and np.min(best[:, -1] - best[:, -2]) < CLOSE_CALL:
                found = self._scores([row], inputs)[0, left - row.start : right - row.start]
            labels[row.text][left:right] = meaning[found.argmax(axis=1)]

    def _scores(
        self,
        batch: Sequence[_Row],
        inputs: Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]],
    ) -> npt.NDArray[np.float32]:
        import numpy as np

        # One padding character ends each row, as in Stanza's own prediction.
        lengths = [row.end - row.start + 1 for row in batch]
        units = np.full((len(batch), lengths[0]), self._pad, dtype=np.int64)
        features = np.zeros((len(batch), lengths[0], len(self._features)), dtype=np.float32)
        for i, row in enumerate(batch):
            units[i, : lengths[i] - 1] = inputs[row.text][0][row.start : row.end]
            features[i, : lengths[i] - 1] = inputs[row.text][1][row.start : row.end]
        return self._scorer(units, features, lengths)
