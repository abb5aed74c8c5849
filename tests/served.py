"""A real server for tests: started as an operator starts it, on a free port, and stopped by asking."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE = 90.0
PORTS_APART = 8


@contextlib.contextmanager
def running_server(*, at: int | None = None, **environment: str) -> Iterator[str]:
    """Run `python -m workbench serve` and yield its address, such as ``http://127.0.0.1:41234``.

    Parameters
    ----------
    at : int, optional
        The port, for a server that comes back at the same address.
    **environment : str
        Environment variables, such as ``WORKBENCH_STORE``; without that one the store is a folder of its own.

    Yields
    ------
    str
        The address, once it answers `/health`.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "server.log"
        port = at or free_port()
        given = {"WORKBENCH_STORE": str(Path(folder) / "store")} | environment
        with log.open("wb") as out:
            process = subprocess.Popen(command(port), cwd=PROJECT, env=plain_environment() | given, stdout=out, stderr=out)
        try:
            wait_for_health(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            stop(process)


def command(port: int) -> list[str]:
    """Return the call that starts the server."""
    return [sys.executable, "-m", "workbench", "serve", "--host", "127.0.0.1", "--port", str(port)]


def plain_environment() -> dict[str, str]:
    """Return this process's environment without settings that a developer may have set."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_") and name != "K_SERVICE"}


def free_port() -> int:
    """Return a port nobody listens on, below those the kernel hands out: knocking on one of its own can connect to itself.

    Processes that run tests beside each other choose from ports of their own.
    """
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PORTS_APART
    while True:
        port = random.randrange(20_000 + number, 32_000, PORTS_APART)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def wait_for_health(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; show its log if it does not."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address + "/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop, and make it stop where it does not."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
