"""A table is repaired as a call asks, and every repaired cell is accounted for."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from workbench import actions
from workbench.actions.sources import Source, open_source
from workbench.errors import ColumnNotFound, DataError
from workbench.principal import LOCAL


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A table in which one column is dressed up and another has an odd value."""
    amounts = [f"¥{1000 + 37 * n:,}" for n in range(40)]
    pl.DataFrame({"金額": amounts, "人数": ["?" if n % 9 == 0 else str(n) for n in range(40)]}).write_csv(tmp_path / "a.csv")
    return open_source(str(tmp_path / "a.csv"))


def test_nothing_asked_nothing_done(source: Source) -> None:
    ready = actions.prepare.prepared(source, "none", by=LOCAL)
    assert ready.source is source
    assert not ready.repairs
    assert ready.made == ()


def test_all_is_what_is_recommended_with_a_line_for_each_rule(source: Source) -> None:
    ready = actions.prepare.prepared(source, "all", by=LOCAL)
    frame = ready.source.reading.frame
    assert frame["金額"].to_list() == [1000 + 37 * n for n in range(40)]
    assert frame["人数"].null_count() == 5
    assert {(step.column, step.rule) for step in ready.repairs.steps} >= {("金額", "thousands"), ("人数", "missing")}
    assert "金額" in ready.made[0].say("ja")
    assert "40" in ready.made[0].say("ja")
    assert source.reading.frame["金額"][0] == "¥1,000"


def test_what_a_type_cost_is_said(source: Source, tmp_path: Path) -> None:
    steps = tmp_path / "steps.json"
    steps.write_text(json.dumps([{"column": "人数", "rule": "type", "options": {"kind": "number"}}]), encoding="utf-8")
    ready = actions.prepare.prepared(source, str(steps), by=LOCAL)
    said = [text.say("en") for text in ready.made]
    assert any("5 cells" in line and "?" in line and "blank" in line for line in said)


def test_leading_zeros_that_a_number_loses_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("番号,x\n" + "".join(f"{n:04d},{n}\n" for n in range(30)), encoding="utf-8")
    steps = tmp_path / "steps.json"
    steps.write_text(json.dumps([{"column": "番号", "rule": "type", "options": {"kind": "number"}}]), encoding="utf-8")
    ready = actions.prepare.prepared(open_source(str(tmp_path / "a.csv")), str(steps), by=LOCAL)
    assert [text.say("en") for text in ready.made] == [
        "番号: 30 cells lost zeros in front or digits at the end, such as 0000, 0001, 0002"
    ]


def test_what_is_proposed_can_be_given_back_as_steps(source: Source, tmp_path: Path) -> None:
    proposed = actions.prepare.proposed(source, "ja", by=LOCAL)
    steps = tmp_path / "steps.json"
    steps.write_text(json.dumps([line["step"] for line in proposed if line["recommended"]]), encoding="utf-8")
    given = actions.prepare.prepared(source, str(steps), by=LOCAL)
    assert given.repairs == actions.prepare.prepared(source, "all", by=LOCAL).repairs
    assert all(line["cells"] > 0 and line["examples"] and line["why"] for line in proposed)


def test_other_rows_are_repaired_alike_as_far_as_they_have_the_columns(source: Source, tmp_path: Path) -> None:
    repairs = actions.prepare.prepared(source, "all", by=LOCAL).repairs
    (tmp_path / "new.csv").write_text('金額,other\n"¥9,999",1\n', encoding="utf-8")
    again = actions.prepare.again(open_source(str(tmp_path / "new.csv")), repairs, by=LOCAL)
    assert again.reading.frame.to_dicts() == [{"金額": 9999, "other": 1}]


def test_wrong_columns_are_named_all_at_once_with_the_closest(source: Source, tmp_path: Path) -> None:
    steps = [{"column": name, "rule": "thousands"} for name in ("金学", "人数", "人類")]
    (tmp_path / "steps.json").write_text(json.dumps(steps), encoding="utf-8")
    with pytest.raises(ColumnNotFound, match=r"金学.*人類"):
        actions.prepare.prepared(source, str(tmp_path / "steps.json"), by=LOCAL)


@pytest.mark.parametrize("content", ["", "[", "{}", "[[]]", '["x"]', "[1]", '[{"column": "金額"}]', "[" * 100_000])
def test_what_is_no_list_of_steps_is_refused(content: str, source: Source, tmp_path: Path) -> None:
    (tmp_path / "steps.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"steps\.json"):
        actions.prepare.prepared(source, str(tmp_path / "steps.json"), by=LOCAL)


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"rule": "type", "options": {"kind": "colour"}}, r"'type' of the column '金額' .*colour.*number, boolean, date"),
        ({"rule": "date", "options": {"form": "nope"}}, r"'date' .*nope.*era"),
        ({"rule": "missing", "options": {"values": "x"}}, r"'missing' .*such as .*values"),
        ({"rule": "unit"}, r"'unit' .*such as .*unit"),
        ({"rule": "spaces", "options": {"both": True}}, r"'spaces' .*both.*takes none"),
    ],
)
def test_options_that_a_rule_does_not_take_are_named(
    step: dict[str, object], says: str, source: Source, tmp_path: Path
) -> None:
    (tmp_path / "steps.json").write_text(json.dumps([{"column": "金額"} | step]), encoding="utf-8")
    with pytest.raises(DataError, match=says):
        actions.prepare.prepared(source, str(tmp_path / "steps.json"), by=LOCAL)


def test_one_wrong_column_is_named_with_those_there_are(source: Source, tmp_path: Path) -> None:
    (tmp_path / "steps.json").write_text(json.dumps([{"column": "価格", "rule": "spaces"}]), encoding="utf-8")
    with pytest.raises(ColumnNotFound, match=r"'価格' is not in the table\. There are: "):
        actions.prepare.prepared(source, str(tmp_path / "steps.json"), by=LOCAL)


def test_a_blank_word_is_no_file(source: Source) -> None:
    with pytest.raises(DataError, match="no file ''"):
        actions.prepare.prepared(source, "", by=LOCAL)
