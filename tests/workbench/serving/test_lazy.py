"""The app that is built when it is first asked for."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from workbench.serving import lazy
from workbench.serving.lazy import Lazy


class Plant:
    """Builds an app slowly, and fails as often as told."""

    def __init__(self, *, seconds: float = 0.05, failures: int = 0) -> None:
        self.seconds, self.failures, self.builds, self.life = seconds, failures, 0, ""

    def build(self) -> Any:
        time.sleep(self.seconds)
        self.builds += 1
        if self.builds <= self.failures:
            raise ValueError("not yet")
        return self.app, self.lifespan()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"a": 1}'})

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        self.life = "entered"
        yield
        self.life = "left"


async def ask(app: Lazy, path: str = "/x") -> bytes:
    """Send one request."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app({"type": "http", "method": "GET", "path": path, "headers": [(b"accept-encoding", b"gzip")]}, None, send)  # type: ignore[arg-type]
    assert [message["type"] for message in sent].count("http.response.start") == 1
    return b"".join(message.get("body", b"") for message in sent)


def test_many_first_requests_build_once() -> None:
    async def story() -> None:
        plant = Plant()
        app = Lazy(plant.build)
        assert app.routes == []
        assert await asyncio.gather(*(ask(app) for _ in range(20))) == [b'{"a": 1}'] * 20
        assert (plant.builds, plant.life) == (1, "entered")
        await app.close()
        assert plant.life == "left"

    asyncio.run(story())


def test_build_that_fails_is_tried_again() -> None:
    async def story() -> None:
        app = Lazy(Plant(failures=1).build)
        with pytest.raises(RuntimeError, match="could not be built"):
            await ask(app)
        assert await ask(app) == b'{"a": 1}'
        await app.close()

    asyncio.run(story())


def test_waiting_for_the_configuration_is_kept_alive_with_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy, "DRIP_SECONDS", 0.05)

    async def story() -> None:
        app = Lazy(Plant(seconds=0.3).build)
        body = await ask(app, "/gradio/config")
        assert body.startswith(b"  ")
        assert body.strip() == b'{"a": 1}'
        await app.close()

    asyncio.run(story())


def test_closing_what_was_never_asked_for_does_nothing() -> None:
    asyncio.run(Lazy(Plant().build).close())
