"""Ctrl-C on the command line, answered once a press: a library in its own loop may raise it before Python does."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Handler of SIGINT that raises `KeyboardInterrupt` unless the same press is being answered already.

    polars sees the signal in its own threads and raises `KeyboardInterrupt` out of the call that it gives up; Python's handler
    for that very press runs a moment later, in the middle of the answer to it.
    """

    def __init__(self) -> None:
        self.latest: BaseException | None = None

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Answer a press."""
        being_answered = sys.exc_info()[1]
        if isinstance(being_answered, KeyboardInterrupt) and being_answered is not self.latest:
            self.latest = being_answered
            return
        self.latest = KeyboardInterrupt()
        raise self.latest


@contextmanager
def interruptible() -> Iterator[None]:
    """Answer Ctrl-C inside; afterwards it ends the process without a word, as nothing is left to be undone."""
    signal.signal(signal.SIGINT, Interruption())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
