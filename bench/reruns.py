"""Reruns of the Data and Explore page with a large table open, alone and while somebody else's large file is sent and read.

    scripts/bench reruns [ROUNDS]

The table is synthetic, made with a fixed seed: 307,511 rows of 122 columns (16 of them text, 41 whole numbers, 65 decimals with
a third blank), the shape of Home Credit's application table. The other file has as many columns and 389 MB.

A real server runs in a process of its own. A rerun is timed by a client of its websocket, from sending the page's request to
the server's word that the script has finished; the browser's drawing is not in it. On Explore every rerun picks another column.
"""

from __future__ import annotations

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[0] = str(PROJECT)  # where the package is
# ruff: noqa: E402

import contextlib
import http.client
import itertools
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import polars as pl
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from bench.start import answer, free_port

ROWS, TEXTS, WHOLES, DECIMALS = 307_511, 16, 41, 65
OTHER_FILE = 389_000_000
CHUNK = 25_000_000
LABELS = ["Cash loans", "Revolving loans", "Working", "Commercial associate", "Secondary / secondary special", "Laborers"]
BUDGET = 300.0
Pages = dict[str, Callable[[], float]]
Times = dict[str, tuple[list[float], list[float]]]


def table(rows: int, seed: int = 7) -> pl.DataFrame:
    """Return a table of Home Credit's shape."""
    random = np.random.default_rng(seed)
    columns: dict[str, pl.Series] = {"ID": pl.Series(np.arange(100_002, 100_002 + rows))}
    columns["TARGET"] = pl.Series((random.random(rows) < 0.08).astype(np.int64))
    for i in range(WHOLES - 2):
        columns[f"COUNT_{i}"] = pl.Series(random.integers(0, 2 if i % 2 else 20_000, rows))
    for i in range(DECIMALS):
        values = pl.Series(random.random(rows).round(4))
        columns[f"AMOUNT_{i}"] = values.set(pl.Series(random.random(rows) < 0.35), None)
    for i in range(TEXTS):
        labels = pl.Series(LABELS[: 2 + i % 5])
        columns[f"NAME_{i}"] = labels.gather(random.integers(0, len(labels), rows))
    return pl.DataFrame(columns)


def write_other(folder: Path) -> Path:
    """Write the file of the second analyst, piece by piece."""
    path, piece = folder / "other.csv", table(2_000, seed=8)
    with path.open("wb") as file:
        piece.head(0).write_csv(file)
        while file.tell() < OTHER_FILE:
            piece.write_csv(file, include_header=False)
    return path


def browser(port: int) -> connect:
    """Connect as a browser does."""
    address, origin = f"ws://127.0.0.1:{port}/_stcore/stream", f"http://127.0.0.1:{port}"
    return connect(address, subprotocols=["streamlit"], origin=origin, max_size=None)  # type: ignore[arg-type]


class Tab:
    """A browser's tab without the browser: it asks for runs of a page and waits until they are finished."""

    def __init__(self, socket: ClientConnection, page: str, dataset: str, tab: str = "") -> None:
        self.socket = socket
        self.query, self.hash, self.page = f"dataset={dataset}&lang=en&tab={tab}", "", page
        self.boxes: dict[str, list[str]] = {}
        self.rerun()
        self.rerun()

    def rerun(self, picked: tuple[str, str] | None = None) -> float:
        """Return the milliseconds of one run."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_script_hash = self.hash
        asked.rerun_script.page_name = "" if self.hash else self.page
        if picked:
            state = asked.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = picked
        began = time.perf_counter()
        self.socket.send(asked.SerializeToString())
        while not self.is_finished(ForwardMsg.FromString(self.socket.recv(timeout=120))):  # type: ignore[arg-type]
            pass
        return 1000 * (time.perf_counter() - began)

    def is_finished(self, told: ForwardMsg) -> bool:
        """Note what a message says of the page, and tell whether it is the last one of a run."""
        kind = told.WhichOneof("type")
        if kind == "navigation":
            hashes = {page.url_pathname: page.page_script_hash for page in told.navigation.app_pages}
            self.hash = hashes[self.page]
        if kind == "delta" and told.delta.new_element.WhichOneof("type") == "selectbox":
            box = told.delta.new_element.selectbox
            self.boxes[box.id] = list(box.options)
        if kind == "delta" and told.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(told.delta.new_element.exception.message)
        return kind == "script_finished" and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY

    def columns(self) -> Iterator[tuple[str, str]]:
        """Pick one column after the other in the box that offers them all."""
        box = next(name for name, options in self.boxes.items() if len(options) == TEXTS + WHOLES + DECIMALS)
        return itertools.cycle((box, option) for option in self.boxes[box])


@contextlib.contextmanager
def serving(store: str, **settings: str) -> Iterator[tuple[int, int]]:
    """Run the server, with some settings of its own, and give its port and process."""
    port = free_port()
    environment = {**os.environ, "WORKBENCH_STORE": store, "PORT": str(port), "WORKBENCH_ACCESS": "off", **settings}
    command = [sys.executable, "-m", "workbench", "serve"]
    server = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answer(f"http://127.0.0.1:{port}/health")
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def send(port: int, path: Path) -> str:
    """Send a file in chunks, as the upload control does, and return the upload's id."""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    tus = {"Tus-Resumable": "1.0.0"}
    size = path.stat().st_size
    announced = tus | {"Upload-Length": str(size), "Upload-Metadata": "filename b3RoZXI="}
    server.request("POST", "/api/v1/uploads", headers=announced)
    told = server.getresponse()
    told.read()
    place = str(told.headers["Location"])
    with path.open("rb") as file:
        for at in range(0, size, CHUNK):
            head = tus | {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
            server.request("PATCH", place, body=file.read(CHUNK), headers=head)
            told = server.getresponse()
            told.read()
            if told.status != http.client.NO_CONTENT:
                raise RuntimeError(f"chunk at {at}: {told.status}")
    return place.rpartition("/")[2]


def busy(pid: int) -> float:
    """Return the milliseconds of processor time a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(pages: Pages, server: int, go_on: Callable[[int], bool]) -> Times:
    """Rerun each page in turn as long as there is need, and return the milliseconds of each and the server's own share."""
    found: Times = {page: ([], []) for page in pages}
    while go_on(len(found["data"][0])):
        for page, run in pages.items():
            before = busy(server)
            found[page][0].append(run())
            found[page][1].append(busy(server) - before)
    return found


def show(when: str, found: Times) -> None:
    """Print a line for each page."""
    for page, (times, shares) in found.items():
        if len(times) > 1:
            middle, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            verdict = "within" if high < BUDGET else "OVER"
            line = f"{page:8s} {when:30s} {len(times):4d} runs   p50 {middle:5.0f} ms   p95 {high:5.0f} ms   {verdict:6s}"
            print(f"{line}   processor {statistics.mean(shares):4.0f} ms")


def main(rounds: int) -> None:
    """Make the tables, and print p50, p95 and the server's processor time of each page."""
    with tempfile.TemporaryDirectory() as scratch:
        store = str(Path(scratch) / "store")
        os.environ["WORKBENCH_STORE"] = store
        from workbench import actions
        from workbench.actions import held
        from workbench.data import Reading, Roles, datasets
        from workbench.principal import LOCAL

        frame = table(ROWS)
        print(f"synthetic table, seed 7: {frame.height:,} x {frame.width}, {frame.estimated_size() / 1e6:.0f} MB in memory")
        made = datasets.make(Reading(frame), name="synthetic.csv", owner=LOCAL.who, roles=Roles(target="TARGET"))
        datasets.save(held.store(), made)
        other = write_other(Path(scratch))
        size, cores = other.stat().st_size / 1e6, len(os.sched_getaffinity(0))
        print(f"the other file: {size:.0f} MB; {cores} cores, load {os.getloadavg()[0]:.1f}; budget {BUDGET:.0f} ms")
        with serving(store) as (port, pid), browser(port) as one, browser(port) as two:
            began = time.perf_counter()
            data, explore = Tab(one, "data", made.id), Tab(two, "explore", made.id, "columns")
            opened = time.perf_counter() - began
            going: Pages = {"data": data.rerun, "explore": explore.rerun}
            profiling = timed(going, pid, lambda _: actions.profile.shown(made.id, by=LOCAL).is_going)
            show("while the table is profiled", profiling)
            print(f"both pages drawn twice after {opened:.1f} s, the profile whole after {time.perf_counter() - began:.1f} s")
            explore.rerun()
            columns = explore.columns()
            pages: Pages = {"data": data.rerun, "explore": lambda: explore.rerun(next(columns))}
            timed(pages, pid, lambda done: done < 3)
            show("alone", timed(pages, pid, lambda done: done < rounds))

            uploads: list[str] = []
            sending = threading.Thread(target=lambda: uploads.append(send(port, other)))
            sending.start()
            show("while somebody's file is sent", timed(pages, pid, lambda _: sending.is_alive()))
            began = time.perf_counter()
            _, run = actions.datasets.open_upload(uploads[0], by=LOCAL, settings={})
            reading = timed(pages, pid, lambda _: not actions.runs.find(run, by=LOCAL).is_settled)
            show("while somebody's file is read", reading)
            job = actions.runs.find(run, by=LOCAL)
            for thread in threading.enumerate():  # who watches the child writes the last word
                if thread.name == f"job-{run}":
                    thread.join()
            print(f"the file was read in {time.perf_counter() - began:.1f} s: {job.state} {job.error or ''}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
