"""Calls of the API to copy, with a real model and a row that can be predicted."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlsplit

import streamlit as st

from workbench.settings import get_settings

# What Cloudflare Access asks a program for; the values come from its dashboard.
TOKEN = {"CF-Access-Client-Id": "<CLIENT_ID>", "CF-Access-Client-Secret": "<CLIENT_SECRET>"}

CURL = """curl -X POST '{base}/api/v1/models/{path}/predict' \\
  {headers}-H 'Content-Type: application/json' \\
  -d '{body}'"""
REQUESTS = """import requests

answer = requests.post(
    "{base}/api/v1/models/{path}/predict",
    headers={headers},
    json={body},
    timeout=60,
)
answer.raise_for_status()
print(answer.json()["predictions"])"""
GRADIO = """from gradio_client import Client

client = Client("{base}/gradio/", headers={headers}, httpx_kwargs={{"timeout": 60}})
print(client.predict("{model}", {rows}, 3, api_name="/predict"))"""
GRADIO_CURL = """EVENT=$(curl -s -X POST '{base}/gradio/gradio_api/call/predict' \\
  {headers}-H 'Content-Type: application/json' \\
  -d '{data}' | sed 's/.*"event_id": *"\\([^"]*\\)".*/\\1/')
curl -sN {headers_line}'{base}/gradio/gradio_api/call/predict/'"$EVENT\""""
FILE = """curl -X POST '{base}/api/v1/models/{path}/predict-file?out=xlsx&reasons=3' \\
  {headers}--fail-with-body -F 'file=@rows.csv' -o scored.xlsx"""


def base() -> str:
    """Return the address that a program has to call: the operator's, or the one this page was opened with."""
    if public := get_settings().public_url:
        return public.rstrip("/")
    parts = urlsplit(st.context.url or "http://localhost:8080")
    return f"{parts.scheme}://{parts.netloc}"


def snippets(model: str, schema: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return each call's (text, language for colouring), by the key of its title."""
    row = {column["name"]: column["example"] for column in schema["columns"]}
    is_open = get_settings().access == "off"
    values = {
        "base": base(),
        "path": quote(model, safe="@"),
        "model": model,
        "headers_dict": {} if is_open else TOKEN,
        "headers_lines": "" if is_open else "".join(f"-H '{name}: {value}' \\\n  " for name, value in TOKEN.items()),
    }
    return {"curl": curl(row, values), "requests": python(row, values), "gradio": gradio(row, values)} | {
        "gradio_curl": gradio_curl(row, values),
        "file": (FILE.format(**values, headers=values["headers_lines"]), "bash"),
    }


def curl(row: dict[str, Any], values: dict[str, Any]) -> tuple[str, str]:
    """Return the call for a shell."""
    body = json.dumps({"rows": [row], "reasons": 3}, ensure_ascii=False)
    return CURL.format(**values, headers=values["headers_lines"], body=quoted(body)), "bash"


def python(row: dict[str, Any], values: dict[str, Any]) -> tuple[str, str]:
    """Return the call for Python's requests."""
    return REQUESTS.format(**values, headers=values["headers_dict"], body={"rows": [row], "reasons": 3}), "python"


def gradio(row: dict[str, Any], values: dict[str, Any]) -> tuple[str, str]:
    """Return the call for Gradio's client."""
    return GRADIO.format(**values, headers=values["headers_dict"], rows=[row]), "python"


def gradio_curl(row: dict[str, Any], values: dict[str, Any]) -> tuple[str, str]:
    """Return Gradio's two calls for a shell: ask, then wait for the answer."""
    data = json.dumps({"data": [values["model"], [row], 3]}, ensure_ascii=False)
    line = values["headers_lines"].replace("\\\n  ", "")
    return GRADIO_CURL.format(**values, headers=values["headers_lines"], headers_line=line, data=quoted(data)), "bash"


def quoted(text: str) -> str:
    """Return text that may stand between single quotes in a shell."""
    return text.replace("'", "'\\''")
