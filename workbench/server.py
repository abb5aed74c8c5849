"""The one process on the port: gate, REST, Gradio on first use, Streamlit last.

Nothing heavy is imported here or by what is imported here: the port answers `/health` before Gradio, SHAP or a table library
is loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from fastapi import FastAPI
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from streamlit import config as streamlit_config
from streamlit.components.v2 import manifest_scanner

from workbench import __version__, telemetry
from workbench.access.gate import Gate
from workbench.access.headers import Policies
from workbench.errors import SettingsError, WorkbenchError
from workbench.serving import document, nowhere, problems, rest, results, runs, session, uploads
from workbench.serving.lazy import Built, Lazy
from workbench.settings import PROJECT, Settings
from workbench.words import Lang, best_language, say

FRAME = PROJECT / "workbench" / "ui" / "frame.py"
ASSETS = Path(__file__).parent / "serving" / "assets"
USER_HEADERS = {"X-Workbench-User": "email"}
# Proxies close a websocket that is silent for about 100 s.
PING_SECONDS = 25
# Streamlit itself refuses widget states over 25 MB.
LARGEST_MESSAGE = 32 << 20
# Cloud Run kills 10 s after it has asked to stop.
GRACE_SECONDS = 8
# The open address must not let anyone make us ask the store without end.
READY_SECONDS = 5.0


def make(settings: Settings) -> Gate:
    """Return the ASGI app; once a process, because Streamlit allows one runtime in it.

    Parameters
    ----------
    settings : Settings
        What the operator decided.

    Returns
    -------
    Gate
        The whole composition behind its gate.

    Raises
    ------
    SettingsError
        If an address in the settings cannot be used.
    """
    page = make_page()
    api = make_api(settings, page)
    return Gate(api, settings=settings, policies=Policies(streamlit_index()))


def make_page() -> Any:
    """Return Streamlit's app, with this project's configuration wherever the process was started."""
    streamlit_config._main_script_path = str(PROJECT / "workbench.py")  # its folder is where .streamlit is looked for
    page = st.App(FRAME)
    if st.get_option("server.trustedUserHeaders") != USER_HEADERS:
        raise RuntimeError(f"{PROJECT / '.streamlit' / 'config.toml'} was not read: pages would not know who is there")
    return page


def make_api(settings: Settings, page: Any) -> FastAPI:
    """Put the routes together; the order decides who answers."""
    streamlit_life = life(page)
    gradio = Lazy(lambda: build_gradio(settings))

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        async with streamlit_life(app) as state:
            yield state
            await gradio.close()

    api = FastAPI(
        title="Workbench",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # would load its script from another host
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    api.state.gradio = gradio
    problems.add_handlers(api)
    document.add_document(api)
    add_routes(api, settings)
    api.mount("/gradio", gradio, name="gradio")
    api.mount("/", page, name="streamlit")
    return api


def life(page: Any) -> Any:
    """Return the lifespan of Streamlit's app.

    Making it looks through every installed package for components of Streamlit, of which we use none: 0.3 s before the port is
    open.
    """
    scan = manifest_scanner.scan_component_manifests
    manifest_scanner.scan_component_manifests = nothing_found
    try:
        return page.lifespan()
    finally:
        manifest_scanner.scan_component_manifests = scan


def nothing_found(max_workers: int | None = None) -> list[Any]:  # noqa: ARG001 - the signature it stands in for
    """Find no components."""
    return []


def add_routes(api: FastAPI, settings: Settings) -> None:
    """Add everything that is ours."""
    readiness = Readiness(settings.store)
    both = ["GET", "HEAD"]
    api.add_api_route("/health", health, methods=both, include_in_schema=False)
    api.add_api_route("/ready", readiness.answer, methods=both, include_in_schema=False)
    known = [part.router for part in (session, uploads, results, runs, rest)]
    for router in (*known, rest.metrics, nowhere.refusing(known)):
        api.include_router(router)
    api.mount("/assets", StaticFiles(directory=ASSETS), name="assets")
    # without the slash Streamlit would answer
    api.add_api_route("/gradio", to_gradio, methods=both, include_in_schema=False)


async def health() -> Response:
    """Say that the process answers, and nothing else."""
    return Response(headers={"Cache-Control": "no-store"})


async def to_gradio() -> Response:
    """Lead to the address Gradio answers at."""
    return RedirectResponse("/gradio/", 307)


def build_gradio(settings: Settings) -> Built:
    """Import and build Gradio: seconds and a hundred MB, on the first request only."""
    from workbench.serving import blocks

    return blocks.build(settings.lang)


class Readiness:
    """Whether the store answers; asked again when the last answer is some seconds old.

    Parameters
    ----------
    location : str
        The store.
    """

    def __init__(self, location: str) -> None:
        self.location, self.is_ready, self.asked = location, False, float("-inf")
        self.store: Any = None
        self.lock = asyncio.Lock()

    async def answer(self) -> Response:
        """Say 200 or 503, and nothing else."""
        async with self.lock:
            if time.monotonic() - self.asked > READY_SECONDS:
                self.is_ready = await asyncio.to_thread(self.check)
                self.asked = time.monotonic()
        return Response(status_code=200 if self.is_ready else 503, headers={"Cache-Control": "no-store"})

    def check(self) -> bool:
        """Ask the store."""
        from workbench.store import open_store

        try:
            self.store = self.store or open_store(self.location)
            self.store.check()
        except WorkbenchError as problem:
            telemetry.event("not_ready", level=logging.WARNING, problem=str(problem))
            return False
        return True


def streamlit_index() -> Path:
    """Return Streamlit's installed page."""
    found = importlib.util.find_spec("streamlit")
    assert found
    assert found.origin
    return Path(found.origin).parent / "static" / "index.html"


class Server(uvicorn.Server):
    """A server that says where it is, once it is there.

    Parameters
    ----------
    config : uvicorn.Config
    greeting : str
        What is said.
    """

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self.greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the port, then greet."""
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(self.greeting + "\n")
            sys.stdout.flush()


def configured(settings: Settings, *, host: str, port: int) -> uvicorn.Config:
    """Return how the app is served."""
    return uvicorn.Config(
        make(settings),
        host=host,
        port=port,
        ws="websockets-sansio",
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_max_size=LARGEST_MESSAGE,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # the gate alone decides what to believe of a proxy
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def greeting(settings: Settings, host: str, port: int, lang: Lang) -> str:
    """Return the address to open, and whether anyone may."""
    reachable = "localhost" if host in ("0.0.0.0", "::", "127.0.0.1", "::1", "") else host  # noqa: S104 - compared, not bound
    lines = [say("serving.listening", lang, address=settings.public_url or f"http://{reachable}:{port}")]
    if settings.access == "off":
        lines.append(say("serving.access_off", lang))
    return "\n".join(lines)


def run(settings: Settings, *, host: str, port: int, lang: Lang | None = None) -> None:
    """Serve until asked to stop.

    Parameters
    ----------
    settings : Settings
        What the operator decided.
    host : str
        The address to listen at.
    port : int
        The port.
    lang : {"ja", "en"}, optional
        The operator's language; the settings' by default.

    Raises
    ------
    SettingsError
        If the address cannot be listened at.
    """
    telemetry.set_up(on_cloud_run=bool(settings.k_service))
    must_be_free(host, port)
    said = lang or best_language(None, settings.lang)
    Server(configured(settings, host=host, port=port), greeting(settings, host, port, said)).run()


def must_be_free(host: str, port: int) -> None:
    """Refuse an address somebody else listens at, before anything starts."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as problem:
        raise SettingsError("error.server.address", host=host, port=str(port)) from problem
