"""Who the caller is and until when, and the page that tells an expired tab that its person is back."""

from __future__ import annotations

import html

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from workbench.serving.plain import Answer
from workbench.serving.problems import caller, language
from workbench.words import say

router = APIRouter()

PAGE = """<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ font-family: sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem; line-height: 1.6 }}</style>
<h1>{title}</h1>
<p>{text}</p>
<script src="/assets/signed-in.js"></script>
</html>
"""


@router.get("/api/v1/session", tags=["session"], summary="Who asks, and until when", response_class=Response)
async def session(request: Request) -> Response:
    """Return the caller's name, kind and role, and when the sign-in ends (seconds since the epoch; null for never)."""
    who = caller(request)
    return Answer({"who": who.who, "kind": who.kind, "role": who.role, "exp": request.state.expires})


@router.get("/signed-in", include_in_schema=False)
async def signed_in(request: Request) -> Response:
    """Return the page a person lands on after signing in again in a second tab."""
    lang = language(request)
    title, text = say("serving.signed_in.title", lang), say("serving.signed_in.text", lang)
    page = PAGE.format(lang=lang, title=html.escape(title), text=html.escape(text))
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})
