"""The checks on 307,511 x 122: seconds of each, of the cheap ones together and of all; and the closed loop on a table of yours.

    scripts/bench validity [CSV TARGET] [ROUNDS]

The table has the shape of Home Credit's and is made with a fixed seed. It is read from Parquet in a fresh process each time, as
the run behind the checks page does it; what is imported is counted apart. What a check samples it says in its findings; the
number printed here is the whole time it took. With a CSV file and its target, the quick refits answer what the score would be
without each column that the checks suspect, one after the other, on five folds; each answer is timed.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[0] = str(PROJECT)  # where the package is

from bench.csv_file import ROWS, SEED, part  # noqa: E402 - after the path

# Seconds: the cheap checks together, the table's loading included; one suspect's answer.
CHEAP, SUSPECT = 10.0, 20.0
MOST_ROWS = 1_000_000
PROGRAM = """
import json, sys, time
began = time.perf_counter()
sys.path.insert(0, {project!r})
import polars as pl
from workbench import checks
imported = time.perf_counter() - began
began = time.perf_counter()
frame = pl.read_parquet(sys.argv[1])
loaded, steps = time.perf_counter() - began, []

def told(step):
    if step.outcome is not None:
        steps.append([step.check.code, step.check.cost, step.check.title.say("en"), step.seconds])

began = time.perf_counter()
report = checks.run(frame, target={target!r}, told=told)
print(json.dumps({{"imported": imported, "loaded": loaded, "all": time.perf_counter() - began, "steps": steps,
    "failed": [check.code for check, _ in report.failed], "findings": len(report.findings)}}))
"""


def measured(path: Path) -> dict[str, Any]:
    """Run every check in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(project=str(PROJECT), target="TARGET"), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def checked(rounds: int) -> None:
    """Print the checks' table."""
    import numpy as np

    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "credit.parquet"
        part(np.random.default_rng(SEED), 0, ROWS).write_parquet(path)
        found = [measured(path) for _ in range(rounds)]
    middle = {
        code: (cost, title, statistics.median(step[3] for one in found for step in one["steps"] if step[0] == code))
        for code, cost, title, _ in found[0]["steps"]
    }
    for code, (cost, title, seconds) in sorted(middle.items(), key=lambda item: -item[1][2]):
        print(f"{code}  {cost:10s} {seconds:7.2f} s  {title}")
    cheap = [one["loaded"] + sum(step[3] for step in one["steps"] if step[1] == "cheap") for one in found]
    print(f"imports {spread([one['imported'] for one in found])}, loading {spread([one['loaded'] for one in found])}")
    print(f"cheap checks with loading: {spread(cheap)}; budget {CHEAP:.0f} s")
    print(f"all checks: {spread([one['loaded'] + one['all'] for one in found])}")
    print(f"{found[0]['findings']} findings; could not be run: {', '.join(found[0]['failed']) or 'none'}", flush=True)


def spread(seconds: list[float]) -> str:
    """Return the middle of several times, with the least and the most."""
    return f"{statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"


def looped(path: Path, target: str) -> None:
    """Print how long each answer of the closed loop takes."""
    from workbench import checks
    from workbench.actions import refits
    from workbench.checks.advice.loop import Answer, Suspect
    from workbench.data import Roles, read

    frame = read(path, name=path.name, max_rows=MOST_ROWS).frame
    roles = Roles(target=target)
    began = time.perf_counter()
    report = checks.run(frame, target=target, roles=roles)
    plan, accused = refits.plan_of(frame, roles, report)
    print(f"\n{path.name}, {frame.height:,} x {frame.width}: all checks {time.perf_counter() - began:.1f} s")
    if not accused:
        accused = [Suspect((roles.features(frame.columns)[-1],), ())]
        print(f"  nothing is suspected; asked about {accused[0].columns[0]} instead")
    last = time.perf_counter()
    took: list[float] = []

    def told(number: int, count: int, answer: Answer) -> None:
        nonlocal last
        took.append(time.perf_counter() - last)
        last = time.perf_counter()
        print(f"  {number}/{count} {took[-1]:6.1f} s  {answer.text.say('en')}", flush=True)

    refits.run(frame, plan, accused, told=told)
    if took[1:]:
        print(f"slowest answer for one suspect {max(took[1:]):.1f} s; budget {SUSPECT:.0f} s")
    print(f"first answer, with what all answers share: {took[0]:.1f} s")


def main(arguments: list[str]) -> None:
    """Print everything."""
    rounds = int(arguments.pop()) if arguments and arguments[-1].isdigit() else 3
    checked(rounds)
    if len(arguments) == 2:
        looped(Path(arguments[0]), arguments[1])


if __name__ == "__main__":
    main(sys.argv[1:])
