"""Resumable uploads over HTTP: whole, in pieces, after a break, and everything that is refused."""

from __future__ import annotations

import base64
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.served import running_server
from tests.signing import HEADER, signing_team

UPLOADS = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = TUS | {"Content-Type": "application/offset+octet-stream"}
CSV = b"a,b\n" + b"1,2\n" * 500


def announce(client: httpx.Client, size: int, name: str = "売上.csv", **headers: str) -> httpx.Response:
    """Announce a file."""
    told = f"filename {base64.b64encode(name.encode()).decode()},filetype dGV4dC9jc3Y="
    return client.post(UPLOADS, headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": told} | headers)


def send(client: httpx.Client, address: str, at: int, data: bytes, **headers: str) -> httpx.Response:
    """Send a chunk."""
    return client.patch(address, content=data, headers=CHUNK | {"Upload-Offset": str(at)} | headers)


def offset(client: httpx.Client, address: str) -> int:
    """Ask how much is in."""
    return int(client.head(address, headers=TUS).headers["upload-offset"])


def test_file_in_two_chunks_becomes_what_a_run_starts_from(client: httpx.Client) -> None:
    address = announce(client, len(CSV)).headers["location"]
    assert address.startswith(UPLOADS + "/")
    assert send(client, address, 0, CSV[:700]).headers["upload-offset"] == "700"
    assert offset(client, address) == 700
    done = send(client, address, 700, CSV[700:])
    assert (done.status_code, done.headers["upload-offset"]) == (204, str(len(CSV)))
    run = client.post("/api/v1/runs", json={"upload": address.rsplit("/", 1)[1], "target": "no such column"})
    assert "no such column" in run.json()["detail"]


def test_chunk_at_the_wrong_place_is_a_conflict(client: httpx.Client) -> None:
    address = announce(client, 100).headers["location"]
    send(client, address, 0, b"x" * 10)
    answer = send(client, address, 50, b"x" * 10)
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert offset(client, address) == 10


def test_chunk_whose_connection_broke_never_was(client: httpx.Client, address: str) -> None:
    upload = announce(client, 1000).headers["location"]
    parts = urlsplit(address)
    head = f"PATCH {upload} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 1000\r\nUpload-Offset: 0\r\n"
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as wire:
        wire.sendall((head + "".join(f"{k}: {v}\r\n" for k, v in CHUNK.items()) + "\r\n").encode() + b"x" * 300)
    assert offset(client, upload) == 0
    assert send(client, upload, 0, b"y" * 1000).status_code == 204


def test_removed_upload_is_gone(client: httpx.Client) -> None:
    address = announce(client, 100).headers["location"]
    assert client.delete(address, headers=TUS).status_code == 204
    assert client.head(address, headers=TUS).status_code == 404


def test_abilities_are_told(client: httpx.Client) -> None:
    answer = client.options(UPLOADS)
    assert (answer.status_code, answer.headers["tus-version"]) == (204, "1.0.0")
    assert (answer.headers["tus-extension"], answer.headers["tus-max-size"]) == ("creation,termination", "40000000")


def test_without_the_version_nothing_is_taken(client: httpx.Client) -> None:
    answer = client.post(UPLOADS, headers={"Upload-Length": "5"})
    assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")


@pytest.mark.parametrize(
    ("size", "status"), [("40000001", 413), ("0", 422), ("-1", 422), ("x", 422), ("", 422), ("1e3", 422), ("٣", 422)]
)
def test_size_that_cannot_be_is_refused(client: httpx.Client, size: str, status: int) -> None:
    raw = [(b"Tus-Resumable", b"1.0.0"), (b"Upload-Length", size.encode())]
    answer = client.post(UPLOADS, headers=raw)  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Content-Type": "text/plain"}, 422), ({"Upload-Offset": "x"}, 422), ({"Upload-Offset": "-5"}, 422)],
)
def test_chunk_that_is_not_described_is_refused(client: httpx.Client, headers: dict[str, Any], status: int) -> None:
    address = announce(client, 100).headers["location"]
    assert send(client, address, 0, b"x", **headers).status_code == status


def test_chunk_over_30_mb_or_over_the_announced_size_is_refused(client: httpx.Client) -> None:
    address = announce(client, 40_000_000).headers["location"]
    assert send(client, address, 0, b"x" * 30_000_001).status_code == 413
    small = announce(client, 10).headers["location"]
    assert send(client, small, 0, b"x" * 11).status_code in (409, 413, 422)
    assert offset(client, small) == 0


@pytest.mark.parametrize("name", ["..%2f..%2fetc", "20261120T101500Z-0123456789abcdef", "x"])
def test_unknown_upload_is_404(client: httpx.Client, name: str) -> None:
    assert client.head(f"{UPLOADS}/{name}", headers=TUS).status_code == 404


def test_somebody_elses_upload_looks_like_none_and_a_viewer_sends_nothing() -> None:
    with (
        signing_team() as team,
        running_server(
            **team.environment(WORKBENCH_ANALYSTS="ana@example.com,bob@example.com", WORKBENCH_VIEWERS="eve@example.com")
        ) as url,
    ):

        def person(email: str) -> httpx.Client:
            return httpx.Client(base_url=url, headers={HEADER: team.token(email=email)}, timeout=60)

        with person("ana@example.com") as ana, person("bob@example.com") as bob, person("eve@example.com") as eve:
            address = announce(ana, 10).headers["location"]
            assert bob.head(address, headers=TUS).status_code == 404
            assert send(bob, address, 0, b"x").status_code == 404
            assert announce(eve, 10).status_code == 403
            assert send(ana, address, 0, b"x" * 10).status_code == 204


def memory(pid: int, line: str) -> float:
    """A process's memory in MB: ``VmRSS`` now, ``VmHWM`` at its most."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split(f"{line}:")[1].split()[0]) * 1024 / 1e6


def serving(port: int) -> int:
    """The process that serves at a port of this machine."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"serve" in words and str(port).encode() in words:
                return int(folder.name)
    raise AssertionError(f"nobody serves at {port}")


@pytest.mark.slow
def test_memory_stays_flat_while_120_mb_go_up() -> None:
    with running_server() as url, httpx.Client(base_url=url, timeout=60) as client:
        small = announce(client, 10).headers["location"]
        send(client, small, 0, b"x" * 10)  # the first one imports
        pid = serving(urlsplit(url).port or 0)
        before = memory(pid, "VmRSS")
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
        block = os.urandom(8_000_000)
        upload = announce(client, 15 * len(block)).headers["location"]
        for i in range(15):
            assert send(client, upload, i * len(block), block).status_code == 204
        after, peak = memory(pid, "VmRSS"), memory(pid, "VmHWM")
    measured = f"{before:.0f} MB before, {peak:.0f} at most, {after:.0f} after"
    assert peak - before < 60, measured
    assert after - before < 40, measured
