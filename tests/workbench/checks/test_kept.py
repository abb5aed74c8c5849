"""Reports that are kept come back exactly as they were, and what is none of ours or of another formula does not come back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import checks
from workbench.checks import CheckReport, Finding, NotApplicable, kept
from workbench.checks.catalogue import CHECKS
from workbench.checks.check import Failed
from workbench.data import Roles
from workbench.words import Text

NAMES = st.text(max_size=12) | st.sampled_from(["!tuple", "!pairs", "!", "key", "values", "version", "売上\u2028"])
MOMENTS = st.datetimes().map(lambda moment: moment.replace(fold=0))
CELLS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NAMES | st.dates() | MOMENTS
VALUES = st.recursive(
    CELLS | st.builds(Text, st.sampled_from(["check.sampled", "task.binary"])),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
WORDS = st.sampled_from(["rows", "column", "columns", "count"])
TEXTS = st.builds(lambda key, values: Text(key, **values), st.sampled_from(["check.sampled"]), st.dictionaries(WORDS, VALUES))
COLUMNS = st.lists(NAMES, max_size=3).map(tuple)
ROWS = st.lists(st.dictionaries(NAMES, CELLS, max_size=3), max_size=3).map(tuple)
PLAIN = st.dictionaries(NAMES, VALUES, max_size=3)
CHECK = st.sampled_from(CHECKS)
FINDINGS = st.builds(
    Finding,
    code=CHECK.map(lambda check: check.code),
    severity=st.sampled_from(["error", "warning", "info"]),
    columns=COLUMNS,
    title=TEXTS,
    evidence=TEXTS,
    action=TEXTS,
    exclude=COLUMNS,
    facts=PLAIN,
    examples=ROWS,
    chart=st.none() | PLAIN,
)
REASONS = st.lists(st.tuples(CHECK, TEXTS), max_size=2).map(tuple)
SOME = st.lists(CHECK, max_size=3).map(tuple)
REPORTS = st.builds(
    CheckReport,
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    not_applicable=REASONS,
    passed=SOME,
    skipped=SOME,
    advice=PLAIN,
    failed=REASONS,
    day=st.none() | st.dates(),
    arrival=st.none() | PLAIN,
)


@given(REPORTS)
def test_a_report_comes_back_as_it_was(report: CheckReport) -> None:
    again = kept.from_json(kept.to_json(report))

    assert again == report
    assert repr(again) == repr(report)
    assert kept.to_json(again) == kept.to_json(report)  # type: ignore[arg-type]


@given(st.lists(FINDINGS, max_size=2) | st.builds(NotApplicable, TEXTS) | st.builds(Failed, TEXTS), PLAIN)
def test_what_one_check_said_comes_back_as_it_was(outcome: Any, advice: dict[str, Any]) -> None:
    assert kept.outcome_from_json(kept.outcome_to_json(outcome, advice)) == (outcome, advice)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_real_report_says_the_same_afterwards(make_table: Callable[..., pl.DataFrame], lang: Any) -> None:
    table = make_table(400).with_columns(結果=pl.col("解約").replace({"はい": "退会", "いいえ": "継続"}))
    roles = Roles(target="解約", sensitive=("都道府県",), unknown_at_prediction=("ランク",), time="登録日")
    report = checks.run(table, target="解約", time="登録日", roles=roles, new=table.head(40))

    again = kept.from_json(kept.to_json(report))

    assert again == report
    assert again.to_dict(lang) == report.to_dict(lang)  # type: ignore[union-attr]


def test_numbers_of_every_kind_are_kept() -> None:
    facts = {"a": np.float64(0.5), "b": np.int32(3), "c": float("inf"), "d": np.bool_(True), "e": [np.float32(0.25)]}
    found = Finding("WB101", "info", (), Text("task.binary"), Text("task.binary"), Text("task.binary"), facts=facts)

    again = kept.outcome_from_json(kept.outcome_to_json([found], None))

    assert again is not None
    assert again[0][0].facts == {"a": 0.5, "b": 3, "c": float("inf"), "d": True, "e": [0.25]}  # type: ignore[index]


def test_days_and_moments_stay_apart() -> None:
    facts = {"day": date(2024, 2, 29), "moment": datetime(2024, 2, 29, 1, 2, 3)}
    found = Finding("WB101", "info", (), Text("task.binary"), Text("task.binary"), Text("task.binary"), facts=facts)

    again = kept.outcome_from_json(kept.outcome_to_json([found], None))

    assert again is not None
    assert again[0][0].facts == facts  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"version": 1}',
        b'{"version": 1, "report": {"!report": {}}}',
        b'{"version": 1, "report": {"!nothing": 1}}',
        b'{"version": 1, "report": {"!check": "WB999"}}',
        b'{"version": 1, "report": {"!text": ["task.binary", []]}}',
        b'{"version": 1, "report": 7}',
    ],
)
def test_what_is_none_of_ours_is_no_report(data: bytes) -> None:
    assert kept.from_json(data) is None
    assert kept.outcome_from_json(data.decode(errors="replace")) is None


def test_another_formula_made_another_report(monkeypatch: pytest.MonkeyPatch) -> None:
    report = checks.run(pl.DataFrame({"a": range(100), "y": [0, 1] * 50}), target="y", fast=True)
    data, said = kept.to_json(report), kept.outcome_to_json([], None)
    monkeypatch.setattr(kept, "VERSION", kept.VERSION + 1)

    assert kept.from_json(data) is None
    assert kept.outcome_from_json(said) is None


def test_what_has_no_plain_form_is_our_mistake() -> None:
    found = Finding("WB101", "info", (), Text("task.binary"), Text("task.binary"), Text("task.binary"), facts={"a": object()})

    with pytest.raises(TypeError, match="object has no plain form"):
        kept.outcome_to_json([found], None)


def test_what_is_kept_is_of_no_language() -> None:
    report = checks.run(pl.DataFrame({"a": [1] * 100, "y": [0, 1] * 50}), target="y", fast=True)

    assert json.loads(kept.to_json(report))["report"]["!report"]["findings"]
    assert b"Constant column" not in kept.to_json(report)
