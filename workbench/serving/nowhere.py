"""What looks like an address of the API and is none: Streamlit behind would answer it with its page."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def refusing(known: Sequence[APIRouter]) -> APIRouter:
    """Return the router that stands behind all others and refuses: the address, or the method where there is the address."""
    router = APIRouter()
    routes: list[BaseRoute] = [route for one in known for route in one.routes]

    @router.api_route("/api/v{rest:path}", methods=METHODS, include_in_schema=False)  # `/api` alone is a page
    async def nothing(request: Request) -> Response:
        if methods := others(routes, request):
            raise HTTPException(405, headers={"Allow": ", ".join(methods)})
        raise HTTPException(404)

    return router


def others(routes: Sequence[BaseRoute], request: Request) -> list[str]:
    """Return the methods that would do at the address of a request."""
    partly = [route for route in routes if isinstance(route, Route) and route.matches(request.scope)[0] is Match.PARTIAL]
    return sorted({method for route in partly for method in route.methods or ()})
