"""Decisions about findings: kept with the reason, put into the roles, handed to the plan, taken back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from workbench import actions
from workbench.actions import held, winner
from workbench.data import Repair, Roles
from workbench.errors import AccessDenied, CheckError, ColumnNotFound, DataError, DatasetNotFound, ExperimentError
from workbench.principal import LOCAL, Principal

Bring = Callable[..., str]
PART = {"part": "before", "separator": "_"}


def roles(dataset_id: str) -> Roles:
    """The roles as they are stored."""
    return actions.datasets.record(dataset_id, by=LOCAL).roles


def mice(each: int = 12, count: int = 20) -> bytes:
    """Repeated measurements of mice, in the order of days; a mouse has one outcome."""
    random = np.random.default_rng(0)
    mouse = np.repeat(np.arange(count), each)
    nature = random.normal(0, 1, (count, 3))
    rows = np.arange(count * each)
    frame = pl.DataFrame(
        {
            "MouseID": [f"m{m}_{i}" for m, i in zip(mouse, rows % each, strict=True)],
            "day": pl.Series(np.datetime64("2025-01-01") + rows.astype("timedelta64[D]")).cast(pl.Date),
            **{f"p{j}": nature[mouse, j] + random.normal(0, 0.1, len(mouse)) for j in range(3)},
            "leak": (mouse % 2) + random.normal(0, 0.001, len(mouse)),
            "outcome": np.where(mouse % 2 == 0, "yes", "no"),
        }
    )
    return frame.write_csv().encode()


@pytest.fixture
def cage() -> str:
    """The mice as a dataset whose target is chosen."""
    data = mice()
    upload = actions.uploads.create(by=LOCAL, size=len(data), name="mice.csv")
    actions.uploads.append(upload, by=LOCAL, at=0, data=data)
    dataset_id = actions.datasets.from_upload(upload, by=LOCAL)
    actions.datasets.set_roles(dataset_id, Roles(target="outcome", event="yes"), by=LOCAL)
    return dataset_id


ADVICE: dict[str, Any] = {
    "folds": "grouped",
    "group": "MouseID",
    "group_part": {"column": "MouseID", **PART},
    "time": None,
    "exclude": ["leak"],
    "codes": {"leak": ["WB301"]},
    "reasons": [],
}


def test_an_accepted_finding_is_kept_with_its_reason(bring: Bring) -> None:
    dataset_id = bring()
    actions.decisions.accept(dataset_id, "WB301", ["年齢", "収入"], "  契約時に\n分かる ", by=LOCAL)
    found = actions.decisions.accepted(dataset_id, by=LOCAL)
    one = found["WB301", ("収入", "年齢")]
    assert (one.reason, one.who, one.columns) == ("契約時に 分かる", LOCAL.who, ("年齢", "収入"))
    assert "年齢" in actions.datasets.record(dataset_id, by=LOCAL).features
    actions.decisions.accept(dataset_id, "WB301", ["収入", "年齢"], "契約時に 分かる", by=LOCAL)
    assert len(actions.decisions.of(dataset_id, by=LOCAL)) == 1, "said twice is said once"


@pytest.mark.parametrize("reason", ["", "  ", "ok", "12345", "。。。"])
def test_a_reason_says_something(bring: Bring, reason: str) -> None:
    dataset_id = bring()
    with pytest.raises(CheckError, match="in a few words"):
        actions.decisions.accept(dataset_id, "WB301", ["年齢"], reason, by=LOCAL)
    assert not actions.decisions.of(dataset_id, by=LOCAL)


def test_what_cannot_be_decided_is_one_clear_sentence(bring: Bring) -> None:
    dataset_id = bring()
    with pytest.raises(ColumnNotFound, match="Closest names: 年齢"):
        actions.decisions.exclude(dataset_id, ["年"], code="WB301", by=LOCAL)
    with pytest.raises(CheckError, match="'解約' is the table's Target"):
        actions.decisions.exclude(dataset_id, ["解約"], code="WB301", by=LOCAL)
    with pytest.raises(CheckError, match="'解約' is the table's Target and cannot be its group"):
        actions.decisions.use_group(dataset_id, "解約", None, code="WB401", by=LOCAL)
    with pytest.raises(CheckError, match="cannot be its time"):
        actions.decisions.use_time(dataset_id, "解約", code="WB402", by=LOCAL)
    with pytest.raises(CheckError, match="No column was named"):
        actions.decisions.exclude(dataset_id, [], code="WB301", by=LOCAL)
    with pytest.raises(CheckError, match="'nonsense' is not the code"):
        actions.decisions.exclude(dataset_id, ["年齢"], code="nonsense", by=LOCAL)
    with pytest.raises(DataError, match=r"No value of '顧客番号' holds the separator “#”.*C00-000000"):
        actions.decisions.use_group(dataset_id, "顧客番号", {"part": "before", "separator": "#"}, code="WB401", by=LOCAL)
    assert not actions.decisions.of(dataset_id, by=LOCAL)
    assert roles(dataset_id) == Roles(target="解約", exclude=("顧客番号",))


def test_left_out_columns_come_back_when_that_is_taken_back(bring: Bring) -> None:
    dataset_id = bring()
    before = roles(dataset_id)
    actions.decisions.exclude(dataset_id, ["年齢", "顧客番号"], code="WB301", reason="解約後に更新", by=LOCAL)
    actions.decisions.exclude(dataset_id, ["年齢", "顧客番号"], code="WB301", by=LOCAL)
    assert roles(dataset_id).exclude == ("顧客番号", "年齢")
    assert len(actions.decisions.of(dataset_id, by=LOCAL)) == 1
    actions.decisions.withdraw(dataset_id, "WB301", ["顧客番号", "年齢"], by=LOCAL)
    assert roles(dataset_id) == before, "what was left out by hand stays out"
    assert not actions.decisions.of(dataset_id, by=LOCAL)


def test_when_a_column_is_known_can_be_said_and_taken_back(bring: Bring) -> None:
    dataset_id = bring()
    actions.decisions.known_later(dataset_id, ["収入"], code="WB301", by=LOCAL)
    assert roles(dataset_id).unknown_at_prediction == ("収入",)
    actions.decisions.known_in_time(dataset_id, ["収入"], code="WB301", reason="申込書にある", by=LOCAL)
    assert (roles(dataset_id).known_at_prediction, roles(dataset_id).unknown_at_prediction) == (("収入",), ())
    actions.decisions.withdraw(dataset_id, "WB301", ["収入"], by=LOCAL)
    assert (roles(dataset_id).known_at_prediction, roles(dataset_id).unknown_at_prediction) == ((), ())


def test_a_group_of_a_compound_key_reaches_the_plan(cage: str) -> None:
    actions.decisions.use_group(cage, "MouseID", PART, code="WB401", by=LOCAL)
    plan = actions.compare.defaults(cage, by=LOCAL)
    assert (plan.group, plan.group_part) == ("MouseID", PART)
    actions.decisions.use_time(cage, "day", code="WB402", by=LOCAL)
    plan = actions.compare.defaults(cage, by=LOCAL)
    assert (plan.group, plan.group_part, plan.time) == ("MouseID", PART, "day")
    assert str(actions.plan_said.of(cage, plan, by=LOCAL).split) == (
        "By time and by group. The models learn from earlier rows and are tested on later ones, in the order of 'day', "
        "and rows with the same part of 'MouseID' before the last “_” stay on one side."
    )
    actions.decisions.withdraw(cage, "WB402", ["day"], by=LOCAL)
    assert roles(cage).time is None


def test_the_part_of_one_group_is_not_taken_for_another(cage: str) -> None:
    actions.decisions.use_group(cage, "MouseID", PART, code="WB401", by=LOCAL)
    dataset = actions.datasets.get(cage, by=LOCAL)
    assert actions.compare.checked(dataset, {"group": "day"}).group_part is None
    assert actions.compare.checked(dataset, {"group": "MouseID"}).group_part == PART
    with pytest.raises(ExperimentError, match="holds the separator “#”"):
        actions.compare.checked(dataset, {"group_part": {"part": "after", "separator": "#"}})


def test_adopting_an_advice_hands_split_and_exclusions_to_the_plan_at_once(cage: str) -> None:
    change = actions.decisions.advised(cage, ADVICE, by=LOCAL)
    assert [str(line) for line in change.lines] == [
        "Rows with the same part of 'MouseID' before the last “_” stay on one side of every split.",
        "Not learned from any more: leak.",
    ]
    assert not actions.decisions.of(cage, by=LOCAL), "asking changes nothing"
    actions.decisions.adopt(cage, ADVICE, by=LOCAL)
    plan = actions.compare.defaults(cage, by=LOCAL)
    assert (plan.group, plan.group_part, plan.ignore) == ("MouseID", PART, ("leak",))
    assert {(one.action, one.key) for one in actions.decisions.of(cage, by=LOCAL)} == {
        ("exclude", ("WB301", ("leak",))),
        ("split", ("WB401", ("MouseID",))),
    }
    assert actions.decisions.adopt(cage, ADVICE, by=LOCAL).is_empty
    assert len(actions.decisions.of(cage, by=LOCAL)) == 2
    reasons = [str(one.text) for one in actions.plan_said.of(cage, plan, by=LOCAL).left_out]
    assert reasons == [
        f"leak: The column is marked as not to be used. Decided by {LOCAL.who} because of WB301.",
        "MouseID: Says which rows belong together; it is not learned from.",
    ]


def test_the_advice_of_the_checks_can_be_adopted_as_it_is(cage: str) -> None:
    report = actions.checks.run(cage, by=LOCAL)
    actions.decisions.adopt(cage, report.advice, by=LOCAL)
    assert actions.decisions.advised(cage, actions.checks.run(cage, by=LOCAL).advice, by=LOCAL).is_empty
    plan = actions.compare.defaults(cage, by=LOCAL)
    assert (plan.group, plan.time) == (report.advice["group"], report.advice["time"])
    assert set(report.advice["exclude"]) <= set(plan.ignore)


def test_every_decision_leaves_an_audit_line_without_rows(cage: str) -> None:
    actions.decisions.adopt(cage, ADVICE, by=LOCAL)
    lines = [json.loads(held.store().get(stat.name)) for stat in held.store().list("audit/")]
    made = [line for line in lines if line["verb"] == "decision_made"]
    assert [(line["action"], line["code"], line["columns"]) for line in made] == [
        ("exclude", "WB301", ["leak"]),
        ("split", "WB401", ["MouseID"]),
    ]


def test_nobody_else_decides_about_my_table(bring: Bring, stranger: Principal, viewer: Principal) -> None:
    dataset_id = bring()
    with pytest.raises(DatasetNotFound, match="There is no dataset"):
        actions.decisions.accept(dataset_id, "WB301", ["年齢"], "なぜなら", by=stranger)
    with pytest.raises(DatasetNotFound, match="There is no dataset"):
        actions.decisions.of(dataset_id, by=stranger)
    actions.datasets.share(dataset_id, by=LOCAL, shared=True)
    assert actions.decisions.of(dataset_id, by=stranger) == ()
    for attempt in (
        lambda by: actions.decisions.accept(dataset_id, "WB301", ["年齢"], "なぜなら", by=by),
        lambda by: actions.decisions.exclude(dataset_id, ["年齢"], code="WB301", by=by),
        lambda by: actions.decisions.known_later(dataset_id, ["年齢"], code="WB301", by=by),
        lambda by: actions.decisions.known_in_time(dataset_id, ["年齢"], code="WB301", reason="なぜなら", by=by),
        lambda by: actions.decisions.use_group(dataset_id, "顧客番号", None, code="WB401", by=by),
        lambda by: actions.decisions.use_time(dataset_id, "登録日", code="WB402", by=by),
        lambda by: actions.decisions.adopt(dataset_id, ADVICE | {"group": None, "exclude": ["年齢"]}, by=by),
        lambda by: actions.decisions.withdraw(dataset_id, "WB301", ["年齢"], by=by),
    ):
        with pytest.raises(AccessDenied, match="only its owner can change it"):
            attempt(stranger)
        with pytest.raises(AccessDenied, match="analyst"):
            attempt(viewer)
    assert actions.decisions.of(dataset_id, by=viewer) == ()


def test_nothing_is_decided_in_a_demonstration(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset_id = bring()
    sample = actions.datasets.UNKEPT + actions.datasets.samples(by=LOCAL)[0].name
    assert actions.decisions.of(sample, by=LOCAL) == ()
    with pytest.raises(AccessDenied, match="read-only demonstration"):
        actions.decisions.accept(sample, "WB301", [], "なぜなら", by=LOCAL)
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    held.clear()
    with pytest.raises(AccessDenied, match="read-only demonstration"):
        actions.decisions.accept(dataset_id, "WB301", ["年齢"], "なぜなら", by=LOCAL)


def test_two_tabs_that_decide_at_once_both_are_heard(bring: Bring) -> None:
    dataset_id = bring()

    def one(column: str) -> threading.Thread:
        said = {"code": "WB301", "columns": [column], "reason": "なぜなら", "by": LOCAL}
        return threading.Thread(target=actions.decisions.accept, args=(dataset_id,), kwargs=said)

    tabs = [one(column) for column in ("年齢", "収入", "職業", "会員")]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert len(actions.decisions.accepted(dataset_id, by=LOCAL)) == 4


def test_the_next_version_of_a_table_keeps_what_was_decided(bring: Bring) -> None:
    dataset_id = bring()
    actions.decisions.accept(dataset_id, "WB301", ["年齢"], "なぜなら", by=LOCAL)
    newer = actions.datasets.revise(dataset_id, by=LOCAL, repairs=[Repair("年齢", "type", {"kind": "text"})])
    assert newer != dataset_id
    assert ("WB301", ("年齢",)) in actions.decisions.accepted(newer, by=LOCAL)


def test_decisions_go_with_the_dataset(bring: Bring) -> None:
    dataset_id = bring()
    actions.decisions.accept(dataset_id, "WB301", ["年齢"], "なぜなら", by=LOCAL)
    actions.datasets.delete(dataset_id, by=LOCAL)
    assert not list(held.store().list(f"datasets/{dataset_id}/"))


@pytest.mark.slow
@pytest.mark.parametrize("time", [None, "day"])
def test_the_split_holds_in_a_real_comparison_and_stays_in_the_bundle(cage: str, time: str | None) -> None:
    from workbench.bundle import read
    from workbench.evaluation.entities import entities
    from workbench.experiment.engine import Comparer
    from workbench.experiment.engine.caret import quiet
    from workbench.experiment.table import table_of

    actions.decisions.use_group(cage, "MouseID", PART, code="WB401", by=LOCAL)
    actions.decisions.exclude(cage, ["leak"], code="WB301", by=LOCAL)
    if time:
        actions.decisions.use_time(cage, time, code="WB402", by=LOCAL)
    dataset = actions.datasets.get(cage, by=LOCAL)
    plan = actions.compare.checked(dataset, {"models": ["dt"], "folds": 3})
    with quiet():
        splits = Comparer(table_of(dataset.frame, plan), plan, lambda kind, **fields: None, 0.0).splits
    mouse = entities(dataset.frame["MouseID"], PART).to_numpy()
    moments = dataset.frame["day"].to_numpy()
    for train, test in [(splits.train, splits.test), *splits.folds]:
        assert len(train)
        assert len(test)
        assert not set(mouse[train]) & set(mouse[test])
        if time:
            assert moments[train].max() < moments[test].min()
    compared = actions.compare.run(dataset.frame, plan, emit=lambda kind, **fields: None)
    record = winner.keep(
        compared, dataset.frame, fingerprint=dataset.fingerprint, roles=dataset.roles, repairs=dataset.repairs, by=LOCAL
    )
    assert record is not None
    assert not {"leak", "MouseID", time} & set(compared.features)
    origin = read(held.registry().folder(record)).manifest.plan
    assert (origin["group"], origin["group_part"], origin["time"]) == ("MouseID", PART, time)


def test_the_quick_refits_split_as_the_roles_say(cage: str) -> None:
    from workbench.actions import refits

    actions.decisions.use_group(cage, "MouseID", PART, code="WB401", by=LOCAL)
    dataset = actions.datasets.get(cage, by=LOCAL)
    plan, _ = refits.plan_of(dataset.frame, dataset.roles, actions.checks.run(cage, by=LOCAL))
    assert (plan.group, plan.group_part) == ("MouseID", PART)


def test_a_declared_part_of_a_key_is_described_by_its_groups(cage: str) -> None:
    actions.decisions.use_group(cage, "MouseID", PART, code="WB401", by=LOCAL)
    found = next(one for one in actions.checks.run(cage, by=LOCAL).findings if one.code == "WB401")
    assert found.severity == "info"
    assert "20" in str(found.evidence)
    assert found.facts["group_part"] == {"column": "MouseID", **PART}


def test_the_advice_that_is_shown_leaves_an_accepted_column_in(cage: str) -> None:
    report = actions.checks.run(cage, by=LOCAL)
    accused = next(one for one in report.findings if "leak" in one.exclude)

    actions.decisions.accept(cage, accused.code, accused.columns, "known at entry", by=LOCAL)

    told = [str(text) for text in actions.check_report.advised(report, cage, by=LOCAL)]
    assert not any(text.startswith("Leave out") and "leak" in text for text in told)
    assert told[-1] == "Still learned from, because a finding about it was accepted: leak."
    assert "Still learned from" in actions.check_report.page(cage, by=LOCAL, lang="en")
