"""A connection lives no longer than its token: websockets and event streams are ended when it expires."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from workbench.access.headers import Message, Send

Scope = MutableMapping[str, Any] | dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Any, Any, Any], Awaitable[None]]

# The close code our pages read as "sign in again".
SIGNED_OUT = 4401


async def until(expires: float | None, app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Run an app for one connection, at most until its token expires."""
    if expires is None:
        await app(scope, receive, send)
    elif scope["type"] == "websocket":
        await Socket(expires, receive, send).run(app, scope)
    else:
        await stream(expires, app, scope, receive, send)


async def stream(expires: float, app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Run a request; an event stream (Gradio's queue and heartbeat, MCP) ends with the token, anything else may finish."""
    task, timer, is_open = asyncio.current_task(), None, False

    async def sending(message: Message) -> None:
        nonlocal timer, is_open
        if message["type"] == "http.response.start" and is_event_stream(message) and task:
            timer = asyncio.get_running_loop().call_later(max(0.0, expires - time.time()), task.cancel)
            is_open = True
        await send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            is_open = False

    try:
        await app(scope, receive, sending)
    except asyncio.CancelledError:
        if not (is_open and time.time() >= expires - 1 and task):
            raise
        task.uncancel()
        await send({"type": "http.response.body", "body": b""})
    finally:
        if timer:
            timer.cancel()


def is_event_stream(start: Message) -> bool:
    """Tell whether an answer is a stream of events, which has no end of its own."""
    headers = start.get("headers", [])
    return any(name.lower() == b"content-type" and value.startswith(b"text/event-stream") for name, value in headers)


class Socket:
    """A websocket that ends with its token: the browser gets a close frame and the app a disconnect, so that both clean up.

    Parameters
    ----------
    expires : float
        Seconds since the epoch.
    receive, send : callable
        The connection.
    """

    def __init__(self, expires: float, receive: Receive, send: Send) -> None:
        self.expires, self.outer_receive, self.outer_send = expires, receive, send
        self.over, self.accepted = asyncio.Event(), False

    async def run(self, app: App, scope: Scope) -> None:
        """Run an app on the socket."""
        timer = asyncio.create_task(self.expire())
        try:
            await app(scope, self.receive, self.send)
        finally:
            timer.cancel()

    async def expire(self) -> None:
        """Close the socket at the token's end."""
        await asyncio.sleep(max(0.0, self.expires - time.time()))
        self.over.set()
        if self.accepted:
            with contextlib.suppress(Exception):  # the browser may be gone already
                await self.outer_send({"type": "websocket.close", "code": SIGNED_OUT, "reason": "signed out"})

    async def receive(self) -> Message:
        """Return the next message, or a disconnect once the token is over."""
        if not self.over.is_set():
            message, end = asyncio.ensure_future(self.outer_receive()), asyncio.ensure_future(self.over.wait())
            try:
                await asyncio.wait({message, end}, return_when=asyncio.FIRST_COMPLETED)
                if message.done() and not self.over.is_set():
                    return message.result()
            finally:
                end.cancel()
                if not message.done():
                    message.cancel()
        return {"type": "websocket.disconnect", "code": SIGNED_OUT}

    async def send(self, message: Message) -> None:
        """Pass a message on, as long as the token lasts."""
        if self.over.is_set():
            return
        if message["type"] == "websocket.accept":
            self.accepted = True
        await self.outer_send(message)
