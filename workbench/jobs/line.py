"""Who runs and who waits: a lane's jobs, first come first served, few at once."""

from __future__ import annotations

import threading
from collections import deque

# A training takes 600 MB and every core it gets; more at once would only be slower. A lane has its own two: who brings a
# file does not wait behind trainings.
MOST_CHILDREN = 2


class Line:
    """Who runs and who waits, first come first served."""

    def __init__(self, most: int) -> None:
        self.most, self.waiting, self.running, self.changed = most, deque[str](), set[str](), threading.Condition()

    def join(self, job_id: str) -> None:
        """Take the last place."""
        with self.changed:
            self.waiting.append(job_id)

    def has_turn(self, job_id: str, *, within: float, elsewhere: int = 0) -> bool:
        """Wait a while for a turn, and take it where it comes; so many run that this process did not start."""
        with self.changed:
            came = self.changed.wait_for(
                lambda: self.waiting[0] == job_id and len(self.running) + elsewhere < self.most, within
            )
            if came:
                self.running.add(self.waiting.popleft())
                self.changed.notify_all()
            return came

    def place(self, job_id: str) -> tuple[int, int]:
        """Return which place of how many a waiting job has, counted from 1."""
        with self.changed:
            return (self.waiting.index(job_id) + 1 if job_id in self.waiting else 0), len(self.waiting)

    def leave(self, job_id: str) -> None:
        """Make room, from wherever in the line."""
        with self.changed:
            self.running.discard(job_id)
            if job_id in self.waiting:
                self.waiting.remove(job_id)
            self.changed.notify_all()


LINES: dict[str, Line] = {}


def line_of(lane: str, most: int = MOST_CHILDREN) -> Line:
    """Return the one line of a lane."""
    line = LINES.setdefault(lane, Line(most))
    line.most = most
    return line
