"""Gradio: a small interface for people and named endpoints for programs and agents, over the very same actions.

Importing this module costs seconds and a hundred MB; `Lazy` does it on the first request. The public endpoints are unqueued:
Gradio's MCP server would call queued ones over HTTP at an address taken from the request.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read while gradio is imported

import gradio as gr
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from workbench import actions
from workbench.errors import AccessDenied, RequestError, WorkbenchError
from workbench.principal import Principal
from workbench.serving import bodies, counts, tables
from workbench.serving.lazy import Built
from workbench.serving.plain import dumps
from workbench.serving.problems import describe, unexpected
from workbench.words import LANGUAGES, Lang, best_language, catalogue, say

PATH = "/gradio"
# At once, for each endpoint: a prediction is short, and the Predictor has limits of its own.
AT_ONCE = 4
LARGEST_FILE = "30mb"
# Files of a call are removed when they are an hour old.
CLEANING_SECONDS, FILE_SECONDS = 600, 3600
WORDS = "serving.gradio."
Format = Literal["xlsx", "csv", "parquet"]


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


class Doors:
    """The public endpoints. A method's name is the name of the agent's tool, its docstring what the agent reads.

    Parameters
    ----------
    setting : {"auto", "ja", "en"}
        The language the operator fixed.
    """

    def __init__(self, setting: str) -> None:
        self.setting = setting

    def models(self, request: gr.Request) -> dict[str, Any]:
        """List the models that can predict. Call this first to learn the names that the other tools take.

        Gives an object with "models": a list of name, version, aliases, task (binary, multiclass or regression) and target.
        """
        by = asker(request)
        return self.told(request, lambda: {"models": [actions.models.line(one) for one in actions.models.list(by=by)]})

    def schema(self, model: str, request: gr.Request) -> dict[str, Any]:
        """Tell what a row for a model must look like. A row made of the examples can be predicted as it stands.

        Gives an object with "columns" (name, kind, required, range, categories, unit, example) and "labels".

        Args:
            model: The model's name, or name@version.
        """
        return self.told(request, lambda: actions.models.schema(model, by=asker(request)))

    def predict(self, model: str, rows: list[dict[str, Any]], request: gr.Request, reasons: int = 0) -> dict[str, Any]:
        """Predict rows with a model, with warnings for values that it has not seen in training.

        Gives an object with "model" and "predictions" (prediction, probability by label, warnings, reasons); or with "error",
        which names every row and field that does not fit: then nothing was predicted.

        Args:
            model: The model's name, or name@version.
            rows: A list with one object a row: a value for each column that the schema names.
            reasons: How many reasons (column, value, effect) each prediction gets.
        """
        return self.told(request, lambda: self.scored(request, model, rows, reasons))

    def explain(self, model: str, request: gr.Request, row: dict[str, Any] | None = None) -> dict[str, Any]:
        """Explain a model: which columns move its predictions over all rows, or, with a row, why it predicts this for that row.

        For a row it gives prediction, class, output, base and reasons (feature, value, effect): base plus all effects is the
        output. For the model it gives "global", a list of feature and importance.

        Args:
            model: The model's name, or name@version.
            row: One row as for predict; leave it out for the model as a whole.
        """
        return self.told(request, lambda: self.explained(request, model, row))

    def predict_file(
        self, model: str, file: str, out: Format, reasons: int, request: gr.Request
    ) -> tuple[str | None, dict[str, Any]]:
        """Score a whole file (CSV, Excel or Parquet) with a model; every row comes back, in order, with its prediction.

        Gives the scored file, and an object that names it or says what was wrong.

        Args:
            model: The model's name, or name@version.
            file: The file.
            out: The format of the result: xlsx, csv or parquet.
            reasons: How many reasons each row gets.
        """
        made = self.told(request, lambda: {"file": self.scored_file(request, model, file, out, reasons)})
        path = made.get("file")
        return path, {"file": Path(path).name} if path else made

    def scored(self, request: gr.Request, model: str, rows: Any, reasons: int) -> dict[str, Any]:
        """Predict, with rows as data or as text."""
        given = listed(rows)
        lang = self.language(request)
        found = actions.predict.rows(model, given, by=asker(request), reasons=int(reasons or 0), partial=False, lang=lang)
        counts.predicted("gradio", len(given))
        return plain(found)

    def explained(self, request: gr.Request, model: str, row: dict[str, Any] | None) -> dict[str, Any]:
        """Explain a row, or the model."""
        by, lang = asker(request), self.language(request)
        if row:
            return plain(actions.explain.row(model, row, by=by))
        overview = actions.explain.overview(model, by=by)
        why_not = overview["why_not"]
        return plain(overview | {"why_not": why_not.say(lang) if why_not else None})

    def scored_file(self, request: gr.Request, model: str, file: str | None, out: Format, reasons: int) -> str:
        """Score a file into a folder that Gradio empties."""
        if not file:
            raise RequestError("error.serving.choose_file")
        scratch = Path(tempfile.mkdtemp(prefix="scored-", dir=os.environ.get("GRADIO_TEMP_DIR")))
        path, _ = actions.predict.upload_now(
            model,
            Path(file),
            Path(file).name,
            by=asker(request),
            out=out or "xlsx",
            reasons=int(reasons or 0),
            lang=self.language(request),
            scratch=scratch,
        )
        return str(path)

    def told(self, request: gr.Request, action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what an action gives, or what was wrong as data: an exception would be an HTTP 500 over `/run`."""
        try:
            return action()
        except WorkbenchError as problem:
            return {"error": describe(problem, self.language(request))}
        except Exception:  # noqa: BLE001 - logged with its number; a caller must not see inside
            return {"error": unexpected("gradio", self.language(request))}

    def language(self, request: gr.Request) -> Lang:
        """Return the caller's language."""
        return best_language(request.headers.get("accept-language"), self.setting)


def asker(request: gr.Request) -> Principal:
    """Return who asks: the gate wrote it into headers that nobody outside can write.

    Raises
    ------
    AccessDenied
        If the gate did not see the request.
    """
    headers = request.headers
    if not headers.get("x-workbench-user"):
        raise AccessDenied("error.access.signed_out")
    return Principal(headers["x-workbench-user"], headers["x-workbench-kind"], headers["x-workbench-role"])  # type: ignore[arg-type]


def listed(rows: Any) -> list[dict[str, Any]]:
    """Return rows given as data, as one object, or as JSON text.

    Raises
    ------
    RequestError
        If they are none of these.
    """
    if isinstance(rows, str):
        try:
            rows = json.loads(rows)
        except json.JSONDecodeError as wrong:
            raise RequestError("error.serving.rows_text", problem=wrong.msg, line=wrong.lineno, column=wrong.colno) from wrong
    rows = [rows] if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RequestError("error.serving.rows_list", example=bodies.ROWS)
    return rows


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as JSON has it, numbers of NumPy included."""
    made: dict[str, Any] = json.loads(dumps(found))
    return made


def translations(setting: str) -> gr.I18n:
    """Return the interface's words; the browser's language chooses, unless the operator fixed one."""
    told = {lang: words(lang if setting == "auto" else best_language(None, setting)) for lang in LANGUAGES}
    return gr.I18n(**told)


def words(lang: Lang) -> dict[str, str]:
    """Return the interface's words of a language, by names without dots, which the browser would read as levels."""
    return {name.removeprefix(WORDS): text for name, text in catalogue(lang).items() if name.startswith(WORDS)}


def word(key: str) -> Any:
    """Return a word that the browser says in its own language."""
    return gr.I18n()(key.removeprefix(WORDS))


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
            raise gr.Error(tables.sentence(problem, lang), print_exception=False) from problem
        except gr.Error:
            raise
        except Exception as problem:
            raise gr.Error(unexpected("gradio", lang)["detail"], print_exception=False) from problem
