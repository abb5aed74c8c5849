"""Peers of a benchmark, each installed once into an environment of its own below `.workbench/peers/`."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / ".workbench" / "peers"
# What each needs to run as its makers meant it, with the versions that were measured.
PEERS = {
    "ydata-profiling": ("ydata-profiling==4.18.4", "setuptools<81"),
    "sweetviz": ("sweetviz==2.3.3", "numpy<2", "pandas<3", "setuptools<81"),
    "skrub": ("skrub==0.11.0", "matplotlib<3.11"),
}


def python(name: str) -> str:
    """Return the interpreter of a peer's environment, made when it is first asked for."""
    place = FOLDER / name
    done = place / "installed.txt"
    wanted = "\n".join(PEERS[name])
    if not done.exists() or done.read_text() != wanted:
        print(f"Installing {name} into an environment of its own ...", file=sys.stderr)
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([place / "bin" / "python", "-m", "pip", "install", "-q", *PEERS[name], "pyarrow<26"], check=True)
        done.write_text(wanted)
    return str(place / "bin" / "python")
