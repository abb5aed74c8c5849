"""A word for a child that cannot speak for itself: compiled code may keep all of its threads from running for minutes."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

from workbench.errors import StoreError
from workbench.jobs.recorder import BEAT
from workbench.jobs.records import HEARTBEAT, place
from workbench.store import ObjectStore, get_json, put_json

# Seconds after which a child that lives, and should have said so twice, is vouched for.
SILENCE = 12.0


class Voucher:
    """Keeps a job's heartbeat going while its child lives, in the words the child said last.

    Parameters
    ----------
    store : ObjectStore
        Where the job is.
    job_id : str
        The job.
    """

    def __init__(self, store: ObjectStore, job_id: str) -> None:
        self.store, self.job_id = store, job_id
        self.looked = self.changed = time.monotonic()
        self.heard = -1

    def look(self) -> None:
        """See, every few seconds, whether the child still speaks; for one that does not, say that it lives."""
        now = time.monotonic()
        if now - self.looked >= BEAT:
            self.looked = now
            with suppress(StoreError):  # another look follows; a word of the child's own in between is the better one
                self.listen(now)

    def listen(self, now: float) -> None:
        """Note a new word of the child, or speak for it."""
        heart = place(self.job_id, HEARTBEAT)
        found = self.store.stat(heart)
        if found is None:
            return
        if found.generation != self.heard:
            self.heard, self.changed = found.generation, now
        elif now - self.changed >= SILENCE and (told := get_json(self.store, heart)):
            put_json(self.store, heart, told | {"at": datetime.now(UTC).isoformat()}, if_generation=found.generation)
