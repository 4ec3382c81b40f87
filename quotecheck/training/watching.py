"""Looking at what goes into the layers of a network while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from torch import Tensor, nn

__all__ = ["watched"]

Key = TypeVar("Key")


def _seen(see: Callable[[Key, Tensor], None], key: Key, _module: nn.Module, inputs: Any) -> None:  # noqa: ANN401 - what torch gives
    see(key, inputs[0])


@contextmanager
def watched(modules: Mapping[Key, nn.Module], see: Callable[[Key, Tensor], None]) -> Iterator[None]:
    """Calls ``see`` with a module's key and its input whenever it runs, until the block ends."""
    handles = [
        module.register_forward_pre_hook(partial(_seen, see, key))
        for key, module in modules.items()
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
