"""Several people at once: a predictor called over HTTP while models are compared, and two comparisons side by side.

    scripts/bench at_once [ROUNDS] [REQUESTS]

A real server has a store of its own. A client sends one row again and again over one connection, with a short pause between:
while nothing else goes on, then while a comparison of the sample `credit` runs, as many times as there are rounds. Every answer
must be the same to the last byte, and the 99th percentile at most twice that of the calm before it. Then two comparisons of
different samples run alone, one after the other, and at once: every number of every fold must be the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[0] = str(PROJECT)  # where the package is
# ruff: noqa: E402

import http.client
import itertools
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

from bench.reruns import serving

MODEL = "credit-default"
PAUSE = 0.004
BUDGET = 2.0
# A comparison that lasts, and two that can be told from each other.
LONG = {"sample": "credit", "models": ["nb", "lr", "lightgbm", "rf"], "folds": 10, "name": "during"}
ONE = {"sample": "credit", "models": ["nb", "lr", "dt", "lightgbm"], "folds": 5, "name": "one"}
OTHER = {"sample": "spam", "models": ["lr", "dt", "rf", "lightgbm"], "folds": 5, "name": "other"}
Phase = tuple[list[float], set[bytes]]


class Client:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Return the body of an answer that must be a good one."""
        self.connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        told = answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {answer.status} {told[:300]!r}")
        return told

    def json(self, method: str, path: str, body: object = None) -> Any:
        """Return what an answer says."""
        return json.loads(self.ask(method, path, None if body is None else json.dumps(body).encode()))


def start(client: Client, recipe: dict[str, Any]) -> str:
    """Start a comparison and return its address."""
    return str(client.json("POST", "/api/v1/runs", recipe)["url"])


def is_over(client: Client, run: str) -> bool:
    """Tell whether a comparison has ended; one that did not finish, with every model, is no measurement."""
    found = client.json("GET", run)
    if found["state"] in ("waiting", "running"):
        return False
    rows = {row["model"]: row["status"] for row in found["leaderboard"]}
    if found["state"] != "finished" or set(rows.values()) != {"finished"}:
        raise RuntimeError(f"{run}: {found['state']} {found['error'] or ''} {rows}")
    return True


def calls(port: int, body: bytes, go_on: Callable[[int], bool]) -> Phase:
    """Send the row as long as there is need; return the milliseconds of each answer, and the answers."""
    client = Client(port)
    times: list[float] = []
    answers: set[bytes] = set()
    while go_on(len(times)):
        began = time.perf_counter()
        answers.add(client.ask("POST", f"/api/v1/models/{MODEL}/predict", body))
        times.append(1000 * (time.perf_counter() - began))
        time.sleep(PAUSE)
    return times, answers


def during(port: int, body: bytes) -> Phase:
    """Send the row from the first fold that is done until the comparison ends."""
    other = Client(port)
    run = start(other, LONG)
    while not is_over(other, run) and not other.json("GET", run)["leaderboard"]:
        time.sleep(0.2)
    looked = time.perf_counter()

    def go_on(_: int) -> bool:
        nonlocal looked
        if time.perf_counter() - looked < 1:
            return True
        looked = time.perf_counter()
        return not is_over(other, run)

    return calls(port, body, go_on)


def high(times: list[float]) -> float:
    """Return the 99th percentile."""
    return statistics.quantiles(times, n=100)[-1]


def load() -> str:
    """Say how busy the machine is."""
    return f"load {os.getloadavg()[0]:.1f}"


def predictor(port: int, rounds: int, requests: int) -> bool:
    """Print the answers' times calm and during a comparison; tell whether both budgets hold."""
    client = Client(port)
    columns = client.json("GET", f"/api/v1/models/{MODEL}/schema")["columns"]
    body = json.dumps({"rows": [{column["name"]: column["example"] for column in columns}]}).encode()
    calls(port, body, lambda done: done < 200)
    calm: list[list[float]] = []
    busy: list[list[float]] = []
    answers: set[bytes] = set()
    for i in range(rounds):
        for name, phase, kept in (
            ("calm", calls(port, body, lambda done: done < requests), calm),
            ("during a comparison", during(port, body), busy),
        ):
            kept.append(phase[0])
            answers |= phase[1]
            p50, p99 = statistics.median(phase[0]), high(phase[0])
            print(
                f"round {i + 1}  {name:20s} {len(phase[0]):6d} answers  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  {load()}",
                flush=True,
            )
    ratios = [high(b) / high(a) for a, b in zip(calm, busy, strict=True)]
    whole = high(list(itertools.chain(*busy))) / high(list(itertools.chain(*calm)))
    print(f"p99 during / calm: {whole:.2f}x, by round {min(ratios):.2f}x to {max(ratios):.2f}x; budget {BUDGET:.0f}x")
    print(f"different answers: {len(answers)} (1 is right)")
    return whole <= BUDGET and len(answers) == 1


def numbers(client: Client, run: str) -> list[Any]:
    """Return every number of a comparison that is not a time."""
    found = client.json("GET", run)
    kept = ("model", "rank", "status", "metrics", "metrics_std", "folds", "holdout", "difference", "tied_with_best")
    rows = [{name: row.get(name) for name in kept} for row in (*found["leaderboard"], found["baseline"])]
    return [rows, found["recommended"], found["holdout"]]


def finished(client: Client, runs: list[str]) -> float:
    """Wait until all comparisons have ended, and return the seconds; none may have waited for another."""
    began, were_at_once = time.perf_counter(), False
    while not all(is_over(client, run) for run in runs):
        were_at_once |= {client.json("GET", run)["state"] for run in runs} == {"running"}
        time.sleep(0.1)
    if not were_at_once:
        raise RuntimeError(f"{runs} did not run at once")
    return time.perf_counter() - began


def two(port: int) -> bool:
    """Print what two comparisons take alone and at once; tell whether their numbers are the same."""
    client = Client(port)
    alone, seconds = [], []
    for recipe in (ONE, OTHER):
        run = start(client, recipe)
        seconds.append(finished(client, [run]))
        alone.append(numbers(client, run))
    runs = [start(client, recipe) for recipe in (ONE, OTHER)]
    both = finished(client, runs)
    same = [numbers(client, run) == known for run, known in zip(runs, alone, strict=True)]
    print(f"alone {seconds[0]:.1f} s and {seconds[1]:.1f} s, together {sum(seconds):.1f} s; at once {both:.1f} s  {load()}")
    print(f"every number of every fold the same: {same}")
    return all(same)


def main(rounds: int, requests: int) -> int:
    """Run both and return 0 where everything holds."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        serving(str(Path(scratch) / "store"), WORKBENCH_MAX_COMPARISONS="2") as (port, _),
    ):
        print(f"{len(os.sched_getaffinity(0))} cores, {load()}")
        held = predictor(port, rounds, requests) if rounds else True
        return int(not (two(port) and held))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [3, 3000][len(given) :])))
