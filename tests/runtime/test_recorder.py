"""The recorder sees what runs, and only that."""

from __future__ import annotations

import asyncio
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from tests.runtime.recorder import Recorder, count_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import AsyncIterator, Callable, Iterator


class Mailer:
    def send(self) -> None: ...


def send() -> None: ...


async def wait() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def numbers() -> Iterator[int]:
    yield 1
    yield 2


async def ticks() -> AsyncIterator[int]:
    yield 1


def recorded(action: Callable[[], object]) -> Counter[str]:
    recorder = Recorder(Path(__file__).parent)
    with recorder.active():
        action()
    return recorder.take()


def in_a_thread() -> None:
    thread = threading.Thread(target=send)
    thread.start()
    thread.join()


def abandon() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        del [wait(), numbers(), ticks()][:]


def send_twice() -> None:
    send()
    Mailer().send()


def test_bare_and_qualified_names() -> None:
    started = recorded(send_twice)
    assert count_of("Mailer.send", started) == 1
    assert count_of("send", started) == 2


def test_threads() -> None:
    assert count_of("send", recorded(in_a_thread)) == 1


def test_a_coroutine_counts_once() -> None:
    assert count_of("wait", recorded(lambda: asyncio.run(wait()))) == 1


def test_a_generator_counts_once() -> None:
    assert count_of("numbers", recorded(lambda: list(numbers()))) == 1


def test_what_never_started_does_not_count() -> None:
    started = recorded(abandon)
    assert not {"wait", "numbers", "ticks"} & set(started)
