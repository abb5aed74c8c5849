"""Gradio's named endpoints through every kind of client, and the agent's tools."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from gradio_client import Client, handle_file
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from tests.served import running_server
from tests.signing import HEADER, signing_team

API = "/gradio/gradio_api"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # the clients' own: how Gradio and MCP read their annotations
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # gradio_client leaves its streams to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def program(address: str) -> Client:
    """A Python program, connected to a Gradio that is built for it."""
    return Client(f"{address}/gradio/", verbose=False, httpx_kwargs={"timeout": 120})


def predicted(client: httpx.Client, row: dict[str, Any]) -> float:
    """What REST predicts."""
    found: float = client.post("/api/v1/models/ad-revenue/predict", json={"rows": [row]}).json()["predictions"][0]["prediction"]
    return found


def test_python_client_gets_what_rest_gives(program: Client, client: httpx.Client, row: dict[str, Any]) -> None:
    assert "ad-revenue" in [model["name"] for model in program.predict(api_name="/models")["models"]]
    assert [c["name"] for c in program.predict("ad-revenue", api_name="/schema")["columns"]] == [*row]
    answer = program.predict("ad-revenue", [row], reasons=2, api_name="/predict")
    assert answer["predictions"][0]["prediction"] == predicted(client, row)
    assert len(answer["predictions"][0]["reasons"]) == 2
    as_text = program.predict(model="ad-revenue", rows=json.dumps(row), api_name="/predict")
    assert as_text["predictions"][0]["prediction"] == predicted(client, row)


def test_explanation_adds_up(program: Client, row: dict[str, Any]) -> None:
    answer = program.predict("ad-revenue", row=row, api_name="/explain")
    assert answer["base"] + sum(reason["effect"] for reason in answer["reasons"]) == pytest.approx(answer["output"])
    assert program.predict("ad-revenue", api_name="/explain")["global"][0]["importance"] > 0


def test_file_goes_through_and_comes_back(program: Client, client: httpx.Client, table: Path, row: dict[str, Any]) -> None:
    path, told = program.predict("ad-revenue", handle_file(table), "csv", 1, api_name="/predict_file")
    assert told == {"file": "広告 費_ad-revenue.csv"}
    assert pl.read_csv(path)["prediction"].to_list() == pytest.approx([predicted(client, row)] * 3, abs=1e-9)


def test_curls_two_steps_pass_the_queue(program: Client, client: httpx.Client, row: dict[str, Any]) -> None:
    event = client.post(f"{API}/call/predict", json={"data": ["ad-revenue", [row], 0]}).json()["event_id"]
    text = client.get(f"{API}/call/predict/{event}").text
    assert text.startswith("event: complete")
    assert json.loads(text.partition("data: ")[2])[0]["predictions"][0]["prediction"] == predicted(client, row)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["none-such", [{}], 0], "model_not_found"),
        (["ad-revenue", "no json", 0], "not_json"),
        (["ad-revenue", '[{"tv_S": NaN}]', 0], "not_json"),
        (["ad-revenue", [{"tv_S": "x"}], 0], "rows"),
    ],
)
def test_mistakes_are_data_and_no_500(program: Client, client: httpx.Client, arguments: list[Any], code: str) -> None:
    answer = client.post(f"{API}/run/predict", json={"data": arguments}, headers={"Accept-Language": "ja"})
    error = answer.json()["data"][0]["error"]
    assert (answer.status_code, error["code"]) == (200, code)
    assert not error["detail"].isascii()
    assert "Traceback" not in answer.text


def test_agent_sees_five_described_tools_and_reads_json(
    program: Client, address: str, client: httpx.Client, row: dict[str, Any]
) -> None:
    async def story() -> tuple[list[Any], Any, Any]:
        async with streamablehttp_client(f"{address}{API}/mcp") as (read, write, _), ClientSession(read, write) as agent:
            await agent.initialize()
            tools = (await agent.list_tools()).tools
            good = await agent.call_tool("predict", {"model": "ad-revenue", "rows": [row]})
            bad = await agent.call_tool("predict", {"model": "none-such", "rows": [row]})
            return tools, good, bad

    tools, good, bad = asyncio.run(story())
    assert {tool.name for tool in tools} == {"models", "schema", "predict", "predict_file", "explain"}
    assert all(tool.description and len(tool.description) > 50 for tool in tools)
    assert json.loads(good.content[0].text)["predictions"][0]["prediction"] == predicted(client, row)
    assert json.loads(bad.content[0].text)["error"]["code"] == "model_not_found"


def test_another_origin_gets_no_leave(program: Client, client: httpx.Client) -> None:
    answer = client.get("/gradio/config", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_buttons_are_private_and_queued_and_endpoints_public_and_unqueued(program: Client, client: httpx.Client) -> None:
    events = client.get("/gradio/config").json()["dependencies"]
    public = {event["api_name"]: event["queue"] for event in events if event["api_visibility"] == "public"}
    assert public == dict.fromkeys(("models", "schema", "predict", "predict_file", "explain"), False)
    assert all(event["queue"] is not False for event in events if event["api_visibility"] == "private")


def test_identity_behind_the_gate_is_the_tokens_everywhere(row: dict[str, Any]) -> None:
    with signing_team() as team, running_server(**team.environment()) as url:
        token = {HEADER: team.token(), "X-Workbench-User": "boss@example.com"}
        assert httpx.post(f"{url}{API}/run/models", json={"data": []}).status_code == 401
        program = Client(f"{url}/gradio/", verbose=False, headers=token, httpx_kwargs={"timeout": 120})
        assert program.predict("ad-revenue", [row], api_name="/predict")["predictions"]

        async def story() -> Any:
            headers = token | {"X-Forwarded-Host": "127.0.0.1:1"}
            async with streamablehttp_client(f"{url}{API}/mcp", headers=headers) as wires, ClientSession(*wires[:2]) as agent:
                await agent.initialize()
                return await agent.call_tool("models", {})

        assert "ad-revenue" in asyncio.run(story()).content[0].text
