"""The gate in front of an app that tells what it sees."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.signing import HEADER, Team, signing_team
from workbench.access.gate import Gate
from workbench.access.headers import Policies
from workbench.errors import SettingsError
from workbench.settings import Settings, read_settings

SPOOFED = {
    "X-Workbench-User": "boss@example.com",
    "X-Workbench-Role": "analyst",
    "x_workbench_user": "boss@example.com",
    "X-Workbench-Anything": "1",
    "Cf-Access-Authenticated-User-Email": "boss@example.com",
    "Remote-User": "boss",
    "X-Forwarded-User": "boss",
    "X-Forwarded-Email": "boss@example.com",
    "X-Forwarded-Host": "evil.example",
    "X-Gradio-Server": "http://127.0.0.1:1",
}


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    with signing_team() as made:
        yield made


@pytest.fixture
def policies(tmp_path: Path) -> Policies:
    page = tmp_path / "index.html"
    page.write_text("<script>window.a = 1</script><script type='module' src='x.js'></script>", encoding="utf-8")
    return Policies(page)


def settings_of(team: Team, **more: str) -> Settings:
    return read_settings(**{name.removeprefix("WORKBENCH_").lower(): value for name, value in team.environment(**more).items()})


class Inside:
    """An app that remembers how it was called."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"server", b"x"), (b"x-frame-options", b"DENY")]}
        )
        await send({"type": "http.response.body", "body": b"inside"})

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.scope["headers"]}


def ask(gate: Gate, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send one request through a gate, header names with underscores for hyphens unless spelled in a dict."""
    raw = [(name.lower().encode(), value.encode()) for name, value in {"Host": "run.app", **headers}.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw, "scheme": "http", "query_string": b""}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(gate(scope, receive, send))
    answered = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


def test_without_a_token_only_health_and_readiness_answer(team: Team, policies: Policies) -> None:
    gate = Gate(Inside(), settings=settings_of(team), policies=policies)
    assert [ask(gate, path)[0] for path in ("/health", "/ready")] == [200, 200]
    refused = [
        "/",
        "//health",
        "/health/",
        "/HEALTH",
        "/health/..",
        "/api/v1/models",
        "/gradio/",
        "/metrics",
        "/assets/tus.min.js",
    ]
    assert {path: ask(gate, path)[0] for path in refused} == dict.fromkeys(refused, 401)


def test_refusal_is_a_problem_in_the_callers_language(team: Team, policies: Policies) -> None:
    gate = Gate(Inside(), settings=settings_of(team), policies=policies)
    status, headers, body = ask(gate, "/api/v1/models", **{"Accept-Language": "ja,en;q=0.5"})
    problem = json.loads(body)
    assert (status, headers["content-type"], problem["code"]) == (401, "application/problem+json", "unauthorized")
    assert "サインイン" in problem["detail"]
    assert "Sign in again" in json.loads(ask(gate)[2])["detail"]
    assert "kid" not in body.decode()


def test_cookie_and_two_headers_are_no_token(team: Team, policies: Policies) -> None:
    gate = Gate(Inside(), settings=settings_of(team), policies=policies)
    assert ask(gate, Cookie=f"CF_Authorization={team.token()}")[0] == 401
    assert ask(gate, **{HEADER: team.token(), HEADER.upper().replace("-", "_"): "x"})[0] == 200
    assert ask(gate, **{HEADER: team.token(), HEADER.upper() + "": team.token(), HEADER.lower(): "x"})[0] == 401


def test_identity_is_the_verified_one_whatever_was_claimed(team: Team, policies: Policies) -> None:
    inside = Inside()
    gate = Gate(inside, settings=settings_of(team), policies=policies)
    cookie = {"Cookie": f"a=1; CF_Authorization={team.token()}; b=2; CF_AppSession=3"}
    assert ask(gate, **SPOOFED, **cookie, **{HEADER: team.token()})[0] == 200
    seen = {name: value for name, value in inside.headers.items() if name.startswith(("x-", "x_", "cf-", "remote"))}
    assert seen == {"x-workbench-user": "ana@example.com", "x-workbench-kind": "user", "x-workbench-role": "analyst"}
    assert inside.headers["cookie"] == "a=1; b=2"
    assert inside.scope["state"]["principal"].who == "ana@example.com"


def test_open_addresses_see_no_claimed_identity_either(team: Team, policies: Policies) -> None:
    inside = Inside()
    ask(Gate(inside, settings=settings_of(team), policies=policies), "/health", **SPOOFED, **{HEADER: "x"})
    assert set(inside.headers) == {"host"}


def test_without_access_control_the_one_person_is_an_analyst(policies: Policies) -> None:
    inside = Inside()
    gate = Gate(inside, settings=read_settings(), policies=policies)
    assert ask(gate, **SPOOFED)[0] == 200
    assert (inside.headers["x-workbench-user"], inside.scope["state"]["principal"].role) == ("you@localhost", "analyst")
    assert inside.scope["state"]["expires"] is None


def test_person_in_neither_list_is_refused_everywhere(team: Team, policies: Policies) -> None:
    settings = settings_of(team, WORKBENCH_ANALYSTS="bob@example.com", WORKBENCH_VIEWERS="@partner.example")
    inside = Inside()
    gate = Gate(inside, settings=settings, policies=policies)
    status, _, body = ask(gate, **{HEADER: team.token()})
    assert (status, json.loads(body)["code"]) == (403, "no_role")
    assert "ana@example.com" in json.loads(body)["detail"]
    assert ask(gate, **{HEADER: team.token(email="eve@partner.example")})[0] == 200
    assert inside.scope["state"]["principal"].role == "viewer"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://run.app"}, 200),
    ],
    ids=str,
)
def test_writes_from_other_sites_are_refused(policies: Policies, headers: dict[str, str], status: int) -> None:
    gate = Gate(Inside(), settings=read_settings(), policies=policies)
    assert {method: ask(gate, "/x", method, **headers)[0] for method in ("POST", "PUT", "PATCH", "DELETE")} == dict.fromkeys(
        ("POST", "PUT", "PATCH", "DELETE"), status
    )
    assert ask(gate, "/x", "GET", **headers)[0] == 200


@pytest.mark.parametrize(
    "path", ["/_stcore/upload_file", "/_stcore/upload_file/a/b", "//_stcore//upload_file/a", "/_STCORE/upload_file"]
)
def test_streamlits_own_upload_is_closed(policies: Policies, path: str) -> None:
    gate = Gate(Inside(), settings=read_settings(), policies=policies)
    assert {ask(gate, path, method)[0] for method in ("GET", "PUT", "POST", "DELETE", "OPTIONS")} == {403}


def test_host_is_the_public_one(policies: Policies) -> None:
    inside = Inside()
    gate = Gate(inside, settings=read_settings(public_url="https://wb.example.com/"), policies=policies)
    ask(gate, **{"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"})
    assert (inside.headers["host"], inside.headers["x-forwarded-proto"]) == ("wb.example.com", "https")
    assert inside.scope["scheme"] == "https"


@pytest.mark.parametrize("url", ["wb.example.com", "https://", "ftp://x", "https://wb.example.com/path"])
def test_public_address_that_is_none_stops_the_start(policies: Policies, url: str) -> None:
    with pytest.raises(SettingsError, match="WORKBENCH_PUBLIC_URL"):
        Gate(Inside(), settings=read_settings(public_url=url), policies=policies)


def test_every_answer_carries_the_security_headers(team: Team, policies: Policies) -> None:
    gate = Gate(Inside(), settings=settings_of(team), policies=policies)
    for headers in (ask(gate)[1], ask(gate, **{HEADER: team.token()})[1], ask(gate, "/health")[1]):
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("SAMEORIGIN", "nosniff")
        assert "'sha256-" in headers["content-security-policy"]
        assert "'unsafe-inline'" not in headers["content-security-policy"].partition("script-src")[2]
        assert "server" not in headers
    assert ask(gate, "/gradio/")[1]["content-security-policy"].endswith("script-src 'self' 'unsafe-inline'")
    assert ask(gate, "/gradiox")[1]["content-security-policy"] == ask(gate)[1]["content-security-policy"]


class Wire:
    """A websocket's or request's far end."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.incoming: asyncio.Queue[Any] = asyncio.Queue()

    async def send(self, message: Any) -> None:
        self.sent.append(message)


def connection(kind: str, team: Team, *, lasting: float) -> dict[str, Any]:
    """Return a connection whose token ends soon; the leeway makes the library accept it until then."""
    token = team.token(exp=int(time.time() + lasting))
    return {
        "type": kind,
        "method": "GET",
        "path": "/s",
        "headers": [(HEADER.lower().encode(), token.encode())],
        "scheme": "http",
    }


def test_websocket_ends_with_its_token_and_the_app_is_told(team: Team, policies: Policies) -> None:
    told: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        while not told or told[-1]["type"] != "websocket.disconnect":
            told.append(await receive())
        await send({"type": "websocket.send", "text": "after the end"})

    async def story() -> list[Any]:
        wire = Wire()
        await wire.incoming.put({"type": "websocket.connect"})
        gate = Gate(app, settings=settings_of(team), policies=policies)
        await asyncio.wait_for(gate(connection("websocket", team, lasting=1), wire.incoming.get, wire.send), 10)
        return wire.sent

    sent = asyncio.run(story())
    assert [message["type"] for message in told] == ["websocket.connect", "websocket.disconnect"]
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[-1]["code"] == 4401


def test_event_stream_ends_with_its_token_and_a_download_does_not(team: Team, policies: Policies) -> None:
    def app_of(media_type: bytes, beats: int) -> Any:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", media_type)]})
            for _ in range(beats):
                await send({"type": "http.response.body", "body": b"beat", "more_body": True})
                await asyncio.sleep(0.1)
            await send({"type": "http.response.body", "body": b"whole"})

        return app

    async def last(media_type: bytes, beats: int) -> bytes:
        wire = Wire()
        gate = Gate(app_of(media_type, beats), settings=settings_of(team), policies=policies)
        await asyncio.wait_for(gate(connection("http", team, lasting=1), wire.incoming.get, wire.send), 15)
        assert not wire.sent[-1].get("more_body")
        return wire.sent[-1]["body"]

    assert asyncio.run(last(b"text/event-stream; charset=utf-8", 1000)) == b""
    assert asyncio.run(last(b"text/csv", 12)) == b"whole"


def test_websocket_without_a_token_is_never_opened(team: Team, policies: Policies) -> None:
    inside = Inside()

    async def story() -> list[Any]:
        wire = Wire()
        await wire.incoming.put({"type": "websocket.connect"})
        scope = {"type": "websocket", "path": "/_stcore/stream", "headers": []}
        await Gate(inside, settings=settings_of(team), policies=policies)(scope, wire.incoming.get, wire.send)
        return wire.sent

    assert [message["type"] for message in asyncio.run(story())] == ["websocket.close"]
    assert not inside.scope
