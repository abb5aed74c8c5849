"""The composed server as a process: what answers before anything heavy is loaded, what the gate refuses, what is led where."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.served import PROJECT, command, free_port, plain_environment, running_server
from tests.signing import HEADER, Team, signing_team

HEAVY = ("gradio", "shap", "pycaret", "polars", "pandas", "sklearn", "lightgbm", "jwt", "google.cloud")

LEAN = f"""
import sys, threading, time, urllib.request
import uvicorn
from workbench import server
from workbench.settings import read_settings

running = uvicorn.Server(server.configured(read_settings(), host="127.0.0.1", port=int(sys.argv[1])))

def look():
    while True:
        try:
            assert urllib.request.urlopen(f"http://127.0.0.1:{{sys.argv[1]}}/health").status == 200
            break
        except OSError:
            time.sleep(0.05)
    print(*(name for name in {HEAVY!r} if name in sys.modules))
    running.should_exit = True

threading.Thread(target=look).start()
running.run()
"""


@pytest.fixture(scope="module")
def open_server() -> Iterator[str]:
    with running_server() as address:
        yield address


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    with signing_team() as made:
        yield made


@pytest.fixture(scope="module")
def closed_server(team: Team) -> Iterator[str]:
    with running_server(**team.environment(WORKBENCH_VIEWERS="@example.com", WORKBENCH_ANALYSTS="boss@example.com")) as address:
        yield address


def test_health_answers_before_anything_heavy_is_loaded(tmp_path: object) -> None:
    environment = plain_environment() | {"WORKBENCH_STORE": str(tmp_path)}
    call = [sys.executable, "-c", LEAN, str(free_port())]
    done = subprocess.run(call, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_health_and_readiness_say_nothing(open_server: str) -> None:
    for path in ("/health", "/ready"):
        answer = httpx.get(open_server + path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_store_that_cannot_be_reached_is_not_ready(tmp_path: object) -> None:
    blocked = f"{tmp_path}/file"
    with open(blocked, "w") as file:
        file.write("no folder")
    with running_server(WORKBENCH_STORE=f"{blocked}/store") as address:
        answer = httpx.get(address + "/ready")
        assert (answer.status_code, answer.content) == (503, b"")


def test_gradio_without_its_slash_is_led_there_and_not_answered_by_a_page(open_server: str) -> None:
    answer = httpx.get(open_server + "/gradio")
    assert (answer.status_code, answer.headers["location"]) == (307, "/gradio/")


def test_unknown_address_of_the_api_is_a_problem_and_not_a_page(open_server: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = httpx.request(method, open_server + "/api/v1/nothing-here")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_assets_are_served_with_their_licence(open_server: str) -> None:
    assert "tus" in httpx.get(open_server + "/assets/tus.min.js").text
    assert "MIT License" in httpx.get(open_server + "/assets/tus.min.js.LICENSE").text
    assert (
        httpx.get(open_server + "/assets/../server.py").status_code != 200
        or "text/html" in httpx.get(open_server + "/assets/../server.py").headers["content-type"]
    )


def test_page_comes_with_its_policy_and_the_hash_of_its_inline_script(open_server: str) -> None:
    answer = httpx.get(open_server + "/explore?dataset=x")
    assert answer.status_code == 200
    assert "'sha256-" in answer.headers["content-security-policy"]


def test_spoofed_identity_is_nobody(open_server: str) -> None:
    spoofed = {"X-Workbench-User": "boss@example.com", "Cf-Access-Authenticated-User-Email": "boss@example.com"}
    answer = httpx.get(open_server + "/api/v1/session", headers=spoofed)
    assert answer.json() == {"who": "you@localhost", "kind": "user", "role": "analyst", "exp": None}
    assert answer.headers["cache-control"] == "no-store"


def test_write_from_another_site_is_refused(open_server: str) -> None:
    answer = httpx.post(open_server + "/api/v1/runs", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


def test_streamlits_upload_is_refused(open_server: str) -> None:
    for method in ("PUT", "POST", "DELETE", "OPTIONS", "GET"):
        assert httpx.request(method, open_server + "/_stcore/upload_file/a/b").status_code == 403


async def handshake(address: str, **headers: str) -> int:
    """Open Streamlit's websocket and return the status of the handshake."""
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        async with connect(url, additional_headers=headers, subprotocols=["streamlit"]):  # type: ignore[list-item]
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_websocket_of_another_site_is_refused(open_server: str) -> None:
    assert asyncio.run(handshake(open_server)) == 101
    assert asyncio.run(handshake(open_server, Origin="https://evil.example")) == 403


def test_websocket_needs_a_token(closed_server: str, team: Team) -> None:
    assert asyncio.run(handshake(closed_server)) == 403
    assert asyncio.run(handshake(closed_server, **{HEADER: team.token(aud=["another"])})) == 403
    assert asyncio.run(handshake(closed_server, **{HEADER: team.token()})) == 101


def test_everything_but_health_needs_a_token(closed_server: str) -> None:
    assert httpx.get(closed_server + "/health").status_code == 200
    for path in (
        "/",
        "/api/v1/models",
        "/api/v1/session",
        "/gradio",
        "/gradio/config",
        "/assets/tus.min.js",
        "/metrics",
        "/_stcore/health",
    ):
        assert httpx.get(closed_server + path).status_code == 401, path
    assert httpx.post(closed_server + "/api/v1/uploads").status_code == 401


def test_session_tells_who_and_until_when(closed_server: str, team: Team) -> None:
    answer = httpx.get(closed_server + "/api/v1/session", headers={HEADER: team.token()}).json()
    assert (answer["who"], answer["kind"], answer["role"]) == ("ana@example.com", "user", "viewer")
    assert answer["exp"] > 0
    assert httpx.get(closed_server + "/api/v1/session", headers={HEADER: team.token(email="x@other.org")}).status_code == 403


def test_signed_in_page_speaks_the_readers_language(closed_server: str, team: Team) -> None:
    answer = httpx.get(closed_server + "/signed-in", headers={HEADER: team.token(), "Accept-Language": "ja"})
    assert "もう一度サインインできました" in answer.text
    assert "/assets/signed-in.js" in answer.text


def test_open_door_on_cloud_run_refuses_to_start_in_one_line() -> None:
    environment = plain_environment() | {"K_SERVICE": "workbench"}
    done = subprocess.run(
        command(free_port()), cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "WORKBENCH_ACCESS" in done.stderr
    assert done.stdout == ""


def test_address_that_cannot_be_a_certs_address_refuses_to_start_in_one_line(team: Team) -> None:
    environment = plain_environment() | team.environment(WORKBENCH_ACCESS_CERTS_URL="http://team.example/certs")
    done = subprocess.run(
        command(free_port()), cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)
    assert "WORKBENCH_ACCESS_CERTS_URL" in done.stderr
