"""Work shared among the processors, each with room of its own: numpy lets others run while it computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import prod
from multiprocessing import cpu_count
from threading import local
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

Item = TypeVar("Item")
Found = TypeVar("Found")


def in_threads(work: Callable[[Item], Found], items: Sequence[Item], *, heavy: bool) -> list[Found]:
    """Do the work for each item, in as many threads as there are processors where it is heavy; answers in order.

    Examples
    --------
    >>> in_threads(abs, [-1, 2, -3], heavy=True)
    [1, 2, 3]
    """
    if not heavy or len(items) < 2 or cpu_count() < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(cpu_count()) as pool:
        return list(pool.map(work, items))


class Scratch(local):
    """Arrays to compute in, kept from one use to the next, of each thread its own.

    A new array of a megabyte costs more than what is computed in it: the system hands it out page by page.

    Examples
    --------
    >>> scratch = Scratch()
    >>> first = scratch.array("ranks", (2, 3), float)
    >>> first.shape, np.shares_memory(first, scratch.array("ranks", (3, 2), float))
    ((2, 3), True)
    """

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], NDArray[Any]] = {}

    def array(self, name: str, shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
        """Give the array of that name, filled with anything."""
        key, size = (name, np.dtype(kind).str), prod(shape)
        if key not in self.kept or self.kept[key].size < size:
            self.kept[key] = np.empty(size, dtype=kind)
        return self.kept[key][:size].reshape(shape)
