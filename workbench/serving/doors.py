"""The public endpoints of Gradio: what programs call by name and agents as tools."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import gradio as gr

from workbench import actions
from workbench.errors import AccessDenied, RequestError, WorkbenchError
from workbench.principal import Principal
from workbench.serving import bodies, counts
from workbench.serving.plain import dumps
from workbench.serving.problems import describe, unexpected
from workbench.words import Lang, best_language

# Files of a call are removed when they are an hour old.
FILE_SECONDS = 3600
Format = Literal["xlsx", "csv", "parquet"]


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
        scratch = new_folder()
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


def new_folder() -> Path:
    """Return an empty folder for a scored file, which Gradio copies; those of the last hour's calls before are removed."""
    home = Path(tempfile.gettempdir()) / "workbench-scored"
    home.mkdir(mode=0o700, exist_ok=True)
    for old in home.iterdir():
        with contextlib.suppress(OSError):  # another call may be removing the same one
            if time.time() - old.stat().st_mtime > FILE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=home))


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
    NotJson
        If the text is none.
    RequestError
        If they are none of these.
    """
    if isinstance(rows, str) and rows.strip():
        rows = bodies.parsed(rows, refusal="error.serving.rows_text")
    rows = [rows] if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RequestError("error.serving.rows_list", example=bodies.ROWS)
    return rows


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as JSON has it, numbers of NumPy included."""
    made: dict[str, Any] = json.loads(dumps(found))
    return made
