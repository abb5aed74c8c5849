"""What the browser is told about every answer: one policy for Streamlit's pages, one for Gradio's."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

COMMON = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'; script-src 'self' "
)
# `blob:` is for Streamlit's inline components, `wasm-unsafe-eval` for its protobuf and graphviz.
STREAMLIT_SCRIPTS = "blob: 'wasm-unsafe-eval'"
# Gradio writes its configuration into an inline script that differs from page to page, so no hash can name it.
GRADIO_SCRIPTS = "'unsafe-inline'"
ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
]
REPLACED = {name for name, _ in ALWAYS} | {b"content-security-policy", b"server"}


class Policies:
    """The headers of an answer, by the path that was asked for.

    Parameters
    ----------
    index : Path
        Streamlit's installed `index.html`: the hash of its inline script is computed from the file itself, so that an
        upgrade cannot break the policy.
    """

    def __init__(self, index: Path) -> None:
        scripts = re.findall(r"<script>(.*?)</script>", index.read_text(encoding="utf-8"), re.DOTALL)
        hashes = " ".join(f"'sha256-{digest(script)}'" for script in scripts)
        self.streamlit = policy(f"{STREAMLIT_SCRIPTS} {hashes}")
        self.gradio = policy(GRADIO_SCRIPTS)

    def of(self, path: str) -> Headers:
        """Return the headers for a path."""
        return [*ALWAYS, self.gradio if path == "/gradio" or path.startswith("/gradio/") else self.streamlit]

    def apply(self, send: Send, path: str) -> Send:
        """Return a `send` that puts the headers on an answer, in place of whatever stood there."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in REPLACED]
                message = {**message, "headers": private(kept, path) + self.of(path)}
            await send(message)

        return sending


def private(headers: Headers, path: str) -> Headers:
    """Keep answers of the API out of every cache, unless one says otherwise."""
    named = any(name.lower() == b"cache-control" for name, _ in headers)
    return headers if named or not path.startswith("/api/") else [*headers, (b"cache-control", b"no-store")]


def policy(scripts: str) -> tuple[bytes, bytes]:
    """Return the content security policy with what scripts may come from."""
    return b"content-security-policy", (COMMON + scripts).encode()


def digest(script: str) -> str:
    """Return the hash by which a policy names an inline script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
