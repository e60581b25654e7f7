"""Work on many items, spread over processes."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from multiprocessing import Pool
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Item = TypeVar("Item")
    Result = TypeVar("Result")

JOBS = os.cpu_count() or 1


def each(work: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result]:
    """Yield what `work`, a function of a module, returns for each item, in their order.

    Somebody who interrupts it gets what there is until then.
    """
    with Pool(jobs, _ignore_interrupts, maxtasksperchild=50) as pool, suppress(KeyboardInterrupt):
        yield from pool.imap(work, items)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
