"""Lines of the log: readable here, JSON with a severity on Cloud Run, never rows, never tokens."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from workbench import telemetry

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJlbWFpbCI6ImEifQ.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    handlers, level, own = root.handlers[:], root.level, telemetry.LOG.level
    yield
    root.handlers, root.level = handlers, level
    telemetry.LOG.setLevel(own)


@pytest.fixture
def readable() -> io.StringIO:
    """What a person at a terminal sees."""
    stream = io.StringIO()
    telemetry.set_up(on_cloud_run=False, stream=stream)
    return stream


@pytest.fixture
def cloud() -> io.StringIO:
    """What Cloud Logging reads."""
    stream = io.StringIO()
    telemetry.set_up(on_cloud_run=True, stream=stream)
    return stream


def test_a_readable_line_says_what_happened(readable: io.StringIO) -> None:
    telemetry.event("model_promoted", name="解約", alias="champion", by="ana@example.com", seconds=1.23456789, was=None)
    line = readable.getvalue()
    assert line.endswith("INFO model_promoted name=解約 alias=champion by=ana@example.com seconds=1.234568 was=None\n")


def test_a_json_line_has_severity_and_fields(cloud: io.StringIO) -> None:
    telemetry.event("job_lost", level=logging.WARNING, id="x", severity="spoofed", rate=float("nan"))
    line = json.loads(cloud.getvalue())
    assert (
        line.items() >= {"severity": "WARNING", "message": "job_lost", "id": "x", "logger": "workbench", "rate": "nan"}.items()
    )


def test_rows_and_tokens_are_not_written(readable: io.StringIO, cloud: io.StringIO) -> None:
    telemetry.set_up(on_cloud_run=True, stream=readable)
    telemetry.event("scored", rows=[{"年齢": 41}], row={"収入": 3}, raw=b"abc", header=f"Bearer {TOKEN}", long="x" * 999)
    line = json.loads(readable.getvalue())
    assert (line["rows"], line["row"], line["raw"]) == ("list of 1", "dict of 1", "bytes of 3")
    assert "eyJ" not in readable.getvalue()
    assert len(line["long"]) == 301


def test_a_value_cannot_forge_a_line_or_a_field(readable: io.StringIO) -> None:
    telemetry.event("upload", file='a\n12:00:00 INFO forged by=me "x')
    assert readable.getvalue().count("\n") == 1
    assert r'file="a\\n12:00:00 INFO forged by=me \"x"' in readable.getvalue()


@pytest.mark.parametrize("form", ["readable", "cloud"])
def test_an_exception_comes_with_its_traceback(request: pytest.FixtureRequest, form: str) -> None:
    stream = request.getfixturevalue(form)
    try:
        raise ValueError(f"refused {TOKEN}")
    except ValueError:
        telemetry.problem("request_failed", incident="4f2a")
    text = stream.getvalue()
    assert "request_failed" in text
    assert "4f2a" in text
    assert "ValueError: refused [token]" in text
    assert form == "readable" or json.loads(text)["severity"] == "ERROR"


@pytest.mark.parametrize("form", ["readable", "cloud"])
def test_an_output_stands_below_its_line(request: pytest.FixtureRequest, form: str) -> None:
    stream = request.getfixturevalue(form)
    telemetry.output("job_output", f"fitting 最後\n{TOKEN}", job="j")
    text = stream.getvalue()
    said = json.loads(text)["message"] if form == "cloud" else text
    assert "job_output" in said
    assert said.endswith("\nfitting 最後\n[token]" + "\n" * (form == "readable"))
    assert text.count("\n") == (1 if form == "cloud" else 3)


def test_other_libraries_speak_from_warnings_on(readable: io.StringIO) -> None:
    logging.getLogger("httpx").info("GET /")
    logging.getLogger("httpx").warning("slow %s", "answer")
    assert readable.getvalue().endswith("WARNING httpx: slow answer\n")
    assert readable.getvalue().count("\n") == 1


def test_setting_up_twice_writes_once(readable: io.StringIO) -> None:
    telemetry.set_up(on_cloud_run=False, stream=readable)
    telemetry.event("started")
    assert readable.getvalue().count("started") == 1
