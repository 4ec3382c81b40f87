"""Runs the trained network over an article: one unpadded window a call.

Dynamic int8 takes its scale over everything in a call, so two texts in one call would change each
other's records. Every window is therefore a call of its own, and a small pool of threads keeps the
cores busy (`Encoder.annotate`). Sessions are made at first use, once a process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from quotecheck.labels import BIO, NAME_TAGS, ROLE_TAGS
from quotecheck.model_files import model_folder, verify
from quotecheck.windows import (
    Pieces,
    Window,
    cut_windows,
    featurize,
    load_word_pieces,
    reaches_of,
    window_inputs,
)

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

__all__ = ["Annotations", "CueRoles", "Encoder", "single_threaded", "usable_cores"]

Floats = NDArray[np.float32]

#: A span whose words reach this probability of starting a cue is tried as one; the decoder decides.
CUE_FLOOR = 0.3
#: Least score of a cue that the user's own list names.
GIVEN_CUE = 0.9


def _no_transitions() -> Floats:
    return np.zeros((len(ROLE_TAGS), len(ROLE_TAGS)), np.float32)


@frozen(kw_only=True, eq=False)
class CueRoles:
    """A cue candidate and what the role head says of the words around it.

    Attributes:
        start: index of the cue's first word.
        end: index after its last word.
        score: probability that it is a cue, from 0 to 1.
        reach: index of the first word that ``roles`` is about.
        roles: float32 array (words, 5), log scores in the order of `ROLE_TAGS`.
        ends: float32 array (words, 2), log scores of having left a source or a content at the
            word; None when there are none.
        given: whether the user's own list of cues names it.
    """

    start: int
    end: int
    score: float
    reach: int
    roles: Floats
    ends: Floats | None = None
    given: bool = False


@frozen(kw_only=True, eq=False)
class _Reading:
    """What the network says of one window; the fields are those of `Annotations`."""

    tags: Floats
    names: Floats
    states: NDArray[np.float16]
    cues: Sequence[CueRoles] = ()
    transitions: Floats | None = None


@frozen(kw_only=True, eq=False)
class Annotations:
    """What one pass of the encoder says about a text.

    Attributes:
        pieces: the words that everything here is indexed by.
        tags: float32 array (n_words, 3, 3), log probabilities of O, B, I for cue, content, source.
        names: float32 array (n_words, 11), log probabilities of `NAME_TAGS`.
        cues: cue candidates with their roles, in text order.
        states: float16 array (n_words, hidden), what coreference compares: the states of a middle
            layer; None from annotators that have none.
        transitions: float32 array (5, 5), log scores of one role label after another.
    """

    pieces: Pieces
    tags: Floats
    names: Floats
    cues: tuple[CueRoles, ...]
    states: NDArray[np.float16] | None = None
    transitions: Floats = field(factory=_no_transitions)


def log_softmax(logits: Floats) -> Floats:
    """Returns log probabilities over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    out: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return out


def cue_candidates(log_probs: Floats, start: int, end: int) -> list[tuple[int, int, float]]:
    """Returns (start, end, score) of the spans between two words that may be cues.

    Args:
        log_probs: (n_words, 3) log probabilities of O, B, I.
        start: first word a candidate may start at.
        end: word after the last one a candidate may start at.
    """
    probs = np.exp(log_probs)
    out: list[tuple[int, int, float]] = []
    i = start
    while i < end:
        begin = probs[i, 1]
        # A cue may lack its B where the model is torn between two beginnings.
        orphan = probs[i, 2] > 0.5 and (i == 0 or probs[i - 1].argmax() == 0)
        if begin < CUE_FLOOR and not orphan:
            i += 1
            continue
        j = i + 1
        # Two cues hardly ever touch: a second B within one is doubt about where it begins.
        while j < len(probs) and probs[j, 0] < 0.5:
            j += 1
        out.append((i, j, float(max(begin, probs[i, 2] if orphan else 0.0))))
        i = j
    return out


def _with_given(
    found: list[tuple[int, int, float]], given: Sequence[tuple[int, int]]
) -> list[tuple[int, int, float]]:
    """Returns the candidates with the user's cues: a candidate that touches one is it."""
    for start, end in given:
        touching = [c for c in found if c[0] < end and c[1] > start]
        for candidate in touching:
            found.remove(candidate)
        low = min([start, *(c[0] for c in touching)])
        high = max([end, *(c[1] for c in touching)])
        found.append((low, high, max([GIVEN_CUE, *(c[2] for c in touching)])))
    return sorted(found)


class Encoder:
    """The trained network of a model folder.

    Args:
        model: name of a bundled model or path of a model folder; its files are verified by hash.
        workers: threads that run windows side by side; default the number of cores, at most 4.

    Raises:
        UnknownModelError: there is no such model.
        ModelNotFoundError: a file is missing.
        ModelIntegrityError: a file is damaged.
    """

    def __init__(self, model: str = "en", workers: int | None = None) -> None:
        self.folder = model_folder(model)
        manifest = verify(self.folder)
        self.name = str(manifest.get("name", model))
        self.version = str(manifest.get("version", "0"))
        self.manifest = manifest
        self._workers = workers or min(4, usable_cores())
        self._lock = threading.Lock()
        self._pid = -1
        self._sessions: tuple[InferenceSession, InferenceSession] | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._tokenizer: Tokenizer | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": str(self.folder), "workers": self._workers}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Encoder.__init__(self, state["folder"], state["workers"])

    def _ready(
        self,
    ) -> tuple[Tokenizer, InferenceSession, InferenceSession, ThreadPoolExecutor]:
        """Returns tokenizer, sessions and pool, made anew after a fork."""
        with self._lock:
            if self._pid != os.getpid():
                self._tokenizer = load_word_pieces(self.folder / "tokenizer.json")
                self._sessions = (
                    single_threaded(self.folder / "encoder.onnx"),
                    single_threaded(self.folder / "roles.onnx"),
                )
                self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="quotecheck")
                self._pid = os.getpid()
            assert self._tokenizer is not None  # noqa: S101 - just made
            assert self._sessions is not None  # noqa: S101
            assert self._pool is not None  # noqa: S101
            return self._tokenizer, *self._sessions, self._pool

    def annotate(
        self,
        text: str,
        paragraphs: Sequence[tuple[int, int]],
        levels: NDArray[np.int8],
        cues: Sequence[tuple[int, int]] = (),
    ) -> Annotations:
        """Reads a text.

        Args:
            text: the exact text.
            paragraphs: (start, end) offsets in order, not overlapping.
            levels: int8 array (len(text),), quotation depth of each code point.
            cues: spans that the user says are cues.

        Returns:
            What every head says, stitched over the windows.
        """
        tokenizer, encoder, role_head, pool = self._ready()
        pieces = featurize(text, paragraphs, tokenizer, levels)
        windows = cut_windows(pieces)
        given = [pieces.touched(*span) for span in cues]

        n = len(pieces.words)
        tags = np.zeros((n, 3, len(BIO)), np.float32)
        names = np.zeros((n, len(NAME_TAGS)), np.float32)
        hidden = next(i.shape[-1] for i in role_head.get_inputs() if i.name == "states")
        states = np.zeros((n, hidden), np.float16)

        def read(window: Window) -> tuple[Sequence[CueRoles], Floats | None]:
            # Cores do not overlap: each window writes its own rows, and nothing else of it stays.
            reading = _read_window(pieces, window, encoder, role_head, given)
            core = slice(window.core_start, window.core_end)
            local = slice(window.core_start - window.start, window.core_end - window.start)
            tags[core] = reading.tags[local]
            names[core] = reading.names[local]
            states[core] = reading.states[local]
            return reading.cues, reading.transitions

        readings = list(pool.map(read, windows) if len(windows) > 1 else map(read, windows))
        learned = (transitions for _, transitions in readings if transitions is not None)
        return Annotations(
            pieces=pieces,
            tags=tags,
            names=names,
            cues=tuple(cue for found, _ in readings for cue in found),
            transitions=next(learned, _no_transitions()),
            states=states,
        )


def usable_cores() -> int:
    """Returns how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def single_threaded(path: Path) -> InferenceSession:
    """Returns a session that runs in the thread that calls it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # A memory plan is kept for every shape of input, and hardly two windows have the same.
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(
        str(path),
        options,
        providers=["CPUExecutionProvider"],
        # Joined with the addition before it, a normalization takes longer than the two apart.
        disabled_optimizers=["SkipLayerNormFusion"],
    )


def _read_window(
    pieces: Pieces,
    window: Window,
    encoder: InferenceSession,
    role_head: InferenceSession,
    given: Sequence[tuple[int, int]],
) -> _Reading:
    """Returns what the network says of a window; its cues are those of the core."""
    states, logits, names, *middle = encoder.run(None, window_inputs(pieces, window))
    tags = log_softmax(logits.reshape(len(logits), 3, len(BIO)))
    a = window.start
    found = cue_candidates(tags[:, 0], window.core_start - a, window.core_end - a)
    core = [(s - a, e - a) for s, e in given if window.core_start <= s < e <= window.core_end]
    found = _with_given(found, core)
    cues: list[CueRoles] = []
    transitions: Floats | None = None
    if found:
        inputs = _role_inputs(pieces, window, states, logits, found)
        scores, *rest = role_head.run(None, inputs)
        transitions = rest[0] if rest else None
        roles, ends = log_softmax(scores[:, :, : len(ROLE_TAGS)]), scores[:, :, len(ROLE_TAGS) :]
        for (start, end, score), left, row, end_row in zip(
            found, inputs["index"][:, 0].tolist(), roles, ends, strict=True
        ):
            cues.append(
                CueRoles(
                    start=a + start,
                    end=a + end,
                    score=score,
                    reach=a + left,
                    roles=row,
                    ends=end_row if end_row.shape[1] else None,
                    given=any(start < e and s < end for s, e in core),
                )
            )
    return _Reading(
        tags=tags,
        names=log_softmax(names),
        states=(middle[0] if middle else states).astype(np.float16),
        cues=cues,
        transitions=transitions,
    )


def _role_inputs(
    pieces: Pieces,
    window: Window,
    states: Floats,
    logits: Floats,
    found: Sequence[tuple[int, int, float]],
) -> dict[str, NDArray[Any]]:
    """Returns the role head's inputs for a window's cues."""
    reaches = reaches_of([(start, end) for start, end, _ in found], len(states))
    index = np.array([np.arange(left, right) for left, right in reaches])
    starts = np.array([s for s, _, _ in found], np.int64)
    ends = np.array([e for _, e, _ in found], np.int64)
    paragraph = pieces.paragraph[window.start : window.end]
    return {
        "states": states,
        "tags": logits,
        "quote": pieces.quote[window.start : window.end][index],
        "relative": paragraph[index] - paragraph[starts][:, None],
        "index": index,
        "cue_state": np.stack([states[s:e].mean(axis=0) for s, e, _ in found]),
        "cue_start": starts,
        "cue_end": ends,
    }
