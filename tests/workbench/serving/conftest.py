"""One real server for the tests of what it serves, with the models that ship."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.served import running_server

MODEL = "ad-revenue"


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server."""
    with running_server(WORKBENCH_STORE=str(tmp_path_factory.mktemp("served")), WORKBENCH_MAX_UPLOAD_MB="40") as url:
        yield url


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    """A client that speaks English."""
    with httpx.Client(base_url=address, timeout=120, headers={"Accept-Language": "en"}) as made:
        yield made


@pytest.fixture(scope="session")
def row(client: httpx.Client) -> dict[str, Any]:
    """A row made of the schema's examples."""
    columns = client.get(f"/api/v1/models/{MODEL}/schema").json()["columns"]
    return {column["name"]: column["example"] for column in columns}


@pytest.fixture
def table(tmp_path: Path, row: dict[str, Any]) -> Path:
    """A CSV file of three such rows under a Japanese name."""
    path = tmp_path / "広告 費.csv"
    lines = [",".join(row), *[",".join(str(value) for value in row.values())] * 3]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
