"""Errors as problem+json, in the caller's language; what nobody expected becomes a number, its details stay in the log."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench import telemetry
from workbench.errors import WorkbenchError
from workbench.principal import Principal
from workbench.serving.plain import Answer
from workbench.words import Lang, Text, best_language, say

MEDIA_TYPE = "application/problem+json"
# Statuses after which the same request may well succeed.
AGAIN = {429: "1", 503: "5"}


def caller(request: Request) -> Principal:
    """Return who asks, as the gate found out."""
    principal: Principal = request.state.principal
    return principal


def language(request: Request) -> Lang:
    """Return the caller's language, as the gate found out."""
    lang: Lang = getattr(request.state, "lang", None) or best_language(request.headers.get("accept-language"))
    return lang


def describe(error: WorkbenchError, lang: Lang) -> dict[str, Any]:
    """Return an error as plain data: status, code, sentence and every wrong field."""
    return problem(error.status, error.code, error.say(lang), fields=[spoken(field, lang) for field in error.fields])


def problem(status: int, code: str, detail: str, *, fields: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return the body of a problem (RFC 9457)."""
    return {"type": "about:blank", "status": status, "code": code, "detail": detail, "fields": [*fields]}


def spoken(field: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """Return one wrong field with its sentence said."""
    return {name: value.say(lang) if isinstance(value, Text) else value for name, value in field.items()}


def answer(error: WorkbenchError, lang: Lang, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as an answer."""
    again = {"Retry-After": AGAIN[error.status]} if error.status in AGAIN else {}
    return Answer(describe(error, lang), error.status, {**again, **(headers or {})}, MEDIA_TYPE)


def unexpected(place: str, lang: Lang) -> dict[str, Any]:
    """Log the exception being handled under a new number, and return the problem that names it."""
    incident = secrets.token_hex(4)
    telemetry.problem("unexpected", incident=incident, place=place)
    return problem(500, "unexpected", say("error.unexpected", lang, incident=incident)) | {"incident": incident}


def add_handlers(api: FastAPI) -> None:
    """Make an app answer every error of ours as a problem."""
    api.add_exception_handler(WorkbenchError, on_error)
    api.add_exception_handler(HTTPException, on_http)
    api.add_middleware(Unexpected)


async def on_error(request: Request, error: Exception) -> Response:
    """Answer a deliberate error."""
    assert isinstance(error, WorkbenchError)
    return answer(error, language(request))


async def on_http(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses: an unknown address or a method that it does not have."""
    assert isinstance(error, HTTPException)
    lang, headers = language(request), dict(error.headers or {})
    if error.status_code == 404:
        code, detail = "not_found", say("error.serving.no_route", lang, path=request.url.path[:200])
    elif error.status_code == 405:
        code, detail = "method", say("error.serving.no_method", lang, method=request.method, known=headers.get("Allow", ""))
    else:
        code, detail = "request", say("error.serving.not_read", lang)
    return Answer(problem(error.status_code, code, detail), error.status_code, headers, MEDIA_TYPE)


class Unexpected:
    """Middleware that turns an exception nobody expected into an answer with its number.

    Parameters
    ----------
    app : ASGI app
        What may fail.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            return await self.app(scope, receive, sending)
        except Exception:
            body = unexpected(f"{scope['method']} {scope['path']}", language(Request(scope)))
            if begun:  # half an answer is out: only a broken connection can still say that it is not whole
                raise
        return await Answer(body, 500, media_type=MEDIA_TYPE)(scope, receive, send)
