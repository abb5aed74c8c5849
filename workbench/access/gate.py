"""The gate: raw ASGI in front of everything, http and websocket alike, and the one owner of identity.

It removes every sign of identity that came from outside, verifies the token (with `cloudflare`), finds the role, refuses writes
from other sites, writes `Host` from the public address, and ends websockets and event streams when the token expires. Inside it
nobody is without a `Principal`: it stands in the scope's state, and in three headers for what reads headers only.
"""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from workbench import telemetry
from workbench.access import lifetime, roles
from workbench.access.headers import Headers, Message, Policies, Send
from workbench.access.lifetime import App, Receive, Scope
from workbench.access.tokens import Denied, Identity, Keys, Verifier
from workbench.errors import SettingsError
from workbench.principal import LOCAL, Principal
from workbench.settings import Settings
from workbench.words import best_language, say

OPEN = {"/health", "/ready"}
TOKEN = b"cf-access-jwt-assertion"
# What only the gate may say. `x-gradio-server` and `x-forwarded-host` would decide which address Gradio takes for its own.
OURS = (b"cf-access-", b"x-workbench-")
FORGEABLE = {
    *(b"x-forwarded-user", b"x-forwarded-email", b"x-forwarded-groups", b"x-forwarded-preferred-username"),
    *(b"remote-user", b"x-remote-user", b"x-forwarded-host", b"forwarded", b"x-gradio-server"),
}
COOKIES = {"CF_Authorization", "CF_AppSession", "CF_Session"}
READING = {"GET", "HEAD", "OPTIONS"}
SAME_SITE = {b"same-origin", b"none"}
# Streamlit's own upload knows no role and holds whole files in memory; no page uses it.
CLOSED = "/_stcore/upload_file"


class Refused(Exception):
    """A request goes no further; the sentence is for the caller, the reason for the log."""

    def __init__(self, status: int, code: str, key: str, reason: str = "", **values: str) -> None:
        super().__init__(reason or code)
        self.status, self.code, self.key, self.values = status, code, key, values


class Gate:
    """An ASGI app that lets verified requests through to another.

    Parameters
    ----------
    app : ASGI app
        What stands behind.
    settings : Settings
        Who may come in.
    policies : Policies
        The security headers of every answer.

    Raises
    ------
    SettingsError
        If an address in the settings cannot be used.
    """

    def __init__(self, app: App, *, settings: Settings, policies: Policies) -> None:
        self.app, self.settings, self.policies = app, settings, policies
        self.scheme, self.host = public(settings.public_url)
        self.verifier = verifier(settings) if settings.access == "cloudflare" else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] not in ("http", "websocket"):
            return None
        if scope["type"] == "http":
            send = self.policies.apply(send, scope["path"])
            if scope["path"] in OPEN:
                return await self.app(self.stripped(scope), receive, send)
        try:
            inside, expires = await self.admit(scope)
        except Refused as refusal:
            telemetry.event("refused", level=logging.WARNING, type=scope["type"], path=scope["path"], reason=str(refusal))
            return await self.refuse(scope, receive, send, refusal)
        return await lifetime.until(expires, self.app, inside, receive, send)

    def stripped(self, scope: Scope) -> Scope:
        """Return a connection without any sign of identity."""
        return {**scope, "headers": cleaned(scope["headers"])}

    async def admit(self, scope: Scope) -> tuple[Scope, float | None]:
        """Return the connection as the inside sees it, and when its token ends.

        Raises
        ------
        Refused
            If it may not come in.
        """
        principal, expires = await self.principal(scope["headers"])
        headers = self.addressed(cleaned(scope["headers"]))
        if CLOSED in squeezed(scope["path"]):
            raise Refused(403, "closed_route", "error.access.closed_route")
        if scope["type"] == "http" and scope["method"] not in READING and not is_same_site(headers):
            raise Refused(403, "cross_site", "error.access.cross_site")
        roles.remember(principal.who, principal.role)
        headers += [(f"x-workbench-{name}".encode(), value.encode()) for name, value in introduced(principal)]
        lang = self.language(scope)
        state = {**(scope.get("state") or {}), "principal": principal, "expires": expires, "lang": lang}
        return {**scope, **self.secure(scope), "headers": headers, "state": state}, expires

    async def principal(self, headers: Headers) -> tuple[Principal, float | None]:
        """Return who asks, and until when that holds."""
        if self.verifier is None:
            return LOCAL, None
        try:
            identity = await self.verifier.identity(the_token(headers))
        except Denied as denied:
            raise Refused(401, "unauthorized", "error.access.signed_out", str(denied)) from denied
        return self.role(identity), identity.expires

    def role(self, identity: Identity) -> Principal:
        """Return the principal of an identity that the settings know."""
        role = roles.role_of(identity.who, groups=identity.groups, settings=self.settings, kind=identity.kind)
        if role is None:
            raise Refused(403, "no_role", "error.access.no_role", who=identity.who)
        return Principal(identity.who, identity.kind, role)

    def addressed(self, headers: Headers) -> Headers:
        """Write `Host` and the scheme from the public address: a proxy that renames us would close Streamlit's websocket."""
        if not self.host:
            return headers
        kept = [(name, value) for name, value in headers if name.lower() not in (b"host", b"x-forwarded-proto")]
        return [*kept, (b"host", self.host), (b"x-forwarded-proto", self.scheme)]

    def secure(self, scope: Scope) -> Scope:
        """Return the connection's scheme where the public address decides it."""
        if not self.host:
            return {}
        encrypted = self.scheme == b"https"
        return {"scheme": ("wss" if encrypted else "ws") if scope["type"] == "websocket" else self.scheme.decode()}

    def language(self, scope: Scope) -> Any:
        """Return the caller's language."""
        return best_language(header(scope["headers"], b"accept-language").decode("latin-1"), self.settings.lang)

    async def refuse(self, scope: Scope, receive: Receive, send: Send, refusal: Refused) -> None:
        """Say no: a closed handshake for a websocket, a problem in the caller's language otherwise."""
        if scope["type"] == "websocket":
            if (await receive())["type"] == "websocket.connect":
                await send({"type": "websocket.close", "code": 4401, "reason": refusal.code})
            return
        detail = say(refusal.key, self.language(scope), **refusal.values)
        problem = {"type": "about:blank", "status": refusal.status, "code": refusal.code, "detail": detail, "fields": []}
        for message in answer(refusal.status, problem):
            await send(message)


def answer(status: int, problem: dict[str, Any]) -> tuple[Message, Message]:
    """Return a problem as the two messages of an answer."""
    body = json.dumps(problem, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}


def public(url: str) -> tuple[bytes, bytes]:
    """Return scheme and host of the public address; empty without one.

    Raises
    ------
    SettingsError
        If it is not an address of a host.
    """
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")):
        raise SettingsError("error.access.public_url", value=url)
    return parts.scheme.encode(), parts.netloc.lower().encode()


def verifier(settings: Settings) -> Verifier:
    """Return what checks the tokens of the settings' team."""
    keys = Keys(settings.certs_url)
    return Verifier(keys, audiences=settings.access_aud, issuer=settings.issuer, groups_claim=settings.access_groups_claim)


def the_token(headers: Headers) -> bytes:
    """Return the one token of a request; the cookie of the same name does not count."""
    found = [value for name, value in headers if name.lower() == TOKEN]
    if len(found) != 1:
        raise Denied("two tokens" if found else "no token")
    return found[0]


def cleaned(headers: Headers) -> Headers:
    """Return headers without any sign of identity or of our own address that came from outside."""
    kept = []
    for name, value in headers:
        spelled = name.lower().replace(b"_", b"-")
        if spelled.startswith(OURS) or spelled in FORGEABLE:
            continue
        if spelled == b"cookie":
            value = without_tokens(value)
            if not value:
                continue
        kept.append((name, value))
    return kept


def without_tokens(cookie: bytes) -> bytes:
    """Return a cookie header without the tokens of Access, which nothing inside may come to see."""
    parts = [part.strip() for part in cookie.split(b";")]
    return b"; ".join(part for part in parts if part and part.split(b"=")[0].strip().decode("latin-1") not in COOKIES)


def is_same_site(headers: Headers) -> bool:
    """Tell whether a write comes from our own pages or from no page at all.

    Browsers say so themselves (`Sec-Fetch-Site`) on https and on this machine; elsewhere the origin must be the host.
    """
    if site := header(headers, b"sec-fetch-site"):
        return site in SAME_SITE
    origin = header(headers, b"origin").decode("latin-1")
    return not origin or urlsplit(origin).netloc.lower() == header(headers, b"host").decode("latin-1").lower()


def introduced(principal: Principal) -> list[tuple[str, str]]:
    """Return what the inside is told of the caller, for what reads headers only."""
    return [("user", principal.who), ("kind", principal.kind), ("role", principal.role)]


def header(headers: Headers, wanted: bytes) -> bytes:
    """Return a header's first value, or nothing."""
    return next((value for name, value in headers if name.lower() == wanted), b"")


def squeezed(path: str) -> str:
    """Return a path as a careless router might read it."""
    while "//" in path:
        path = path.replace("//", "/")
    return path.lower()
