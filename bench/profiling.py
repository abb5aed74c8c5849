"""The profile of 307,511 x 122, correlations included, against ydata-profiling (minimal), sweetviz and skrub's TableReport.

    scripts/bench profiling [ROUNDS] [PEER …]

The table has the shape of Home Credit's and is made with a fixed seed. Everybody gets it as Parquet and is timed from the table
in memory to the finished report in memory, in a fresh process each time and in turn; what is imported on first use is imported
before. Ours is timed twice: as the others do it (without a target), and with the target's story. The peers are installed into
environments of their own. skrub draws plots and associations for at most 30 columns unless told otherwise: it is told.
Printed as well: the kept profile's size, and the seconds to the overview and to the first columns.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[0] = str(PROJECT)  # where the package is

from bench.csv_file import ROWS, SEED, part  # noqa: E402 - after the path
from bench.peers import python  # noqa: E402 - after the path

TIMED = """
import json, sys, time, resource
began, cpu = time.perf_counter(), time.process_time()
{work}
print(json.dumps({{"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, **more}}))
"""
OURS = """
import sys
sys.path.insert(0, {project!r})
import polars as pl, scipy.stats, scipy.special
from workbench.profile import kept, profile
frame, first = pl.read_parquet(sys.argv[1]), {{}}
profile(frame.head(500), target="TARGET")
""" + TIMED.replace(
    "{work}",
    """
found = profile(frame, target={target}, told=lambda stage, part: first.setdefault(stage, time.perf_counter() - began))
more = {{"first": first, "bytes": len(kept.to_json(found))}}
""",
)
PEERS = {
    "ydata-profiling": (
        """
import sys, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from ydata_profiling import ProfileReport
frame = pd.read_parquet(sys.argv[1])
ProfileReport(frame.head(500), minimal=True, progress_bar=False).to_html()
"""
        + TIMED.replace("{work}", "ProfileReport(frame, minimal=True, progress_bar=False).to_html(); more = {{}}"),
        10.0,
    ),
    "sweetviz": (
        """
import sys, warnings, io, contextlib
warnings.filterwarnings("ignore")
import matplotlib; matplotlib.use("Agg")
import pandas as pd, numpy as np, sweetviz
frame = pd.read_parquet(sys.argv[1])
"""
        + TIMED.replace("{work}", "sweetviz.analyze(frame, pairwise_analysis='off'); more = {{}}"),
        15.0,
    ),
    "skrub": (
        """
import sys, warnings
warnings.filterwarnings("ignore")
import pandas as pd, skrub
frame = pd.read_parquet(sys.argv[1])
skrub.TableReport(frame.head(500), plot_distributions=True, compute_associations=True, verbose=0).html()
"""
        + TIMED.replace(
            "{work}",
            "skrub.TableReport(frame, plot_distributions=True, compute_associations=True, verbose=0).html(); more = {{}}",
        ),
        3.5,
    ),
}


def timed(interpreter: str, program: str, path: Path) -> dict[str, object]:
    """Run a program in a fresh process and return what it printed last."""
    done = subprocess.run([interpreter, "-c", program, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main(rounds: int, names: list[str]) -> None:
    """Print the table."""
    import numpy as np

    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "credit.parquet"
        part(np.random.default_rng(SEED), 0, ROWS).write_parquet(path)
        ours = {target: OURS.format(project=str(PROJECT), target=repr(target)) for target in (None, "TARGET")}
        seconds: dict[str, list[float]] = {}
        ratios: dict[str, list[float]] = {}
        for _ in range(rounds):
            for target, program in ours.items():
                found = timed(sys.executable, program, path)
                seconds.setdefault(f"workbench, target {target}", []).append(float(found["seconds"]))  # type: ignore[arg-type]
                print(f"  workbench, target {target}: {found}", flush=True)
            for name in names:
                program = PEERS[name][0].format()
                theirs = timed(python(name), program, path)
                print(f"  {name}: {theirs}", flush=True)
                seconds.setdefault(name, []).append(float(theirs["seconds"]))  # type: ignore[arg-type]
                alone = seconds["workbench, target None"][-1]
                ratios.setdefault(name, []).append(seconds[name][-1] / alone)
    for name, values in seconds.items():
        print(f"{name:26s} {statistics.median(values):7.2f} s")
    for name, values in ratios.items():
        print(
            f"{name} / workbench: {statistics.median(values):.1f} times as fast ({min(values):.1f} to {max(values):.1f};",
            end="",
        )
        print(f" budget {PEERS[name][1]})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1, sys.argv[2:] or list(PEERS))
