"""The order of the modules: data flows one way, and importing the package costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import quotecheck

PACKAGE = Path(quotecheck.__file__).parent

#: A module imports only from those before it. Written out, so that a new module finds its place by
#: decision and a cycle cannot creep in.
ORDER = (
    "_version",
    "errors",
    "jsontext",
    "records",
    "textmap",
    "lexicon",
    "language",
    "labels",
    "lines",
    "tokenview",
    "inputs",
    "examples",
    "model_files",
    "stanza_models",
    "turns",
    "blocks",
    "tokenizer",
    "stanza_package",
    "sentences",
    "segment",
    "quotations",
    "windows",
    "encoder",
    "coreference",
    "decode",
    "names",
    "speakers",
    "check",
    "consistency",
    "codec",
    "formats",
    "analysis",
    "review",
    "pipeline",
    "store",
    "evaluate",
    "integrations",
    "testing",
    "training",
    "cli",
    "__main__",
)

#: Never loaded by ``import quotecheck``: each costs more than the whole package.
HEAVY = (
    "cattrs",
    "click",
    "jinja2",
    "numpy",
    "onnxruntime",
    "pandas",
    "pyarrow",
    "rich",
    "sqlalchemy",
    "stanza",
    "tokenizers",
    "torch",
    "trafilatura",
)
IMPORT_SECONDS = 0.3


def modules() -> dict[str, Path]:
    """Dotted name below the package, and file, of each module."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts if parts[-1] != "__init__" else parts[:-1])] = path
    del found[""]  # the package itself only names its exports, and loads them lazily
    return found


MODULES = modules()


def imports(name: str, path: Path) -> set[str]:
    """What a module imports of the package, anywhere in it, as dotted names below the package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import in line {node.lineno}"
            if node.module == "quotecheck":
                found |= {alias.name for alias in node.names}
            elif node.module and node.module.startswith("quotecheck."):
                found.add(node.module.removeprefix("quotecheck."))
        elif isinstance(node, ast.Import):
            found |= {
                alias.name.removeprefix("quotecheck.")
                for alias in node.names
                if alias.name.startswith("quotecheck.")
            }
    return found


def test_every_module_has_its_place():
    """No module or package is outside the order."""
    assert {name.partition(".")[0] for name in MODULES} <= set(ORDER)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_one_way(name):
    """A module imports from those before it and from its own package only."""
    top = name.partition(".")[0]
    before = {*ORDER[: ORDER.index(top) + 1]}
    late = {
        other for other in imports(name, MODULES[name]) if other.partition(".")[0] not in before
    }
    assert not late, f"{name} imports {', '.join(sorted(late))}, which come after it"


def test_import_loads_nothing_heavy():
    """``import quotecheck`` loads none of the heavy libraries."""
    code = f"import sys, quotecheck; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_import_is_quick():
    """``import quotecheck`` takes less than 0.3 seconds of a processor, Python's start included."""
    resource = pytest.importorskip("resource", reason="POSIX only")
    best = 10.0
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", "import quotecheck"], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, spent)
        if best < IMPORT_SECONDS:
            break
    assert best < IMPORT_SECONDS


def test_every_export_is_there():
    """Each name that the package promises is imported when asked for."""
    for name in quotecheck.__all__:
        assert getattr(quotecheck, name) is not None
    assert set(quotecheck.__all__) <= set(dir(quotecheck))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = quotecheck.nothing
