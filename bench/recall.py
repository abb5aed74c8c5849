"""What the checks find on tables with known traps, and what they falsely accuse on clean ones.

    scripts/bench recall FOLDER

FOLDER holds the public tables by their usual names (anywhere below it); a table that is not there is said to be missing. A trap
counts as found where a finding of severity `error` or `warning` names its columns (for repeated entities: names the group).
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[0] = str(PROJECT)  # where the package is

import polars as pl  # noqa: E402 - after the path

from workbench import checks  # noqa: E402 - after the path
from workbench.data import Roles, read  # noqa: E402 - after the path

MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Trap:
    """A table, what is predicted, and the groups of columns of which each must be accused."""

    file: str
    target: str
    columns: tuple[tuple[str, ...], ...] = ()
    codes: tuple[str, ...] = ()
    """Findings that must be there whatever they name."""
    unknown: tuple[str, ...] = field(default=())
    drop: tuple[str, ...] = ()


TRAPS = (
    Trap("titanic_with_alive.csv", "survived", (("alive",),)),
    Trap("bike_sharing_day.csv", "cnt", (("casual", "registered"),)),
    Trap("CTG.csv", "NSP", (("CLASS",), ("SUSP",), ("A", "B", "C", "D", "E", "AD", "DE", "LD", "FS", "SUSP"))),
    Trap("mice.csv", "class", (("MouseID",), ("Genotype", "Treatment", "Behavior")), ("WB401",)),
    Trap("flights.csv", "arr_delay", (("dep_delay",),)),
    Trap("flights.csv", "arr_delay", (("arr_time",),), unknown=("arr_time",)),
    Trap("income.csv", "income >50K", (("education", "education-num"),)),
    Trap("application_train_10pct.csv", "TARGET", (("DAYS_EMPLOYED",),)),
)
CLEAN = (
    Trap("iris.csv", "species"),
    Trap("insurance.csv", "charges"),
    Trap("spambase.csv", ""),
    Trap("glass.csv", "Type"),
    Trap("Advertising.csv", "sales", drop=("", "Unnamed: 0", "column_1", "列1")),
    Trap("FAKE_random_noise_10cols_5000.csv", "TARGET"),
)


def table(folder: Path, trap: Trap) -> tuple[pl.DataFrame, str] | None:
    """Read a table; its target is the last column where none is named."""
    path = next(iter(sorted(folder.rglob(trap.file))), None)
    if path is None:
        return None
    frame = read(path, name=path.name, max_rows=MOST_ROWS).frame
    unnamed = [name for name in frame.columns if name in trap.drop or (frame.columns.index(name) == 0 and trap.drop)]
    frame = frame.drop(unnamed)
    known = {name.casefold(): name for name in frame.columns}
    return frame, known.get(trap.target.casefold(), frame.columns[-1])


def looked_at(folder: Path, trap: Trap) -> tuple[checks.CheckReport, str, float] | None:
    """Run every check."""
    found = table(folder, trap)
    if found is None:
        return None
    frame, target = found
    began = time.perf_counter()
    report = checks.run(frame, target=target, roles=Roles(target=target, unknown_at_prediction=trap.unknown))
    return report, target, time.perf_counter() - began


def is_found(report: checks.CheckReport, columns: tuple[str, ...]) -> bool:
    """Tell whether the columns are accused, together or one by one."""
    accused: set[str] = set()
    for one in report.findings:
        if one.severity != "info":
            accused |= set(one.columns)
    return set(columns) <= accused


def main(folder: Path) -> None:
    """Print both tables."""
    hits = wanted = errors = 0
    for trap in TRAPS:
        if (looked := looked_at(folder, trap)) is None:
            print(f"{trap.file:38s} not there")
            continue
        report, target, seconds = looked
        for columns in trap.columns:
            wanted += 1
            hits += (found := is_found(report, columns))
            said = [f"{f.code} {f.severity}" for f in report.findings if set(f.columns) & set(columns)]
            print(f"{trap.file:38s} {target:22s} {'found ' if found else 'MISSED'} {', '.join(columns)}: {', '.join(said)}")
        for code in trap.codes:
            wanted += 1
            hits += (found := any(f.code == code and f.severity != "info" for f in report.findings))
            print(f"{trap.file:38s} {target:22s} {'found ' if found else 'MISSED'} {code}")
        print(f"{'':38s} {seconds:.1f} s, {counted(report)}")
    print()
    for trap in CLEAN:
        if (looked := looked_at(folder, trap)) is None:
            print(f"{trap.file:38s} not there")
            continue
        report, target, seconds = looked
        errors += sum(f.severity == "error" for f in report.findings)
        said = [f"{f.code} {', '.join(f.columns[:3])}" for f in report.findings if f.severity != "info"]
        print(f"{trap.file:38s} {target:22s} {counted(report)}, {seconds:.1f} s  {'; '.join(said)}")
    print(f"\nrecall {hits} of {wanted}; false errors on clean tables: {errors}")


def counted(report: checks.CheckReport) -> str:
    """Return how many findings there are of each severity."""
    return ", ".join(f"{sum(f.severity == s for f in report.findings)} {s}" for s in ("error", "warning", "info"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
