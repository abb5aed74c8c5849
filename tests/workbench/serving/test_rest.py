"""REST as a program uses it: models, predictions, files, runs; and every refusal as a problem in the caller's language."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from workbench.actions import held
from workbench.data import read
from workbench.jobs import records
from workbench.principal import LOCAL
from workbench.serving.runs import standing
from workbench.store import put_json

MODELS = "/api/v1/models"
PREDICT = f"{MODELS}/ad-revenue/predict"
FILE = f"{MODELS}/ad-revenue/predict-file"


def is_problem(answer: httpx.Response, status: int, code: str) -> bool:
    """Whether an answer is this problem."""
    body = answer.json()
    kind = answer.headers["content-type"]
    return (answer.status_code, kind, body["code"]) == (status, "application/problem+json", code) and bool(body["detail"])


def test_models_that_ship_are_listed(client: httpx.Client) -> None:
    listed = {model["name"]: model for model in client.get(MODELS).json()["models"]}
    assert {"ad-revenue", "credit-default", "spam-filter"} <= listed.keys()
    assert set(listed["ad-revenue"]) == {"name", "version", "aliases", "task", "target"}


def test_row_of_examples_is_predicted_by_name_and_by_version(client: httpx.Client, row: dict[str, Any]) -> None:
    answer = client.post(PREDICT, json={"rows": [row], "reasons": 2}).json()
    assert answer["model"].startswith("ad-revenue@")
    assert len(answer["predictions"][0]["reasons"]) == 2
    again = client.post(f"{MODELS}/{answer['model']}/predict", json={"rows": [row]}).json()
    assert again["predictions"][0]["prediction"] == answer["predictions"][0]["prediction"]


def test_bad_rows_refuse_all_and_are_all_named(client: httpx.Client, row: dict[str, Any]) -> None:
    bad = row | {"tv_S": "abc"}
    answer = client.post(PREDICT, json={"rows": [row, bad, bad]}, headers={"Accept-Language": "ja"})
    assert is_problem(answer, 422, "rows")
    assert [(field["row"], field["field"]) for field in answer.json()["fields"]] == [(1, "tv_S"), (2, "tv_S")]
    assert "数値" in answer.json()["fields"][0]["problem"]


def test_partial_gives_a_bad_row_back_with_the_reason(client: httpx.Client, row: dict[str, Any]) -> None:
    answer = client.post(PREDICT, json={"rows": [row, row | {"tv_S": "abc"}], "partial": True}).json()
    good, held = answer["predictions"]
    assert good["prediction"] is not None
    assert held["prediction"] is None
    assert "tv_S" in str(held["warnings"])


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"rows": [}', b"\xff\xfe", b"rows=1", b"[" * 100_000, b'{"rows": [{"tv_S": ' + b"9" * 5000 + b"}]}"]
)
def test_what_is_not_json_is_400(client: httpx.Client, body: bytes) -> None:
    assert is_problem(client.post(PREDICT, content=body), 400, "not_json")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_a_number_is_no_json(client: httpx.Client, number: str) -> None:
    body = f'{{"rows": [{{"tv_S": {number}}}]}}'
    answer = client.post(PREDICT, content=body, headers={"Accept-Language": "ja"})
    assert is_problem(answer, 400, "not_json")
    assert number in answer.json()["detail"]


@pytest.mark.parametrize("value", [1e999, [1], {"a": 1}, "nan", "inf", True, "", " ", "１２", 10**40, "x" * 100_000])
def test_any_value_of_json_is_a_prediction_or_a_problem(client: httpx.Client, row: dict[str, Any], value: Any) -> None:
    body = json.dumps({"rows": [row, row | {"tv_S": value}], "partial": True, "reasons": 1}).replace("Infinity", "1e999")
    alone = json.dumps({"rows": [row | {"tv_S": value}], "partial": True, "reasons": 1}).replace("Infinity", "1e999")
    both, one = client.post(PREDICT, content=body), client.post(PREDICT, content=alone)
    assert (both.status_code, one.status_code) == (200, 200), both.text[:300] + one.text[:300]
    assert both.json()["predictions"][1] == one.json()["predictions"][0]
    assert both.json()["predictions"][0]["prediction"] is not None
    assert len(both.content) < 5_000


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", PREDICT, "POST"),
        ("PUT", PREDICT, "POST"),
        ("POST", MODELS, "GET"),
        ("DELETE", "/api/v1/runs", "GET, POST"),
        ("PATCH", "/api/v1/results/x", "GET"),
        ("POST", "/api/v1/session", "GET"),
    ],
)
def test_another_method_is_405_and_says_which_would_do(client: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    assert is_problem(answer, 405, "method")
    assert answer.headers["allow"] == allowed
    assert allowed in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ([], []),
        ("text", []),
        ({}, ["rows"]),
        ({"rows": "x"}, ["rows"]),
        ({"rows": [1]}, ["rows.0"]),
        ({"rows": [], "reasons": -1}, ["reasons"]),
        ({"rows": [], "lang": "ja"}, ["lang"]),
    ],
)
def test_json_of_another_shape_is_422_and_names_the_fields(client: httpx.Client, body: Any, fields: list[str]) -> None:
    answer = client.post(PREDICT, json=body, headers={"Accept-Language": "ja"})
    assert is_problem(answer, 422, "request")
    assert [field["field"] for field in answer.json()["fields"]] == fields


def test_body_over_the_limit_is_413(client: httpx.Client) -> None:
    assert is_problem(client.post(PREDICT, content=b" " * 32_000_001), 413, "too_large")
    assert is_problem(client.post(PREDICT, content=(b" " * 1_000_000 for _ in range(33))), 413, "too_large")


def test_unknown_model_names_the_closest(client: httpx.Client, row: dict[str, Any]) -> None:
    answer = client.post(f"{MODELS}/ad-revenu/predict", json={"rows": [row]})
    assert is_problem(answer, 404, "model_not_found")
    assert "ad-revenue" in answer.json()["detail"]


@pytest.mark.parametrize("out", ["csv", "xlsx", "parquet"])
def test_file_comes_back_with_every_row(client: httpx.Client, table: Path, out: str) -> None:
    answer = client.post(f"{FILE}?out={out}", files={"file": (table.name, table.read_bytes())})
    assert answer.status_code == 200, answer.text
    assert answer.headers["transfer-encoding"] == "chunked"
    assert f"UTF-8''%E5%BA%83%E5%91%8A%20%E8%B2%BB_ad-revenue.{out}" in answer.headers["content-disposition"]
    frame = read(answer.content, name=f"x.{out}", max_rows=100).frame
    assert frame.height == 3
    assert frame["prediction"].n_unique() == 1


def test_file_as_the_body_equals_the_rows(client: httpx.Client, table: Path, row: dict[str, Any]) -> None:
    answer = client.post(FILE, params={"filename": table.name, "reasons": 0}, content=table.read_bytes())
    predicted = client.post(PREDICT, json={"rows": [row]}).json()["predictions"][0]["prediction"]
    assert pl.read_csv(io.BytesIO(answer.content))["prediction"][0] == pytest.approx(predicted, abs=1e-9)


def test_csv_in_the_encoding_of_japanese_windows_on_request(client: httpx.Client, table: Path) -> None:
    asked = {"filename": table.name, "reasons": 1, "encoding_out": "cp932"}
    answer = client.post(FILE, params=asked, content=table.read_bytes(), headers={"Accept-Language": "ja"})
    assert answer.content.decode("cp932").splitlines()[0].split(",")[-2:] == ["信頼フラグ", "修正内容"]
    long = client.post(FILE, params=asked | {"filename": "長" * 300 + ".csv"}, content=table.read_bytes())
    assert long.status_code == 200, long.text
    refused = client.post(FILE, params=asked | {"encoding_out": "utf-7"}, content=table.read_bytes())
    assert is_problem(refused, 422, "prediction")
    assert "cp932" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"content": b""}, 422),
        ({"params": {"filename": "a\0b.csv"}, "content": b"a,b\n1,2\n"}, 422),
        ({"params": {"filename": ".."}, "content": b"a,b\n1,2\n"}, 422),
        ({"content": b"a,b\n1,2\n"}, 422),
        ({"params": {"filename": "x.csv"}, "content": b""}, 422),
        ({"params": {"filename": "x.csv"}, "content": b"\x00\x01\x02"}, 422),
        ({"params": {"filename": "x.csv", "out": "exe"}, "content": b"a,b\n1,2\n"}, 422),
        ({"params": {"filename": "x.csv", "reasons": "many"}, "content": b"a,b\n1,2\n"}, 422),
        ({"params": {"filename": "x.csv"}, "content": b"a,b\n1,2\n"}, 422),
        ({"files": {"other": ("x.csv", b"a,b\n1,2\n")}}, 422),
        ({"data": {"file": "text"}, "files": {"other": ("x.csv", b"1")}}, 422),
        ({"headers": {"Content-Type": "multipart/form-data"}, "content": b"x"}, 422),
        ({"headers": {"Content-Type": "multipart/form-data; boundary=x"}, "content": b"--y\r\nbroken"}, 422),
        ({"params": {"filename": "x.csv"}, "content": b"1" * 40_000_001}, 413),
    ],
)
def test_what_is_no_file_to_score_is_a_problem(client: httpx.Client, call: dict[str, Any], status: int) -> None:
    answer = client.post(FILE, **call)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert answer.json()["detail"]


def finished(client: httpx.Client, address: str, patience: float) -> dict[str, Any]:
    """Wait for a run to end and return where it stands."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found: dict[str, Any] = client.get(address).json()
        if found["state"] not in ("waiting", "running"):
            return found
        time.sleep(0.3)
    raise AssertionError(found)


def test_a_run_of_another_kind_of_work_tells_what_it_made(own_store: None) -> None:
    now = datetime.now(UTC)
    run = records.new_id(now)
    spec = {"id": run, "kind": "profile", "title": "顧客.csv", "owner": LOCAL.who, "created": now.isoformat(), "spec": {}}
    put_json(held.store(), records.place(run, records.SPEC), spec)
    records.settle(held.store(), run, "finished", at=now, result={"dataset": "d"})
    found = standing(run, LOCAL, "en")
    assert (found["kind"], found["state"], found["result"]) == ("profile", "finished", {"dataset": "d"})


@pytest.mark.slow
def test_batch_scores_a_sample_and_streams_the_result(client: httpx.Client) -> None:
    begun = client.post("/api/v1/batches", json={"model": "ad-revenue", "sample": "advertising", "out": "csv", "reasons": 1})
    assert begun.status_code == 202, begun.text
    done = finished(client, begun.headers["location"], 120)
    assert (done["state"], done["report"]["rows_in"], done["report"]["held"]) == ("finished", 208, 0), done
    answer = client.get(done["result_url"])
    assert (answer.headers["transfer-encoding"], "content-length" in answer.headers) == ("chunked", False)
    assert pl.read_csv(io.BytesIO(answer.content)).height == 208
    assert begun.json()["id"] in [run["id"] for run in client.get("/api/v1/runs").json()["runs"]]


@pytest.mark.slow
def test_comparison_is_started_watched_and_stopped(client: httpx.Client) -> None:
    recipe = {"sample": "advertising", "target": "revenue", "models": ["lr", "dt"], "folds": 2, "name": "rest-made"}
    begun = client.post("/api/v1/runs", json=recipe)
    assert begun.status_code == 202, begun.text
    stopped = client.post("/api/v1/runs", json=recipe | {"name": "rest-stopped"}).json()
    assert client.delete(stopped["url"]).status_code == 202
    assert client.delete(stopped["url"]).status_code == 202
    assert finished(client, stopped["url"], 120)["state"] == "stopped"
    done = finished(client, begun.headers["location"], 240)
    assert done["state"] == "finished", done
    assert {line["model"] for line in done["leaderboard"]} == {"lr", "dt"}
    assert done["registered"].startswith("rest-made@")


@pytest.mark.slow
def test_stopped_comparison_is_resumed_as_a_new_run(client: httpx.Client) -> None:
    recipe = {"sample": "advertising", "target": "revenue", "models": ["lr", "rf"], "folds": 10, "name": "rest-resumed"}
    first = client.post("/api/v1/runs", json=recipe).json()["url"]
    early = client.post(f"{first}/resume", headers={"Accept-Language": "ja"})
    assert is_problem(early, 422, "job")
    assert "まだ実行中です" in early.json()["detail"]
    client.delete(first)
    assert finished(client, first, 120)["state"] == "stopped"
    begun = client.post(f"{first}/resume")
    assert begun.status_code == 202, begun.text
    assert begun.headers["location"] == begun.json()["url"] == f"/api/v1/runs/{begun.json()['id']}"
    assert client.post(f"{first}/resume").json() == begun.json()
    done = finished(client, begun.json()["url"], 240)
    assert done["state"] == "finished", done
    assert {line["model"] for line in done["leaderboard"]} == {"lr", "rf"}
    assert is_problem(client.post(f"{begun.json()['url']}/resume"), 422, "job")


@pytest.mark.parametrize("run", ["none", "20260101T000000Z-abcdef", "..%2fx"])
def test_unknown_run_is_not_resumed(client: httpx.Client, run: str) -> None:
    assert client.post(f"/api/v1/runs/{run}/resume").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/runs", {}, 422),
        ("/api/v1/runs", {"dataset": "a", "sample": "b"}, 422),
        ("/api/v1/runs", {"dataset": "nobody-has-this", "target": "x"}, 404),
        ("/api/v1/runs", {"upload": "../../etc/passwd", "target": "x"}, 404),
        ("/api/v1/runs", {"sample": "advertising", "target": "revenu"}, 422),
        ("/api/v1/batches", {"sample": "advertising"}, 422),
        ("/api/v1/batches", {"model": "ad-revenue"}, 422),
        ("/api/v1/batches", {"model": "none-such", "sample": "advertising"}, 404),
        ("/api/v1/batches", {"model": "ad-revenue", "sample": "advertising", "out": "exe"}, 422),
    ],
)
def test_what_cannot_be_started_is_a_problem(client: httpx.Client, path: str, body: dict[str, Any], status: int) -> None:
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text


@pytest.mark.parametrize(
    "path", ["/api/v1/runs/none", "/api/v1/batches/..%2f..%2fx", "/api/v1/results/20261120T101500Z-abcdef"]
)
def test_unknown_run_is_404(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_document_describes_every_route_with_its_parts(client: httpx.Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    predict = document["paths"]["/api/v1/models/{name}/predict"]["post"]
    assert [part["name"] for part in predict["parameters"]] == ["name"]
    assert "rows" in str(predict["requestBody"])
    assert [part["name"] for part in document["paths"]["/api/v1/runs/{run_id}/resume"]["post"]["parameters"]] == ["run_id"]
    assert {"/api/v1/uploads", "/api/v1/runs", "/api/v1/batches", "/api/v1/results/{run_id}", "/api/v1/session"} <= document[
        "paths"
    ].keys()


def test_document_says_what_comes_back_and_that_problems_do(client: httpx.Client, row: dict[str, Any]) -> None:
    document = client.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert "application/problem+json" in operation["responses"]["default"]["content"], (method, path)
    told = document["paths"]["/api/v1/models/{name}/predict"]["post"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    answer = client.post(PREDICT, json={"rows": [row | {"tv_S": 1e30}], "reasons": 1}).json()
    assert answer.keys() <= told["properties"].keys()
    one, shown = answer["predictions"][0], told["properties"]["predictions"]["items"]["properties"]
    assert one.keys() == shown.keys()
    assert one["warnings"][0].keys() == shown["warnings"]["items"]["properties"].keys()
    assert one["reasons"][0].keys() == shown["reasons"]["items"]["properties"].keys()
    schema = document["paths"]["/api/v1/models/{name}/schema"]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    columns = client.get(f"{MODELS}/ad-revenue/schema").json()["columns"]
    assert columns[0].keys() == schema["properties"]["columns"]["items"]["properties"].keys()
    binary = document["paths"]["/api/v1/models/{name}/predict-file"]["post"]["responses"]["200"]["content"]
    assert [*binary] == ["application/octet-stream"]


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/models"])
def test_an_address_of_the_api_that_is_none_is_no_page(client: httpx.Client, path: str) -> None:
    assert is_problem(client.get(path), 404, "not_found")


def test_counts_are_told_as_text(client: httpx.Client, row: dict[str, Any]) -> None:
    client.post(PREDICT, json={"rows": [row] * 3})
    answer = client.get("/metrics").text
    rest = next(line for line in answer.splitlines() if line.startswith('workbench_predicted_rows_total{door="rest"}'))
    assert int(rest.split()[1]) >= 3
