"""The contract as an analyst sets it and as rows meet it: kept with the dataset, taken into the model, obeyed everywhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import yaml

from workbench import actions
from workbench.actions import held, sources
from workbench.bundle import bundle as bundles
from workbench.bundle.without_rows import without_rows
from workbench.data import bounds as kept
from workbench.data import contract_files
from workbench.data.bounds import Bounds
from workbench.data.contract import Contract
from workbench.data.repairs import Repair
from workbench.errors import (
    AccessDenied,
    BundleError,
    ColumnNotFound,
    DataError,
    DatasetNotFound,
    ModelNotFound,
    SignatureError,
)
from workbench.principal import LOCAL, Principal

if TYPE_CHECKING:
    from workbench.bundle import Bundle

Bring = Callable[..., str]
Customers = Callable[[int, int], pl.DataFrame]
HOLD: Any = "hold"


@pytest.fixture
def model(strict_bundle: Bundle) -> str:
    """The strict model, registered."""
    record = held.registry().add(strict_bundle.folder, by=LOCAL)
    return f"{record.name}@{record.version}"


def row(model: str, **changes: Any) -> dict[str, Any]:
    """A row of the schema's examples."""
    examples = {column["name"]: column["example"] for column in actions.models.schema(model, by=LOCAL)["columns"]}
    return examples | changes


def test_bounds_are_kept_with_who_and_when_and_stand_in_the_contract(bring: Bring) -> None:
    dataset = bring()
    assert actions.contract.bounds(dataset, by=LOCAL) == {}
    wanted = {"年齢": Bounds(0, 120, on_break=HOLD), "職業": Bounds(blank=False)}
    assert actions.contract.set_bounds(dataset, wanted, by=LOCAL) == wanted
    assert actions.contract.set_bounds(dataset, wanted, by=LOCAL) == {}, "nothing has changed"
    found = actions.contract.of_dataset(dataset, by=LOCAL)
    age = next(one for one in found.clauses if one.name == "年齢")
    assert (age.bounds, age.who) == (wanted["年齢"], LOCAL.who)
    assert [one.action for one in actions.decisions.of(dataset, by=LOCAL)] == ["bounds"]
    assert {one.name: one.why for one in found.left_out} == {"顧客番号": "excluded"}
    assert (found.target or {})["labels"] == ["いいえ", "はい"]
    again = Contract.from_dict(yaml.safe_load(actions.contract.yaml(dataset, by=LOCAL)))
    assert again == found
    assert "greater_than_or_equal_to" in actions.contract.pandera(dataset, by=LOCAL)
    actions.contract.set_bounds(dataset, {"年齢": Bounds()}, by=LOCAL)
    assert set(actions.contract.bounds(dataset, by=LOCAL)) == {"職業"}


def test_what_cannot_be_is_refused_and_nothing_is_kept(bring: Bring, viewer: Principal, stranger: Principal) -> None:
    dataset = bring()
    with pytest.raises(DataError, match="The smallest value of column '年齢', 5, is above the largest, 1"):
        actions.contract.set_bounds(dataset, {"年齢": Bounds(5, 1), "収入": Bounds(0)}, by=LOCAL)
    with pytest.raises(ColumnNotFound, match=r"年令.*年齢"):
        actions.contract.set_bounds(dataset, {"年令": Bounds(0)}, by=LOCAL)
    with pytest.raises(AccessDenied, match="viewer"):
        actions.contract.set_bounds(dataset, {"年齢": Bounds(0)}, by=viewer)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.contract.set_bounds(dataset, {"年齢": Bounds(0)}, by=stranger)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.contract.of_dataset(dataset, by=stranger)
    assert actions.contract.bounds(dataset, by=LOCAL) == {}


def test_a_shared_table_is_changed_by_its_owner_alone(bring: Bring, stranger: Principal) -> None:
    dataset = bring()
    actions.datasets.share(dataset, by=LOCAL, shared=True)
    assert actions.contract.of_dataset(dataset, by=stranger).clauses
    with pytest.raises(AccessDenied, match="顧客"):
        actions.contract.set_bounds(dataset, {"年齢": Bounds(0)}, by=stranger)


def test_a_table_without_a_target_has_a_contract_too(bring: Bring) -> None:
    found = actions.contract.of_dataset(bring(target=None), by=LOCAL)
    assert found.target is None
    assert contract_files.to_pandera(found)


def test_a_sample_that_is_not_kept_has_a_contract_and_takes_no_bounds(viewer: Principal) -> None:
    dataset = actions.datasets.open_sample("credit", by=viewer)
    assert actions.contract.of_dataset(dataset, by=viewer).clauses
    assert actions.contract.bounds(dataset, by=viewer) == {}


def test_the_next_version_takes_bounds_along_and_deleting_removes_them(bring: Bring) -> None:
    dataset = bring()
    actions.contract.set_bounds(dataset, {"年齢": Bounds(0, 120)}, by=LOCAL)
    new = actions.datasets.revise(dataset, by=LOCAL, repairs=[Repair("年齢", "missing", {"values": ["20.0"]})])
    assert new != dataset
    assert actions.contract.bounds(new, by=LOCAL) == {"年齢": Bounds(0, 120)}
    actions.datasets.delete(dataset, by=LOCAL)
    assert held.store().stat(kept.place(dataset)) is None


def test_an_api_call_that_breaks_the_contract_names_row_and_field(model: str) -> None:
    rows = [row(model), row(model, 年齢=150), row(model, 職業="無職", 収入=None)]
    with pytest.raises(SignatureError) as caught:
        actions.predict.rows(model, rows, by=LOCAL)
    assert caught.value.status == 422
    assert [(f["row"], f["field"]) for f in caught.value.fields] == [(1, "年齢"), (2, "収入"), (2, "職業")]
    with pytest.raises(SignatureError, match="1 row"):
        actions.predict.rows(model, [row(model, 年齢=150)], by=LOCAL)
    answer = actions.predict.rows(model, rows, by=LOCAL, partial=True)["predictions"]
    assert [one["prediction"] is None for one in answer] == [False, True, True]
    assert "0 to 120" in answer[1]["warnings"][0]["text"]
    marked = actions.predict.rows(model, [row(model, 登録日="2018-01-01")], by=LOCAL)["predictions"][0]
    assert marked["prediction"] is not None
    assert [one["code"] for one in marked["warnings"]] == ["out_of_bounds"]


def test_a_batch_holds_the_rows_with_the_reason_and_counts_them(
    strict_bundle: Bundle, customers: Customers, tmp_path: Path
) -> None:
    frame = customers(6, 3).with_columns(
        年齢=pl.Series([30.0, 150.0, 40.0, 40.0, 40.0, 40.0]),
        収入=pl.Series([300.0, 300.0, None, 300.0, 300.0, 300.0]),
        職業=pl.Series(["学生", "学生", "学生", "無職", "学生", None]),
    )
    frame.write_csv(tmp_path / "new.csv")
    reference = str(strict_bundle.folder)
    source = sources.open_source(str(tmp_path / "new.csv"), text=actions.predict.as_written(reference, by=LOCAL))
    how: dict[str, Any] = {"by": LOCAL, "reasons": 0, "encoding_out": "utf-8", "lang": "ja"}
    report = actions.predict.of_source(reference, source, tmp_path / "out.csv", force=False, **how)
    assert (report["rows_in"], report["rows_out"], report["held"]) == (6, 6, 3)
    out = pl.read_csv(tmp_path / "out.csv")
    assert out["予測"].is_null().to_list() == [False, True, True, True, False, False]
    assert "契約" in out["信頼フラグ"][1]
    lacking = replace(source, reading=replace(source.reading, frame=source.reading.frame.drop("収入")))
    stopped = actions.predict.of_source(reference, lacking, tmp_path / "no.csv", force=False, **how)
    assert "収入" in stopped["stopped"]
    forced = actions.predict.of_source(reference, lacking, tmp_path / "forced.csv", force=True, **how)
    assert forced["held"] == 6, "also who insists does not get past what must not be blank"


def test_schema_and_template_tell_what_is_asked(model: str) -> None:
    columns = {column["name"]: column for column in actions.models.schema(model, by=LOCAL)["columns"]}
    assert (columns["年齢"]["limits"], columns["年齢"]["strict"], columns["収入"]["blank"]) == ([0, 120], True, False)
    assert actions.predict.rows(model, [row(model)], by=LOCAL)["predictions"][0]["warnings"] == []
    data, _ = actions.predict.template(model, by=LOCAL, lang="ja")
    assert data


def test_a_models_contract_is_its_own_document_and_an_older_one_has_one_too(model: str) -> None:
    found = actions.contract.of_model(model, by=LOCAL)
    assert next(one for one in found.clauses if one.name == "年齢").bounds == Bounds(0, 120, on_break=HOLD)
    assert next(one.limits for one in found.fields()) == (0, 120)
    old = actions.contract.of_model("credit-default", by=LOCAL)
    assert [one.name for one in old.left_out] == ["ID"]
    for form in ("yaml", "pandera", "json"):
        assert actions.contract.written(old, form, by=LOCAL)
    with pytest.raises(DataError, match="no form 'xml'"):
        actions.contract.written(old, "xml", by=LOCAL)
    with pytest.raises(ModelNotFound, match="none-such"):
        actions.contract.of_model("none-such", by=LOCAL)


def test_the_bundle_keeps_the_keys_that_others_read(strict_bundle: Bundle) -> None:
    assert {"roles", "ranges", "excluded", "unknown_at_prediction", "repairs"} <= set(strict_bundle.contract)
    assert strict_bundle.contract["columns"][0]["bounds"]["on_break"] == "hold"


def test_a_document_that_is_none_of_ours_is_said(strict_bundle: Bundle, tmp_path: Path) -> None:
    odd = replace(strict_bundle, contract={**strict_bundle.contract, "columns": [{"name": "年齢"}]})
    with pytest.raises(BundleError, match=r"contract\.json cannot be read"):
        actions.contract.of_bundle(odd)
    with pytest.raises(BundleError, match=r"contract\.json cannot be read"):
        without_rows(odd, tmp_path / "plain", now=datetime(2026, 9, 2, tzinfo=UTC))


def test_a_model_without_rows_keeps_its_contract_without_the_rows_values(strict_bundle: Bundle, tmp_path: Path) -> None:
    without_rows(strict_bundle, tmp_path / "plain", now=datetime(2026, 9, 2, tzinfo=UTC))
    found = bundles.read(tmp_path / "plain")
    document = Contract.from_dict(found.contract)
    assert [(f.limits, f.strict, f.blank) for f in found.signature.fields] == [
        (f.limits, f.strict, f.blank) for f in strict_bundle.signature.fields
    ]
    income = next(one for one in document.clauses if one.name == "収入")
    assert list(income.range or ()) == found.contract["ranges"]["収入"]
    example = {f.name: f.example for f in found.signature.fields}
    assert found.signature.conform(found.signature.from_rows([example])).problems == []


@pytest.mark.slow
def test_what_was_agreed_enters_the_model_that_is_trained(bring: Bring) -> None:
    dataset = bring(300)
    actions.contract.set_bounds(dataset, {"年齢": Bounds(0, 120, on_break=HOLD)}, by=LOCAL)
    run = actions.compare.start({"models": ["lr"], "folds": 3, "name": "契約"}, dataset_id=dataset, by=LOCAL)
    end = time.monotonic() + 120
    while not (job := actions.runs.find(run, by=LOCAL)).is_settled and time.monotonic() < end:
        time.sleep(0.2)
    assert job.state == "finished", job.error
    reference = (job.result or {})["registered"]
    found = actions.contract.of_model(reference, by=LOCAL)
    age = next(one for one in found.clauses if one.name == "年齢")
    assert (age.bounds, age.who) == (Bounds(0, 120, on_break=HOLD), LOCAL.who)
    assert (found.table["name"], found.table["rows"]) == ("顧客.csv", 300)
    with pytest.raises(SignatureError, match="1 row"):
        actions.predict.rows(reference, [row(reference, 年齢=130)], by=LOCAL)
    assert json.loads(actions.contract.written(found, "json", by=LOCAL))["columns"]
