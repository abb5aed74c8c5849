"""An ASGI app that is imported and built when it is first asked for, after the port is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Built = tuple[ASGIApp, AbstractAsyncContextManager[Any]]

# `gradio_client` gives the configuration 5 s to say something, and building takes about as long.
DRIP_SECONDS = 2.0


class Lazy:
    """Stands in for an app until it is built; who comes meanwhile waits. A build that fails is tried again by the next request.

    Parameters
    ----------
    build : callable
        Makes the app and its lifespan; runs in a thread.
    """

    def __init__(self, build: Callable[[], Built]) -> None:
        self.build = build
        self.app: ASGIApp | None = None
        self.task: asyncio.Task[None] | None = None
        self.error: Exception | None = None
        self.ready, self.stop = asyncio.Event(), asyncio.Event()

    @property
    def routes(self) -> Sequence[Any]:
        """What is inside, once it is built."""
        return getattr(self.app, "routes", [])

    def start(self) -> None:
        """Begin to build, unless that is under way."""
        if self.task is None or self.task.done():
            self.error = None
            self.ready.clear()
            self.task = asyncio.get_running_loop().create_task(self.live())

    async def live(self) -> None:
        """Build, and stay inside the app's lifespan: one task must enter and leave it."""
        try:
            app, lifespan = await asyncio.to_thread(self.build)
            async with lifespan:
                self.app = app
                self.ready.set()
                await self.stop.wait()
        except Exception as problem:  # noqa: BLE001 - kept for who waits, who raises it
            self.error = problem
        finally:
            self.app = None
            self.ready.set()

    async def close(self) -> None:
        """Leave the lifespan."""
        self.stop.set()
        if self.task:
            await asyncio.gather(self.task, return_exceptions=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, building first where that is needed."""
        if self.app is None:
            self.start()
            if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].endswith("/config"):
                scope, send = await self.drip(scope, send)
            await self.ready.wait()
        if self.app is None:
            raise RuntimeError("the app could not be built") from self.error
        await self.app(scope, receive, send)

    async def drip(self, scope: Scope, send: Send) -> tuple[Scope, Send]:
        """Keep a waiting client with blanks, which JSON allows in front; return what goes on from there."""
        begun = False
        while not self.ready.is_set():
            try:
                await asyncio.wait_for(self.ready.wait(), DRIP_SECONDS)
            except TimeoutError:
                if not begun:
                    await send({"type": "http.response.start", "status": 200, "headers": BEGINNING})
                begun = True
                await send({"type": "http.response.body", "body": b" ", "more_body": True})
        if not begun:
            return scope, send
        uncompressed = [(name, value) for name, value in scope["headers"] if name.lower() != b"accept-encoding"]
        return {**scope, "headers": uncompressed}, continued(send)


BEGINNING = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]


def continued(send: Send) -> Send:
    """Return a `send` for an answer whose start has been sent already."""

    async def sending(message: Message) -> None:
        if message["type"] != "http.response.start":
            await send(message)
        elif message["status"] != 200:
            raise RuntimeError(f"status {message['status']} after 200 was sent")

    return sending
