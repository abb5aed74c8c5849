"""What a command line names becomes a table, or one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from workbench.actions import sources
from workbench.errors import ColumnNotFound, DataError, UnreadableFile


def test_a_sample_comes_with_its_roles() -> None:
    source = sources.open_source("sample:advertising")
    assert (source.sample, source.roles.target) == ("advertising", "revenue")


def test_an_unknown_sample_names_the_samples() -> None:
    with pytest.raises(DataError, match="credit"):
        sources.open_source("sample:titanic")


def test_a_mistyped_file_names_the_closest_beside_it(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1]}).write_csv(tmp_path / "customers.csv")
    with pytest.raises(DataError, match=r"Closest names: customers\.csv"):
        sources.open_source(str(tmp_path / "custmers.csv"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="is a folder"):
        sources.open_source(str(tmp_path))


def test_roles_come_from_a_file_and_are_checked(tmp_path: Path) -> None:
    source = sources.open_source("sample:advertising")
    (tmp_path / "roles.json").write_text(json.dumps({"target": "revenue", "exclude": ["DATE"]}))
    assert sources.with_roles(source, str(tmp_path / "roles.json")).roles.exclude == ("DATE",)
    (tmp_path / "wrong.json").write_text(json.dumps({"target": "revenu"}))
    with pytest.raises(ColumnNotFound, match="Closest names: revenue"):
        sources.with_roles(source, str(tmp_path / "wrong.json"))
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(DataError, match="cannot be used"):
        sources.with_roles(source, str(tmp_path / "broken.json"))
