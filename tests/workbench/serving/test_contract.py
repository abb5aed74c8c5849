"""A row that breaks a model's contract at the doors: REST answers 422, Gradio says the same, both name row and field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.served import running_server
from workbench.principal import LOCAL
from workbench.registry import Registry
from workbench.store import open_store

if TYPE_CHECKING:
    from workbench.bundle import Bundle

NAME = "strict-binary"


@pytest.mark.slow
def test_rest_and_gradio_refuse_a_row_that_breaks_the_contract(tmp_path: Path, strict_bundle: Bundle) -> None:
    store = str(tmp_path / "store")
    Registry(open_store(store), shipped=tmp_path / "none", cache=tmp_path / "cache").add(strict_bundle.folder, by=LOCAL)
    with running_server(WORKBENCH_STORE=store) as address, httpx.Client(base_url=address, timeout=120) as client:
        client.headers["Accept-Language"] = "ja"
        columns = client.get(f"/api/v1/models/{NAME}/schema").json()["columns"]
        row: dict[str, Any] = {column["name"]: column["example"] for column in columns}
        assert client.post(f"/api/v1/models/{NAME}/predict", json={"rows": [row]}).status_code == 200
        bad = [row, row | {"年齢": 150, "職業": "無職"}]
        answer = client.post(f"/api/v1/models/{NAME}/predict", json={"rows": bad})
        assert answer.status_code == 422
        assert [(f["row"], f["field"]) for f in answer.json()["fields"]] == [(1, "年齢"), (1, "職業")]
        assert "契約" in answer.json()["fields"][0]["problem"]
        run = client.post("/gradio/gradio_api/run/predict", json={"data": [NAME, bad, 0]}).json()
        error = run["data"][0]["error"]
        assert [(f["row"], f["field"]) for f in error["fields"]] == [(1, "年齢"), (1, "職業")]
