"""Roles that are seen, read from files, written, and obeyed by what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from workbench import actions
from workbench.actions import held
from workbench.actions.compare import checked
from workbench.actions.winner import with_units
from workbench.data import Roles, Signature
from workbench.data.dictionary import Dictionary
from workbench.errors import ColumnNotFound, DataError, DatasetNotFound
from workbench.principal import LOCAL, Principal


def send(name: str, data: bytes) -> str:
    """Send a file in one chunk."""
    upload_id = actions.uploads.create(by=LOCAL, size=len(data), name=name)
    actions.uploads.append(upload_id, by=LOCAL, at=0, data=data)
    return upload_id


def left() -> list[str]:
    """Uploads of roles whose chunks are still there."""
    return [stat.name for stat in held.store().list("uploads/")]


def test_what_a_table_shows_is_seen_and_nothing_is_saved(bring: Callable[..., str], stranger: Principal) -> None:
    dataset = bring()
    before = actions.datasets.get(dataset, by=LOCAL).roles
    assert actions.roles.seen(dataset, by=LOCAL).roles.ids == ("顧客番号",)
    assert actions.datasets.get(dataset, by=LOCAL).roles == before
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.roles.seen(dataset, by=stranger)


def test_a_sheet_that_was_written_is_read_back(bring: Callable[..., str]) -> None:
    dataset, kept = bring(), left()
    roles = Roles(target="解約", event="はい", ids=("顧客番号",), unit={"年齢": "歳"}, sensitive=("年齢",))
    upload = send("役割.csv", actions.roles.sheet(dataset, roles, "ja", by=LOCAL))
    assert actions.roles.from_upload(dataset, upload, by=LOCAL) == roles
    assert left() == kept


def test_any_other_table_is_a_dictionary(bring: Callable[..., str]) -> None:
    upload = send("定義書.csv", "項目,説明\n年齢,申込時の年齢\n".encode("cp932"))
    found = actions.roles.from_upload(bring(), upload, by=LOCAL)
    assert isinstance(found, Dictionary)
    assert found.entries["年齢"].meaning == "申込時の年齢"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("column,role\n年令,id\n".encode(), "'年令' is not in the table. Closest names: 年齢"),
        (b"a,b\n1,2\n", "Nothing in 'x.csv' matches"),
        (bytes(range(256)) * 8, "file"),
    ],
)
def test_a_file_of_no_use_is_said_and_gone(bring: Callable[..., str], data: bytes, message: str) -> None:
    dataset, kept = bring(), left()
    with pytest.raises(DataError, match=message):
        actions.roles.from_upload(dataset, send("x.csv", data), by=LOCAL)
    assert left() == kept


def test_ids_and_what_is_known_later_are_ignored_by_a_comparison(bring: Callable[..., str]) -> None:
    dataset = actions.datasets.get(bring(), by=LOCAL)
    roles = replace(dataset.roles, ids=("顧客番号",), exclude=("会員",), unknown_at_prediction=("収入", "解約"), target="解約")
    assert checked(replace(dataset, roles=roles), {}).ignore == ("顧客番号", "会員", "収入")


def test_checks_do_not_look_at_ids_and_what_is_known_later(bring: Callable[..., str]) -> None:
    dataset = bring()
    actions.datasets.set_roles(
        dataset, Roles(target="解約", ids=("顧客番号",), exclude=("職業",), unknown_at_prediction=("収入", "解約")), by=LOCAL
    )
    report = actions.checks.run(dataset, by=LOCAL, fast=True)
    named = {column for finding in report.findings if finding.code != "WB304" for column in finding.columns}
    assert not named & {"顧客番号", "職業", "収入"}
    assert [f.columns for f in report.findings if f.code == "WB304" and f.severity == "warning"] == [("収入",)]


def test_roles_that_name_what_is_not_there_are_refused_all_at_once(bring: Callable[..., str]) -> None:
    with pytest.raises(ColumnNotFound, match=r"'年令' .*'職行'"):
        actions.datasets.set_roles(bring(), Roles(target="解約", ids=("年令",), unit={"職行": "円"}), by=LOCAL)


def test_units_reach_the_fields_of_a_model(bring: Callable[..., str]) -> None:
    frame = actions.datasets.get(bring(), by=LOCAL).frame
    fields = with_units(Signature.of(frame, ["年齢", "収入"]), Roles(unit={"年齢": "歳", "解約": "-"})).fields
    assert [(field.name, field.unit) for field in fields] == [("年齢", "歳"), ("収入", None)]
