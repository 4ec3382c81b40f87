"""Train the bundled Stanza tokenizer with Stanza's own trainer.

The command that made the shipped weights (about ten minutes on one core)::

    nice -n 5 python -m quotecheck.training.tokenizer --data ../shared/data \
        --out quotecheck/models/en/stanza

It reads UD English EWT and the GUM genres whose texts may be used commercially, writes the files
that Stanza's trainer wants, calls ``stanza.models.tokenizer`` and packs the result as a normal
Stanza model directory with SHA-256 sums. ``--score`` prints the dev scores of what is in ``--out``.

Three things differ from Stanza's stock English tokenizer. Contractions are trained as separate
tokens ("did" + "n't") instead of multi-word tokens, so that no second model has to split them;
every paragraph with straight marks is seen a second time with curly ones, which news text uses and
these treebanks rarely do; and the two recurrent layers are half as wide and learn for longer. The
tokenizer is that of Qi et al. (2018), "Universal Dependency Parsing from Scratch".
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

if TYPE_CHECKING:
    import onnx

__all__ = [
    "GUM_GENRES_LEFT_OUT",
    "Paragraph",
    "corpus",
    "curly",
    "export",
    "pack",
    "prepare",
    "read_conllu",
    "scores",
    "train",
]

#: GUM genres with non-commercial texts (and reddit, which comes without text): never in weights.
GUM_GENRES_LEFT_OUT = frozenset({"essay", "fiction", "letter", "podcast", "reddit", "whow"})

PACKAGE = "quotecheck"
SEED = 1234
#: The dev score still rises a little at the end.
STEPS = 6000
#: Units of each direction of the two recurrent layers. Stanza's stock is 64: three times the work
#: for the same scores.
HIDDEN = 32
#: Less than Stanza's 0.33, which is for layers twice as wide.
DROPOUT = 0.2
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
        arguments += ["--hidden_dim", str(HIDDEN), "--dropout", str(DROPOUT)]
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
    export(target)
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
    names = [target.with_suffix(s).relative_to(out).as_posix() for s in (".pt", ".onnx", ".json")]
    names.append("resources.json")
    sums = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in names}
    (out / "hashes.json").write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def _lstm(state: Mapping[str, Any], name: str) -> tuple[Any, Any, Any]:
    """Returns ONNX's weights of a bidirectional LSTM: its gates stand in the order i, o, f, c."""
    import numpy as np

    parts: list[list[Any]] = [[], [], []]
    for side in ("", "_reverse"):
        for k, kinds in enumerate((("weight_ih",), ("weight_hh",), ("bias_ih", "bias_hh"))):
            gates = []
            for kind in kinds:
                i, f, c, o = np.split(state[f"{name}.{kind}_l0{side}"].numpy(), 4)
                gates.append(np.concatenate([i, o, f, c]))
            parts[k].append(np.concatenate(gates))
    return np.stack(parts[0]), np.stack(parts[1]), np.stack(parts[2])


def _graph(checkpoint: Mapping[str, Any]) -> onnx.ModelProto:
    """Returns the ONNX model of Stanza's network (``stanza.models.tokenization.model``)."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    state, config = checkpoint["model"], checkpoint["config"]
    if config["conv_res"] or config["rnn_layers"] != 1 or config["use_mwt"]:
        raise ValueError("only Stanza's default tokenizer network, without MWT, can be exported")
    weights = {"embedding": state["embeddings.weight"].numpy(), "shape": np.array([0, 0, -1])}
    for name in ("rnn", "rnn2"):
        for part, value in zip("WRB", _lstm(state, name), strict=True):
            weights[f"{name}_{part}"] = value
    for k in ("", "2"):
        pair = [state[f"{n}_clf{k}.weight"].numpy().T for n in ("tok", "sent")]
        weights[f"heads{k}"] = np.concatenate(pair, axis=1)
    weights["bias"] = np.concatenate([state[f"{n}_clf.bias"].numpy() for n in ("tok", "sent")])
    weights["token"] = np.array([0])
    weights["invtemp"] = np.array(config["hier_invtemp"], dtype=np.float32)

    def recurrent(name: str, source: str) -> list[Any]:
        inputs = [source, f"{name}_W", f"{name}_R", f"{name}_B", "lengths"]
        size = config["hidden_dim"]
        kind = {"direction": "bidirectional", "hidden_size": size}
        return [
            helper.make_node("LSTM", inputs, [f"{name}_y"], **kind),
            helper.make_node("Transpose", [f"{name}_y"], [f"{name}_t"], perm=[0, 2, 1, 3]),
            helper.make_node("Reshape", [f"{name}_t", "shape"], [f"{name}_out"]),
        ]

    node = helper.make_node
    nodes = [
        node("Gather", ["embedding", "units"], ["embedded"]),
        node("Concat", ["embedded", "features"], ["joined"], axis=2),
        node("Transpose", ["joined"], ["steps"], perm=[1, 0, 2]),
        *recurrent("rnn", "steps"),
        node("MatMul", ["rnn_out", "heads"], ["scores0"]),
        node("Add", ["scores0", "bias"], ["scores1"]),
        node("Gather", ["scores1", "token"], ["token_score"], axis=2),
        node("Mul", ["token_score", "invtemp"], ["cooled"]),
        node("Sigmoid", ["cooled"], ["gate"]),
        node("Mul", ["rnn_out", "gate"], ["gated"]),
        *recurrent("rnn2", "gated"),
        node("MatMul", ["rnn2_out", "heads2"], ["scores2"]),
        node("Add", ["scores1", "scores2"], ["scores"]),
        node("Transpose", ["scores"], ["logits"], perm=[1, 0, 2]),
    ]
    f, i64, i32 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32
    graph = helper.make_graph(
        nodes,
        "tokenizer",
        [
            helper.make_tensor_value_info("units", i64, ["rows", "length"]),
            helper.make_tensor_value_info("features", f, ["rows", "length", config["feat_dim"]]),
            helper.make_tensor_value_info("lengths", i32, ["rows"]),
        ],
        [helper.make_tensor_value_info("logits", f, ["rows", "length", 2])],
        [numpy_helper.from_array(np.ascontiguousarray(v), name) for name, v in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def export(model: Path) -> None:
    """Writes the ONNX form of a packed checkpoint, and its vocabulary as JSON, beside it."""
    import onnx
    import torch
    from stanza.models.tokenization.data import STRUCTURAL_FEATURES

    checkpoint = torch.load(model, map_location="cpu", weights_only=True)
    onnx.save(_graph(checkpoint), model.with_suffix(".onnx"))
    features = checkpoint["config"]["feat_funcs"]
    structural = {k: v.pattern for k, v in STRUCTURAL_FEATURES.items() if k in features}
    units = checkpoint["vocab"]["_unit2id"]
    config = {"units": dict(units), "features": features, "structural": structural}
    text = json.dumps(config, ensure_ascii=True, indent=0)
    model.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def scores(paragraphs: Sequence[Paragraph], *, repaired: bool) -> dict[str, float]:
    """Returns the token and sentence F1 of the bundled tokenizer on gold paragraphs.

    A token or a sentence counts when both its ends are right, white space aside.

    Args:
        paragraphs: the gold.
        repaired: with the sentence rules of `quotecheck.sentences`, or the network alone.
    """
    from quotecheck.sentences import repair
    from quotecheck.tokenizer import StanzaTokenizer

    hits = {"token": 0, "sentence": 0}
    sizes = {"token": 0, "sentence": 0}
    found = StanzaTokenizer()([paragraph.text for paragraph in paragraphs])
    for gold, split in zip(paragraphs, found, strict=True):
        sentences = split.sentences
        if repaired:
            sentences = tuple(repair(gold.text, split.tokens, split.sentences))
        pairs = {"token": (gold.tokens, split.tokens), "sentence": (gold.sentences, sentences)}
        for name, (wanted, got) in pairs.items():
            hits[name] += len(set(wanted) & set(got))
            sizes[name] += len(wanted) + len(got)
    return {name: 200 * hits[name] / sizes[name] for name in hits}


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--out", type=click.Path(path_type=Path), help="Model directory to write.")
@click.option("--steps", default=STEPS, show_default=True)
@click.option("--seed", default=SEED, show_default=True)
@click.option("--score", is_flag=True, help="Print the dev scores of the bundled tokenizer.")
def main(data: Path, out: Path | None, steps: int, seed: int, score: bool) -> None:
    """Train the bundled Stanza tokenizer, or print its scores on the dev texts."""
    if out is not None:
        train(data, out, steps=steps, seed=seed)
    if score:
        paragraphs = corpus(data, "dev")
        ewt = len(list(read_conllu(data / "ud-ewt" / "en_ewt-ud-dev.conllu")))
        for name, part in (("UD EWT dev", paragraphs[:ewt]), ("GUM dev", paragraphs[ewt:])):
            for repaired in (False, True):
                got = scores(part, repaired=repaired)
                rules = "with" if repaired else "without"
                click.echo(f"{name}, {rules} rules: token {got['token']:.2f}, ", nl=False)
                click.echo(f"sentence {got['sentence']:.2f}")


if __name__ == "__main__":
    main()
