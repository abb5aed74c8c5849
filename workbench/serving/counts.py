"""What the server has done since it started, as text that a monitor reads."""

from __future__ import annotations

import threading
import time
from collections import Counter

BEGAN = time.monotonic()
PREDICTED: Counter[str] = Counter()
LOCK = threading.Lock()


def predicted(door: str, rows: int) -> None:
    """Count predicted rows."""
    with LOCK:
        PREDICTED[door] += rows


def report() -> str:
    """Return the counts in the exposition format of Prometheus."""
    with LOCK:
        rows = dict(PREDICTED)
    lines = [
        "# TYPE workbench_uptime_seconds gauge",
        f"workbench_uptime_seconds {time.monotonic() - BEGAN:.0f}",
        "# TYPE workbench_predicted_rows_total counter",
        *(f'workbench_predicted_rows_total{{door="{door}"}} {rows.get(door, 0)}' for door in ("rest", "gradio")),
    ]
    return "\n".join(lines) + "\n"
