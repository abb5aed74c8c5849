"""Actions on a store of their own, in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from workbench import actions
from workbench.data import Roles
from workbench.principal import LOCAL


@pytest.fixture(autouse=True)
def always(own_store: None) -> None:
    """Nothing here touches a store of somebody's."""


@pytest.fixture
def bring(tmp_path: Path, make_table: Callable[..., pl.DataFrame]) -> Callable[..., str]:
    """Upload a small table in two chunks and return its dataset's id."""

    def bringing(rows: int = 300, target: str | None = "解約") -> str:
        data = make_table(rows).drop("ランク", "売上").write_csv().encode("cp932")
        upload = actions.uploads.create(by=LOCAL, size=len(data), name="顧客.csv")
        middle = actions.uploads.append(upload, by=LOCAL, at=0, data=data[: len(data) // 2])
        actions.uploads.append(upload, by=LOCAL, at=middle, data=data[middle:])
        dataset = actions.datasets.from_upload(upload, by=LOCAL)
        if target:
            actions.datasets.set_roles(dataset, Roles(target=target, exclude=("顧客番号",)), by=LOCAL)
        return dataset

    return bringing
