"""Read every table below some folders and count what came of it.

    scripts/bench corpora FOLDER… [--all]

A file is *right* where its expected cells lie beside it (csv-spectrum's `csvs/x.csv` and `json/x.json`: the cells as text,
before types are chosen), *read* where nothing says what to expect, *refused* where the answer was a sentence. A wrong one or
a crash ends with 1. `--all` also shows what each table came out as. csv-spectrum's files `…_crlf.csv` get their line ends back
where a checkout took them away.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[0] = str(PROJECT)  # where the package is

from workbench.data import read  # noqa: E402 - after the path
from workbench.data.decode import decode  # noqa: E402 - after the path
from workbench.data.delimited import read_delimited  # noqa: E402 - after the path
from workbench.errors import WorkbenchError  # noqa: E402 - after the path

MOST_ROWS = 5_000_000
VERDICTS = ("right", "read", "refused", "wrong", "crashed")


@dataclass(frozen=True)
class Outcome:
    """What came of a file."""

    path: Path
    verdict: str
    said: str


def tables(folder: Path) -> list[Path]:
    """Return the files below a folder; expectations beside tables are none."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and expectation(path) != path)


def expectation(path: Path) -> Path | None:
    """Return where a file's expected cells are, the file itself if it is one."""
    if path.parent.name == "json" and (path.parent.parent / "csvs").is_dir():
        return path
    beside = path.parent.parent / "json" / f"{path.stem}.json"
    return beside if path.parent.name == "csvs" and beside.exists() else None


def outcome(path: Path) -> Outcome:
    """Read one file."""
    try:
        reading = read(path, name=path.name, max_rows=MOST_ROWS)
        expected = expectation(path)
        if expected is None:
            types = Counter(str(dtype.base_type()) for dtype in reading.frame.dtypes)
            notes = [note.say("en") for note in reading.notes]
            shape = f"{reading.frame.height} x {reading.frame.width}  {dict(types)}  names from {reading.header_rows} rows"
            return Outcome(path, "read", "\n      ".join([shape, str(reading.frame.columns[:12]), *notes]))
        frame = read_delimited(decode(original(path)).data, max_rows=MOST_ROWS).frame
        found = [{name: cell or "" for name, cell in row.items()} for row in frame.to_dicts()]
        wanted = json.loads(expected.read_text(encoding="utf-8"))
        return Outcome(path, "right", "") if found == wanted else Outcome(path, "wrong", f"{found}\n      instead of {wanted}")
    except WorkbenchError as problem:
        return Outcome(path, "refused", str(problem))
    except Exception:  # noqa: BLE001 - a crash is what is looked for
        return Outcome(path, "crashed", traceback.format_exc().strip())


def original(path: Path) -> bytes:
    """Return a file as its name says that it was written."""
    data = path.read_bytes()
    return data.replace(b"\n", b"\r\n") if path.stem.endswith("_crlf") and b"\r" not in data else data


def main(arguments: list[str]) -> int:
    """Print a table per corpus."""
    shown = set(VERDICTS) - {"right"} if "--all" in arguments else {"refused", "wrong", "crashed"}
    bad = 0
    for folder in [Path(argument) for argument in arguments if argument != "--all"]:
        outcomes = [outcome(path) for path in tables(folder)]
        counts = Counter(found.verdict for found in outcomes)
        bad += counts["wrong"] + counts["crashed"]
        print(
            f"{folder.name:16s} {len(outcomes):4d} files  " + "  ".join(f"{verdict} {counts[verdict]}" for verdict in VERDICTS)
        )
        for found in outcomes:
            if found.verdict in shown:
                print(f"   {found.verdict:8s} {found.path.relative_to(folder)}: {found.said}")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
