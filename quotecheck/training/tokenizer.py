"""Train the bundled Stanza tokenizer with Stanza's own trainer.

The command that made the shipped weights (about five minutes on one core)::

    nice -n 5 python -m quotecheck.training.tokenizer --data ../shared/data \
        --out quotecheck/models/en/stanza

It reads UD English EWT and the GUM genres whose texts may be used commercially, writes the files
that Stanza's trainer wants, calls ``stanza.models.tokenizer`` and packs the result as a normal
Stanza model directory with SHA-256 sums. ``--score`` prints the dev scores of what is in ``--out``.

Two things differ from Stanza's stock English tokenizer. Contractions are trained as separate tokens
("did" + "n't") instead of multi-word tokens, so that no second model has to split them; and every
paragraph with straight marks is seen a second time with curly ones, which news text uses and these
treebanks rarely do. The tokenizer is that of Qi et al. (2018), "Universal Dependency Parsing from
Scratch".
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
from attrs import frozen

__all__ = ["GUM_GENRES_LEFT_OUT", "Paragraph", "curly", "prepare", "read_conllu", "scores", "train"]

#: GUM genres with non-commercial texts (and reddit, which comes without text): never in weights.
GUM_GENRES_LEFT_OUT = frozenset({"essay", "fiction", "letter", "podcast", "reddit", "whow"})

PACKAGE = "quotecheck"
SEED = 1234
STEPS = 3000
#: Longest training sequence in characters; Stanza's recipe is three mean sentence lengths.
MAX_SEQLEN = 300
#: Stanza's recipe for English: its defaults and the structural features of stanza#1640.
FEATURES = (
    "space_before,capitalized,numeric,end_of_para,start_of_para,"
    "labeled_field,phone_id,date_pattern,currency"
)


@frozen(kw_only=True)
class Paragraph:
    """A paragraph of a treebank.

    Attributes:
        text: its raw text, rebuilt from the tokens and ``SpaceAfter``.
        tokens: (start, end) of each token.
        sentences: (start, end) of each sentence.
    """

    text: str
    tokens: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]


def _sentence_tokens(lines: Sequence[str]) -> list[tuple[str, bool]]:
    """Returns (form, space after) of each surface token of a CoNLL-U sentence."""
    rows = [line.split("\t") for line in lines]
    out: list[tuple[str, bool]] = []
    i = 0
    while i < len(rows):
        number, form, misc = rows[i][0], rows[i][1], rows[i][9]
        i += 1
        if "." in number:  # an empty node of the enhanced graph
            continue
        space = "SpaceAfter=No" not in misc.split("|")
        if "-" not in number:
            out.append((form, space))
            continue
        first, last = (int(n) for n in number.split("-"))
        words = [rows[i + k][1] for k in range(last - first + 1)]
        i += len(words)
        # "didn't" = "did" + "n't"; where the words do not spell the surface, it stays one token.
        parts = words if "".join(words) == form else [form]
        out += [(part, False) for part in parts[:-1]] + [(parts[-1], space)]
    return out


def _paragraph(sentences: Iterable[list[tuple[str, bool]]]) -> Paragraph:
    text = ""
    tokens: list[tuple[int, int]] = []
    spans: list[tuple[int, int]] = []
    for sentence in sentences:
        first = len(tokens)
        for form, space in sentence:
            tokens.append((len(text), len(text) + len(form)))
            text += form + (" " if space else "")
        spans.append((tokens[first][0], tokens[-1][1]))
    return Paragraph(text=text.rstrip(), tokens=tuple(tokens), sentences=tuple(spans))


def read_conllu(path: Path) -> Iterator[Paragraph]:
    """Yields the paragraphs of a CoNLL-U file; ``newpar`` and ``newdoc`` comments begin one."""
    pending: list[list[tuple[str, bool]]] = []
    lines: list[str] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        if line.startswith("#"):
            if re.match(r"# new(par|doc)\b", line) and pending:
                yield _paragraph(pending)
                pending = []
        elif line.strip():
            lines.append(line)
        elif lines:
            pending.append(_sentence_tokens(lines))
            lines = []
    if pending:
        yield _paragraph(pending)


def curly(text: str) -> str:
    """Returns the text with straight marks turned into curly ones, of the same length.

    >>> curly('"Late," she said.')
    '“Late,” she said.'
    """
    text = re.sub(r"(?:(?<=^)|(?<=[\s(\[—–-]))\"(?=\S)", "“", text).replace('"', "”")
    return re.sub(r"(?:(?<=^)|(?<=[\s(\[“]))'(?=\w{3})", "‘", text).replace("'", "’")


def corpus(data: Path, split: str) -> list[Paragraph]:
    """Returns the paragraphs of UD EWT and of the allowed GUM genres for "train" or "dev"."""
    listed = (data / "gum" / "splits.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {split}\n(.*?)(?=^## |\Z)", listed, re.MULTILINE | re.DOTALL)
    names = re.findall(r"\* (GUM_([a-z]+)_\w+)", section.group(1) if section else "")
    paths = [data / "ud-ewt" / f"en_ewt-ud-{split}.conllu"]
    paths += [data / "gum" / f"{n}.conllu" for n, g in names if g not in GUM_GENRES_LEFT_OUT]
    return [paragraph for path in paths for paragraph in read_conllu(path)]


def _labels(paragraph: Paragraph) -> str:
    """Returns Stanza's label string: 1 at a token's last character, 2 at a sentence's, else 0."""
    labels = ["0"] * len(paragraph.text)
    for _, end in paragraph.tokens:
        labels[end - 1] = "1"
    for _, end in paragraph.sentences:
        labels[end - 1] = "2"
    return "".join(labels)


def prepare(paragraphs: Iterable[Paragraph], text: Path, labels: Path, *, augment: bool) -> None:
    """Writes the raw text and the label file that Stanza's tokenizer trainer reads.

    Args:
        paragraphs: the corpus.
        text: where the text goes, paragraphs apart by a blank line.
        labels: where the labels go, one digit a character.
        augment: write a second copy, with curly marks, of paragraphs that have straight ones.
    """
    texts: list[str] = []
    rows: list[str] = []
    for paragraph in paragraphs:
        forms = [paragraph.text]
        if augment and curly(paragraph.text) != paragraph.text:
            forms.append(curly(paragraph.text))
        for form in forms:
            texts.append(form)
            rows.append(_labels(paragraph))
    text.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    labels.write_text("\n\n".join(rows) + "\n", encoding="utf-8")


def train(data: Path, out: Path, *, steps: int = STEPS, seed: int = SEED) -> None:
    """Trains the tokenizer and writes the Stanza model directory ``out``.

    Args:
        data: folder with ``ud-ewt`` and ``gum``.
        out: folder to write; made when missing.
        steps: training steps.
        seed: random seed of Stanza's trainer.
    """
    import torch
    from stanza.models import tokenizer

    torch.set_num_threads(1)  # one thread: the same sums in the same order, whatever the machine
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for split in ("train", "dev"):
            files = work / f"{split}.txt", work / f"{split}.labels"
            prepare(corpus(data, split), *files, augment=True)
        (work / "mwt.json").write_text("[]", encoding="utf-8")
        arguments = ["--mode", "train", "--lang", "en", "--shorthand", f"en_{PACKAGE}"]
        arguments += ["--txt_file", str(work / "train.txt")]
        arguments += ["--label_file", str(work / "train.labels")]
        arguments += ["--dev_txt_file", str(work / "dev.txt")]
        arguments += ["--dev_label_file", str(work / "dev.labels")]
        arguments += ["--mwt_json_file", str(work / "mwt.json"), "--no_use_mwt"]
        arguments += ["--max_seqlen", str(MAX_SEQLEN), "--feat_funcs", FEATURES]
        arguments += ["--steps", str(steps), "--seed", str(seed), "--cpu"]
        arguments += ["--save_dir", str(work), "--save_name", "model.pt"]
        tokenizer.main(arguments)
        pack(work / "model.pt", out)


def pack(trained: Path, out: Path) -> None:
    """Packs a trained checkpoint as a Stanza model directory with ``hashes.json``.

    The checkpoint's paths and command-line leftovers are dropped: they would name the machine that
    trained it. What stays is loadable with ``torch.load(weights_only=True)``.
    """
    import torch

    checkpoint = torch.load(trained, map_location="cpu", weights_only=True)
    config = checkpoint["config"]
    for key in config:
        if key.endswith(("_file", "_dir", "_name", "_gold")):
            config[key] = None
    target = out / "en" / "tokenize" / f"{PACKAGE}.pt"
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(checkpoint, target, _use_new_zipfile_serialization=False)
    resources = {
        "en": {
            "lang_name": "English",
            "tokenize": {PACKAGE: {"md5": hashlib.md5(target.read_bytes()).hexdigest()}},  # noqa: S324
            "default_processors": {"tokenize": PACKAGE},
            "default_dependencies": {},
            "packages": {"default": {"tokenize": PACKAGE}},
        }
    }
    (out / "resources.json").write_text(json.dumps(resources, indent=1) + "\n", encoding="utf-8")
    names = [target.relative_to(out).as_posix(), "resources.json"]
    sums = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in names}
    (out / "hashes.json").write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")
