"""An .xlsx of 50,000 x 21 to a table, against openpyxl reading the same file into a polars table, in turn.

    scripts/bench excel [ROUNDS] [ROWS]

Numbers, Japanese text, dates and codes, a few cells blank, from a fixed seed; once with the texts shared, as Excel writes them,
and once with each text in its cell, as programs do that write row by row. Each round reads once with either, in processes of
their own; printed are the medians, their ratio pair by pair, and the memory each process took on top of its start.
openpyxl is no dependency of ours: `pip install openpyxl` in the environment that runs this.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import xlsxwriter

PROJECT = Path(__file__).resolve().parent.parent
KINDS = ("whole", "number", "text", "label", "date", "moment", "code") * 3
LABELS = ("東京都", "大阪府", "北海道", "福岡県", "神奈川県")
BLANK = 0.03
START = """
import json, sys, time
def memory():
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))) / 1024
"""
OURS = (
    START
    + """
from workbench.data import read
before, began = memory(), time.perf_counter()
with open(sys.argv[1], "rb") as file:
    frame = read(file.read(), name="t", max_rows=10_000_000).frame
print(json.dumps([time.perf_counter() - began, memory() - before, frame.height, frame.width]))
"""
)
THEIRS = (
    START
    + """
import openpyxl, polars as pl
before, began = memory(), time.perf_counter()
rows = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
names = next(rows)
frame = pl.DataFrame([pl.Series(name, cells) for name, cells in zip(names, zip(*rows))])
print(json.dumps([time.perf_counter() - began, memory() - before, frame.height, frame.width]))
"""
)


def make(path: Path, rows: int, *, shared: bool) -> None:
    """Write the workbook."""
    chance = random.Random(20_240_401)
    with xlsxwriter.Workbook(path, {"constant_memory": not shared}) as book:
        day, moment = (book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
        sheet, first = book.add_worksheet("売上"), dt.datetime(2015, 1, 1)
        sheet.write_row(0, 0, [f"{kind}_{i}" for i, kind in enumerate(KINDS)])
        for i in range(1, rows + 1):
            for j, kind in enumerate(KINDS):
                if chance.random() < BLANK:
                    continue
                if kind == "whole":
                    sheet.write_number(i, j, chance.randrange(100_000))
                elif kind == "number":
                    sheet.write_number(i, j, round(chance.gauss(0, 100), 3))
                elif kind == "text":
                    sheet.write_string(i, j, f"顧客{chance.randrange(40_000)}の備考")
                elif kind == "label":
                    sheet.write_string(i, j, chance.choice(LABELS))
                elif kind == "date":
                    sheet.write_datetime(i, j, first + dt.timedelta(days=chance.randrange(3000)), day)
                elif kind == "moment":
                    sheet.write_datetime(i, j, first + dt.timedelta(seconds=chance.randrange(3000 * 86_400)), moment)
                else:
                    sheet.write_string(i, j, f"{chance.randrange(10**6):06d}")


def measure(program: str, path: Path) -> tuple[float, float]:
    """Read the file once in a fresh process; return (seconds, MB)."""
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    seconds, memory, height, width = json.loads(done.stdout)
    assert width == len(KINDS), f"{height} x {width}"
    return seconds, memory


def main(rounds: int, rows: int) -> None:
    """Print a line for each way of writing texts."""
    with tempfile.TemporaryDirectory() as scratch:
        for shared in (True, False):
            path = Path(scratch) / "table.xlsx"
            make(path, rows, shared=shared)
            pairs = [(measure(THEIRS, path), measure(OURS, path)) for _ in range(rounds)]
            ratios = sorted(theirs[0] / ours[0] for theirs, ours in pairs)
            theirs, ours = (statistics.median(pair[i][0] for pair in pairs) for i in (0, 1))
            memory = [statistics.median(pair[i][1] for pair in pairs) for i in (0, 1)]
            written = f"{'texts shared' if shared else 'texts in cells':16s} {path.stat().st_size / 1e6:5.1f} MB"
            times = f"openpyxl {theirs:6.2f} s   workbench {ours:5.2f} s"
            faster = f"{statistics.median(ratios):.1f} times faster ({ratios[0]:.1f} to {ratios[-1]:.1f})"
            print(f"{written}   {times}   {faster}   memory {memory[0]:.0f} and {memory[1]:.0f} MB")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(numbers[0] if numbers else 3, numbers[1] if len(numbers) > 1 else 50_000)
