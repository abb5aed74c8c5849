"""Start to healthy, memory at that moment, and the first `/gradio` answer, against bare Streamlit in the same run.

    scripts/bench start [ROUNDS]

The two are started in turn, each in a fresh process with an empty store; medians are printed with their ratio.
"""

from __future__ import annotations

import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BARE = "import streamlit as st\nst.title('Hello')\n"


def free_port() -> int:
    """Return a port nobody listens on, below those the kernel hands out: knocking on one of its own can connect to itself."""
    while True:
        port = random.randint(20_000, 30_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def answer(url: str, timeout: float = 60.0) -> float:
    """Return the seconds until a URL answers 200."""
    began = time.perf_counter()
    while time.perf_counter() - began < timeout:
        try:
            with urllib.request.urlopen(url, timeout=timeout) as response:
                if response.status == 200:
                    return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.005)
    raise TimeoutError(url)


def resident(pid: int) -> float:
    """Return the MB of memory a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def measure(command: list[str], health: str, port: int, gradio: bool, store: str) -> tuple[float, float, float]:
    """Start a server once; return (seconds to healthy, MB then, seconds of the first /gradio answer)."""
    environment = {**os.environ, "WORKBENCH_STORE": store, "PORT": str(port)}
    server = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        healthy = answer(f"http://127.0.0.1:{port}{health}")
        memory = resident(server.pid)
        first = answer(f"http://127.0.0.1:{port}/gradio/") if gradio else float("nan")
    finally:
        server.terminate()
        server.wait(20)
    return healthy, memory, first


def main(rounds: int) -> None:
    """Print the table."""
    found: dict[str, list[tuple[float, float, float]]] = {"bare": [], "ours": []}
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "page.py"
        page.write_text(BARE)
        for i in range(rounds + 1):  # the first of each warms the disk's cache and does not count
            port = free_port()
            flags = ["--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none"]
            bare = measure(
                [sys.executable, "-m", "streamlit", "run", str(page), *flags], "/_stcore/health", port, False, scratch
            )
            port = free_port()
            ours = measure([sys.executable, "-m", "workbench", "serve"], "/health", port, i == rounds, scratch)
            if i:
                found["bare"].append(bare)
                found["ours"].append(ours)
    for i, name in enumerate(("seconds to healthy", "MB at healthy")):
        bare, ours = ([run[i] for run in found[who]] for who in ("bare", "ours"))
        # pair by pair: a machine that slows down slows both of a pair
        ratios = sorted(mine / theirs for theirs, mine in zip(bare, ours, strict=True))
        medians = f"bare Streamlit {statistics.median(bare):7.2f}   workbench {statistics.median(ours):7.2f}"
        print(f"{name:20s} {medians}   ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print(f"{'first /gradio answer':20s} {found['ours'][-1][2]:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
