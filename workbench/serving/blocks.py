"""Gradio: a small interface for people and named endpoints for programs and agents, over the very same actions.

Importing this module costs seconds and a hundred MB; `Lazy` does it on the first request. The public endpoints are unqueued:
Gradio's MCP server would call queued ones over HTTP at an address taken from the request.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Any, get_args

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read while gradio is imported

import gradio as gr
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from workbench import actions
from workbench.errors import RequestError, WorkbenchError
from workbench.serving import tables
from workbench.serving.doors import FILE_SECONDS, Doors, Format, asker, plain
from workbench.serving.lazy import Built
from workbench.serving.plain import dumps
from workbench.serving.problems import unexpected
from workbench.words import LANGUAGES, Lang, best_language, catalogue, say

PATH = "/gradio"
# At once, for each endpoint: a prediction is short, and the Predictor has limits of its own.
AT_ONCE = 4
LARGEST_FILE = "30mb"
# How often files of an hour ago are looked for.
CLEANING_SECONDS = 600
WORDS = "serving.gradio."


def build(setting: str) -> Built:
    """Make the Gradio app.

    Parameters
    ----------
    setting : {"auto", "ja", "en"}
        The language the operator fixed.

    Returns
    -------
    tuple
        The ASGI app, and the lifespan without which queued calls hang.
    """
    doors = Doors(setting)
    demo = interface(doors)
    outer = FastAPI()
    outer.add_middleware(
        CORSMiddleware, allow_origins=[]
    )  # its presence stops Gradio from allowing every origin, with credentials
    gr.mount_gradio_app(
        outer,
        demo,
        path=PATH,
        mcp_server=True,
        run_history=False,  # would keep what people enter in their browsers
        max_file_size=LARGEST_FILE,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        footer_links=["api"],
        i18n=translations(setting),
        auth_dependency=lambda request: request.headers.get("x-workbench-user"),
    )
    guard(demo)
    return outer.routes[-1].app, outer.router.lifespan_context(outer)  # type: ignore[attr-defined]


def guard(demo: gr.Blocks) -> None:
    """Stop the MCP server from ever calling an address, and let it answer in JSON and not in Python's notation."""
    server: Any = demo.mcp_server_obj
    spoken = server.postprocess_output_data

    def refuse() -> None:
        raise RuntimeError("no calls to an address taken from a request")

    def in_json(data: Any, root: str) -> Any:
        return spoken([dumps(part) if is_plain(part) else part for part in data], root)

    server._get_or_create_client = refuse
    server.postprocess_output_data = in_json


def is_plain(part: Any) -> bool:
    """Tell data of ours from a file, which Gradio describes as a dict too."""
    return isinstance(part, list) or (isinstance(part, dict) and "path" not in part)


def translations(setting: str) -> gr.I18n:
    """Return the interface's words; the browser's language chooses, unless the operator fixed one."""
    told = {lang: words(lang if setting == "auto" else best_language(None, setting)) for lang in LANGUAGES}
    return gr.I18n(**told)


def words(lang: Lang) -> dict[str, str]:
    """Return the interface's words of a language, by the names that the browser knows."""
    return {named(key): text for key, text in catalogue(lang).items() if key.startswith(WORDS)}


def word(key: str) -> Any:
    """Return a word that the browser says in its own language."""
    return gr.I18n()(named(key))


def named(key: str) -> str:
    """Return a key without dots, which the browser would read as levels, and unlike Gradio's own."""
    return key.replace(".", "_")


def interface(doors: Doors) -> gr.Blocks:
    """Lay out the interface and name the endpoints."""
    title = say("serving.gradio.title", best_language(None, doors.setting))
    with gr.Blocks(title=title, delete_cache=(CLEANING_SECONDS, FILE_SECONDS), analytics_enabled=False) as demo:
        screen = Screen(doors)
        gr.Markdown(word("serving.gradio.about"))
        model = gr.Dropdown(label=word("serving.gradio.model"), choices=[], interactive=True)
        with gr.Tab(word("serving.gradio.rows")):
            rows_tab(screen, model, demo)
        with gr.Tab(word("serving.gradio.file")):
            file_tab(screen, model)
        file_endpoint(doors)
        for door in (doors.models, doors.schema, doors.predict, doors.explain):
            gr.api(door, api_name=door.__name__, queue=False, concurrency_limit=AT_ONCE)
    demo.queue(max_size=50)
    return demo


def rows_tab(screen: Screen, model: gr.Dropdown, demo: gr.Blocks) -> None:
    """Lay out the prediction of rows: an example to change, a table to read."""
    gr.Markdown(word("serving.gradio.rows_hint"))
    rows = gr.Code(label=word("serving.gradio.rows"), language="json", lines=8, max_lines=24)
    reasons = gr.Slider(0, 10, value=3, step=1, label=word("serving.gradio.reasons"))
    button = gr.Button(word("serving.gradio.predict"), variant="primary")
    table = gr.Dataframe(label=word("serving.gradio.predictions"), interactive=False, wrap=True)
    with gr.Accordion(word("serving.gradio.answer"), open=False):
        answer = gr.JSON(show_label=False)
    quiet: dict[str, Any] = {"api_visibility": "private", "concurrency_limit": AT_ONCE}
    demo.load(screen.opened, None, [model, rows], **quiet)
    model.input(screen.example, model, rows, **quiet)
    button.click(screen.predicted, [model, rows, reasons], [table, answer], **quiet)


def file_tab(screen: Screen, model: gr.Dropdown) -> None:
    """Lay out the scoring of a file."""
    given = gr.File(label=word("serving.gradio.file_in"), type="filepath")
    form = gr.Radio([*get_args(Format)], value="xlsx", label=word("serving.gradio.file_format"))
    reasons = gr.Slider(0, 10, value=3, step=1, label=word("serving.gradio.reasons"))
    button = gr.Button(word("serving.gradio.score"), variant="primary")
    made = gr.File(label=word("serving.gradio.file_out"), interactive=False)
    button.click(screen.scored_file, [model, given, form, reasons], made, api_visibility="private", concurrency_limit=2)


def file_endpoint(doors: Doors) -> None:
    """Name the endpoint for files: an event of hidden fields, because `gr.api` would hand a file over as a dict."""
    inputs = [
        gr.Textbox(visible=False, label="model"),
        gr.File(visible=False, label="file", type="filepath"),
        gr.Radio([*get_args(Format)], value="xlsx", visible=False, label="out"),
        gr.Number(value=3, precision=0, visible=False, label="reasons"),
    ]
    outputs = [gr.File(visible=False, label="scored file"), gr.JSON(visible=False, label="what was done")]
    button = gr.Button(visible=False)
    button.click(doors.predict_file, inputs, outputs, api_name="predict_file", queue=False, concurrency_limit=AT_ONCE)


class Screen:
    """What the interface's own buttons do: the same actions, with mistakes shown as a message.

    Parameters
    ----------
    doors : Doors
        The endpoints.
    """

    def __init__(self, doors: Doors) -> None:
        self.doors = doors

    def opened(self, request: gr.Request) -> tuple[Any, str]:
        """Offer the models, and an example for the first."""
        with self.shown(request):
            names = [record.name for record in actions.models.list(by=asker(request))]
            if not names:
                raise RequestError("serving.gradio.no_model")
            return gr.Dropdown(choices=names, value=names[0]), self.example(names[0], request)
        return gr.Dropdown(), ""

    def example(self, model: str, request: gr.Request) -> str:
        """Return a row that can be predicted as it stands."""
        with self.shown(request):
            columns = actions.models.schema(model, by=asker(request))["columns"]
            return json.dumps([plain({c["name"]: c["example"] for c in columns})], ensure_ascii=False, indent=2)
        return ""

    def predicted(self, model: str, rows: str, reasons: int, request: gr.Request) -> tuple[Any, dict[str, Any]]:
        """Predict the rows that stand in the editor."""
        with self.shown(request):
            found = self.doors.scored(request, model, rows, reasons)
            return tables.predictions(found, self.doors.language(request)), found
        return None, {}

    def scored_file(self, model: str, file: str, out: Format, reasons: int, request: gr.Request) -> str | None:
        """Score the chosen file."""
        with self.shown(request):
            return self.doors.scored_file(request, model, file, out, reasons)
        return None

    @contextlib.contextmanager
    def shown(self, request: gr.Request) -> Iterator[None]:
        """Show a mistake as a message of the interface, without a word of the inside."""
        lang = self.doors.language(request)
        try:
            yield
        except WorkbenchError as problem:
            raise message(tables.sentence(problem, lang), lang) from problem
        except gr.Error:
            raise
        except Exception as problem:
            raise message(unexpected("gradio", lang)["detail"], lang) from problem


def message(text: str, lang: Lang) -> gr.Error:
    """Return a message of the interface."""
    return gr.Error(text, title=say("serving.gradio.problem", lang), print_exception=False)
