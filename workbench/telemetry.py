"""The log: one line for each thing that happened, readable here and as JSON with a severity on Cloud Run."""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

LOG = logging.getLogger("workbench")
LONGEST = 300
# A signed token starts like this whatever it says; it never belongs into a log.
TOKEN = re.compile(r"eyJ[\w-]{6,}(?:\.[\w-]+)*|ya29\.[\w-]+|(?i:bearer)\s+\S+")
PLAIN = re.compile(r"[^\s\"=]+")


def event(name: str, /, *, level: int = logging.INFO, **fields: object) -> None:
    """Write one line about something that happened.

    Parameters
    ----------
    name : str
        What happened, such as ``model_promoted``.
    level : int
        Of the module `logging`.
    **fields : object
        Ids, names and numbers. Never rows: of a list or mapping only the length is written; long text is cut.

    Examples
    --------
    >>> event("model_promoted", name="churn", alias="champion")
    """
    LOG.log(level, name, extra={"fields": {key: field(value) for key, value in fields.items()}})


def problem(name: str, /, **fields: object) -> None:
    """Write one line about the exception being handled, with its traceback.

    Parameters
    ----------
    name : str
        What happened, such as ``request_failed``.
    **fields : object
        As for `event`; an ``incident`` is the number that the person was shown.
    """
    LOG.error(name, exc_info=True, extra={"fields": {key: field(value) for key, value in fields.items()}})


def output(name: str, text: str, /, **fields: object) -> None:
    """Write one line about another program of ours that broke, with the last it printed below.

    Parameters
    ----------
    name : str
        What happened, such as ``job_output``.
    text : str
        What it printed.
    **fields : object
        As for `event`.
    """
    LOG.error(name, extra={"fields": {key: field(value) for key, value in fields.items()}, "below": text})


def set_up(*, on_cloud_run: bool, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log of this process to one stream, in one form.

    Parameters
    ----------
    on_cloud_run : bool
        JSON lines with ``severity``. Else lines for people.
    stream : text file, optional
        Standard error by default.
    level : int
        From which level on ours are written; other libraries' start at warnings.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if on_cloud_run else ReadableLines())
    handler.set_name("workbench")
    root = logging.getLogger()
    root.handlers = [h for h in root.handlers if h.get_name() != "workbench"] + [handler]
    root.setLevel(logging.WARNING)
    LOG.setLevel(level)


class ReadableLines(logging.Formatter):
    """`12:30:01 INFO model_promoted name=churn alias=champion`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and a traceback below it where there is one."""
        when = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        origin = "" if record.name.startswith(LOG.name) else f" {record.name}:"
        parts = [f"{when} {record.levelname}{origin} {masked(record.getMessage())}"]
        parts += [f"{key}={quoted(value)}" for key, value in fields_of(record).items()]
        return "\n".join([" ".join(parts), *below(self, record)])


class JsonLines(logging.Formatter):
    """What Cloud Logging reads: an object a line, with `severity`, `message` and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON object; a traceback belongs to the message, where Error Reporting looks for it."""
        line = {
            **fields_of(record),
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
            "message": "\n".join([masked(record.getMessage()), *below(self, record)]),
        }
        return json.dumps(line, ensure_ascii=False, default=str)


def field(value: object) -> Any:
    """Return what may be written of a value."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple | set | frozenset | dict | bytes):
        return f"{type(value).__name__} of {len(value)}"
    text = masked(str(value))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def masked(text: str) -> str:
    """Hide tokens, and keep text on one line."""
    return TOKEN.sub("[token]", text).replace("\r", "\\r").replace("\n", "\\n")


def quoted(value: object) -> str:
    """Return a field's value so that the next field cannot be mistaken for it."""
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the fields of a line that `event` wrote; other libraries' lines have none."""
    return getattr(record, "fields", {})


def below(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    """Return what stands below a record's line, a traceback or an output, with tokens masked."""
    text = (
        formatter.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else getattr(record, "below", "")
    )
    return [TOKEN.sub("[token]", line) for line in text.splitlines()]
