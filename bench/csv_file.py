"""A CSV file of 389 MB to a dataset in the store: seconds and memory, against `pandas.read_csv` in the same run.

    scripts/bench csv_file [ROUNDS] [FORM]

The file has the shape of Home Credit's (307,511 x 122, mixed floats with blanks, whole numbers, 16 columns of text) and is made
with a fixed seed. FORM is `csv`, `gz`, `zip` or `cp932`. Every reading happens in a fresh process; memory is what the process
grew by, at most, while the file came in: all of it (VmHWM), and without pages that belong to files (RssAnon).
"""

# ruff: noqa: E402  imports come after the line that makes them find the right module
from __future__ import annotations

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[0] = str(PROJECT)  # where the package is

import gzip
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable

import numpy as np
import polars as pl

ROWS, CHUNK, SEED = 307_511, 50_000, 2024
BLANK = 0.262
LABELS = (
    *("Cash loans", "Revolving loans", "Business Entity Type 3", "Secondary / secondary special", "House / apartment"),
    *("Working", "XNA", "M", "F", "Y", "N", "営業", "Single / not married", "Unaccompanied", "東京都"),
    *("Commercial associate", "Block of flats", "Stone, brick", "Panel"),
)


def part(rng: np.random.Generator, first: int, rows: int) -> pl.DataFrame:
    """Make some rows."""

    def holed(values: np.ndarray, share: float) -> pl.Series:
        return pl.Series(values).set(pl.Series(rng.random(rows) < share), None)

    columns = {"SK_ID_CURR": pl.Series(np.arange(first, first + rows) + 100_002)}
    columns["TARGET"] = pl.Series((rng.random(rows) < 0.08).astype(np.int64))
    for i in range(16):
        labels = rng.choice(np.array(LABELS), rng.integers(2, 9), replace=False)
        columns[f"NAME_{i}"] = holed(labels[rng.integers(0, len(labels), rows)], 0.3 if i % 4 == 0 else 0.0)
    for i in range(22):
        columns[f"FLAG_{i}"] = pl.Series(rng.integers(0, 2 if i % 2 else 24, rows))
    for i in range(6):
        columns[f"DAYS_{i}"] = pl.Series(-rng.integers(1, 25_000, rows))
    for i in range(14):
        columns[f"AMT_{i}"] = holed(np.round(rng.gamma(2, 100_000, rows)) / 2, 0.13)
    for i in range(62):
        columns[f"AREA_{i}"] = holed(rng.random(rows), BLANK)
    return pl.DataFrame(columns)


def make(path: Path, form: str) -> None:
    """Write the file."""
    rng = np.random.default_rng(SEED)
    with path.open("wb") as file:
        for first in range(0, ROWS, CHUNK):
            text = part(rng, first, min(CHUNK, ROWS - first)).write_csv(include_header=first == 0)
            file.write(text.encode("cp932" if form == "cp932" else "utf-8"))


def packed(path: Path, form: str) -> Path:
    """Return the file as it comes in."""
    out = path.with_suffix(f".{form}")
    if form == "gz":
        with path.open("rb") as plain, gzip.open(out, "wb", compresslevel=1) as file:
            shutil.copyfileobj(plain, file)
    elif form == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(path, path.name)
    else:
        return path
    return out


def status(name: str) -> float:
    """Return a figure of this process, in MB (10^6 bytes)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name))) * 1024 / 1e6


class Watch:
    """Looks at the memory of this process every few milliseconds."""

    def __enter__(self) -> Watch:
        self.before, self.anonymous, self.most, self.over = status("VmRSS"), status("RssAnon"), 0.0, threading.Event()
        self.eye = threading.Thread(target=self.look)
        self.eye.start()
        return self

    def look(self) -> None:
        """Remember the most."""
        while not self.over.wait(0.004):
            self.most = max(self.most, status("RssAnon"))

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.eye.join()
        self.grown = {"all": status("VmHWM") - self.before, "anonymous": self.most - self.anonymous}


def of_pandas(path: Path, form: str) -> Callable[[], float]:
    """Return the baseline."""
    import pandas as pd

    encoding = "cp932" if form == "cp932" else "utf-8"
    return lambda: float(pd.read_csv(path, encoding=encoding).memory_usage(deep=True).sum())


def of_workbench(path: Path, form: str) -> Callable[[], float]:
    """Return our way: read, types, fingerprint, Parquet in a store."""
    from workbench.data import datasets, read
    from workbench.store import FolderStore

    store = FolderStore(Path(tempfile.mkdtemp(dir=path.parent)))
    read(b"a,b\n1,2\n", name="warm", max_rows=9)  # what is imported on first use belongs to neither

    def whole() -> float:
        began = time.perf_counter()
        reading = read(path, name=path.name, max_rows=1_000_000)
        read_in = time.perf_counter() - began
        dataset = datasets.make(reading, name=path.name, owner="bench@example.com")
        made_in = time.perf_counter() - began - read_in
        datasets.save(store, dataset)
        saved_in = time.perf_counter() - began - read_in - made_in
        print(f"    read {read_in:.2f} s, fingerprint {made_in:.2f} s, Parquet in the store {saved_in:.2f} s", file=sys.stderr)
        assert (dataset.rows, len(dataset.columns), form) == (ROWS, 122, form)
        return float(dataset.frame.estimated_size())

    return whole


def child(who: str, path: Path, form: str, watched: bool) -> None:
    """Read the file once and print the figures."""
    work = {"pandas": of_pandas, "workbench": of_workbench}[who](path, form)
    if watched:  # in a run of its own, as looking costs time
        with Watch() as watch:
            size = work()
        print(json.dumps({"size": size / 1e6, **watch.grown}))
        return
    began, spent = time.perf_counter(), time.process_time()
    work()
    print(json.dumps({"seconds": time.perf_counter() - began, "processor": time.process_time() - spent}))


def run(who: str, path: Path, form: str, *, watched: bool = False) -> dict[str, float]:
    """Read the file in a fresh process."""
    command = [sys.executable, __file__, "child", who, str(path), form, str(watched)]
    out = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PROJECT)}
    )
    return dict(json.loads(out.stdout))


def main(rounds: int, form: str) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "credit.csv"
        make(plain, form)
        path = packed(plain, form)
        print(f"{form}: {plain.stat().st_size / 1e6:.0f} MB of text, {path.stat().st_size / 1e6:.0f} MB as a file")
        found: dict[str, list[dict[str, float]]] = {"pandas": [], "workbench": []}
        for _ in range(rounds):  # in turn: a machine that slows down slows both
            for who in found:
                found[who].append(run(who, path, form))
                print(f"  {who:10s} {found[who][-1]['seconds']:6.2f} s, {found[who][-1]['processor']:6.2f} s of processors")
        memory = {who: run(who, path, form, watched=True) for who in found}
    ratios = sorted(a["seconds"] / b["seconds"] for a, b in zip(found["pandas"], found["workbench"], strict=True))
    print(f"pandas.read_csv / workbench (file to dataset in the store): {statistics.median(ratios):.2f} times as fast", end=" ")
    print(f"({ratios[0]:.2f} to {ratios[-1]:.2f})")
    for who, grown in memory.items():
        size, whole, own = (grown[key] for key in ("size", "all", "anonymous"))
        print(f"{who:10s} table {size:.0f} MB, grew by {whole:.0f} MB ({whole / size:.2f} times the table), own {own:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(sys.argv[2], Path(sys.argv[3]), sys.argv[4], sys.argv[5] == "True")
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2] if len(sys.argv) > 2 else "csv")
