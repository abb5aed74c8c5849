"""The data contract: bounds of columns are obeyed by rows, and the document is read back by people and by pandera."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data import Roles, Signature, bounds, contract_files
from workbench.data.bounds import Bounds, applied, written
from workbench.data.contract import Contract, goal
from workbench.data.decisions import Decision
from workbench.data.fields import Field
from workbench.errors import DataError, StoreError
from workbench.predict.single import SingleRow
from workbench.store import ObjectStore, put_json

Make = Callable[..., pl.DataFrame]
FEATURES = ["年齢", "収入", "職業", "都道府県", "登録日", "会員", "コード"]
NOW = datetime(2026, 9, 1, 10, 15, tzinfo=UTC)
STRICT = {
    "年齢": Bounds(0, 120, on_break="hold"),
    "収入": Bounds(0, None, blank=False, on_break="hold"),
    "職業": Bounds(on_break="hold"),
    "都道府県": Bounds(on_break="hold"),
    "登録日": Bounds("2019-01-01", "2030-12-31", on_break="hold"),
    "会員": Bounds(blank=False, on_break="hold"),
    "コード": Bounds(blank=False, on_break="hold"),
}


@pytest.fixture
def frame(make_table: Make) -> pl.DataFrame:
    """A table with a column of codes with leading zeros."""
    return make_table(200).with_columns(pl.Series("コード", [f"{i % 7:03d}" for i in range(200)]))


def contract_of(frame: pl.DataFrame, asked: dict[str, Bounds] | None = None, **more: Any) -> Contract:
    """The contract of a table that predicts 解約."""
    roles = Roles(target="解約", event="はい", ids=("顧客番号",), unknown_at_prediction=("売上",), unit={"年齢": "歳"})
    return Contract.of(
        Signature.of(frame, FEATURES).fields,
        columns=frame.columns,
        roles=more.pop("roles", roles),
        bounds=asked or {},
        table={"name": "顧客", "rows": frame.height, "fingerprint": "f"},
        target=goal(frame["解約"], "はい"),
        **more,
    )


def bounded(frame: pl.DataFrame, asked: dict[str, Bounds]) -> Signature:
    """A signature that obeys bounds."""
    return Signature(tuple(applied(field, asked.get(field.name)) for field in Signature.of(frame, FEATURES).fields))


def codes(signature: Signature, frame: pl.DataFrame) -> tuple[list[tuple[int | None, str, str]], list[tuple[Any, str, str]]]:
    """What is wrong and what is doubtful, as (row, field, code)."""
    found = signature.conform(frame)
    return tuple([(p.row, p.field, p.code) for p in side] for side in (found.problems, found.warnings))  # type: ignore[return-value]


def test_a_strict_clause_holds_the_row_and_says_why(frame: pl.DataFrame) -> None:
    signature = bounded(frame, STRICT)
    rows = frame.head(4).with_columns(
        年齢=pl.Series([30.0, 121.0, None, 30.0]),
        職業=pl.Series(["学生", "学生", "学生", "無職"]),
        登録日=pl.Series(["2021-04-01", "2018-12-31", "2021-04-01", "2031-01-01"]).str.to_date(),
        会員=pl.Series([True, True, None, True]),
    )
    wrong, _ = codes(signature, rows)
    assert wrong == [
        (1, "年齢", "out_of_bounds"),
        (1, "登録日", "out_of_bounds"),
        (2, "会員", "blank"),
        (3, "職業", "not_allowed"),
        (3, "登録日", "out_of_bounds"),
    ]
    texts = [p.text.say("en") for p in signature.conform(rows).problems]
    assert texts[0] == "121.0 in column '年齢' is outside what the contract allows: 0 to 120."
    assert all(p.text.say("ja") for p in signature.conform(rows).problems)


def test_a_clause_that_only_marks_warns_and_names_the_limit_once(frame: pl.DataFrame) -> None:
    signature = bounded(frame, {"年齢": Bounds(0, 90, blank=False), "職業": Bounds()})
    rows = frame.head(3).with_columns(年齢=pl.Series([95.0, None, 85.0]), 職業=pl.Series(["無職", "学生", "学生"]))
    wrong, doubtful = codes(signature, rows)
    assert wrong == []
    assert doubtful == [
        (0, "年齢", "out_of_bounds"),
        (0, "職業", "unseen_category"),
        (1, "年齢", "blank"),
        (2, "年齢", "out_of_range"),
    ]


def test_a_column_that_must_not_be_blank_must_be_there(frame: pl.DataFrame) -> None:
    assert bounded(frame, {"年齢": Bounds(blank=False, on_break="hold")}).fields[0].required
    wrong, _ = codes(bounded(frame, {"年齢": Bounds(blank=False, on_break="hold")}), frame.head(2).drop("年齢"))
    assert wrong == [(None, "年齢", "missing_column")]
    _, doubtful = codes(bounded(frame, {"年齢": Bounds(blank=False)}), frame.head(2).drop("年齢"))
    assert doubtful == [(0, "年齢", "blank"), (1, "年齢", "blank")]


def test_the_last_day_of_times_is_allowed_to_its_end() -> None:
    seen = pl.Series("時刻", ["2024-01-01 08:00:00.5", "2024-06-01 09:00:00"]).str.to_datetime(time_unit="us")
    signature = Signature(
        (applied(Signature.of(pl.DataFrame(seen), ["時刻"]).fields[0], Bounds(None, "2024-06-30", on_break="hold")),)
    )
    rows = pl.DataFrame({"時刻": ["2024-06-30 23:59:59", "2024-07-01 00:00:00"]})
    wrong, _ = codes(signature, rows)
    assert wrong == [(1, "時刻", "out_of_bounds")]


@pytest.mark.parametrize(
    "asked", [Bounds(200, None, on_break="hold"), Bounds(None, -5), Bounds(blank=False, on_break="hold"), Bounds(0, 120)]
)
def test_a_row_of_the_examples_always_fits(frame: pl.DataFrame, asked: Bounds) -> None:
    signature = bounded(frame, {**STRICT, "年齢": asked, "登録日": Bounds("2031-01-01", None, on_break="hold")})
    row = {field.name: field.example for field in signature.fields}
    assert signature.conform(signature.from_rows([row])).problems == []


NUMBERS = st.none() | st.integers(-5, 200) | st.floats(-10, 200) | st.sampled_from(["3", "abc"])
LABELS = st.none() | st.sampled_from(["会社員", "学生", "無職", "", "北海道 [道央]", "003", "099"])
DATES = st.none() | st.sampled_from(["2018-12-31", "2019-01-01", "2030-12-31", "2031-01-01", "2021/03/01"])
ENDS = st.none() | st.integers(0, 100)


@settings(max_examples=200, deadline=None)
@given(
    row=st.fixed_dictionaries({"年齢": NUMBERS, "職業": LABELS, "登録日": DATES, "会員": st.none() | st.booleans()}),
    low=ENDS,
    high=ENDS,
    blank=st.booleans(),
    strict=st.booleans(),
)
def test_one_row_and_whole_columns_obey_alike(row: dict[str, Any], low: Any, high: Any, *, blank: bool, strict: bool) -> None:
    on_break = "hold" if strict else "warn"
    fields = (
        applied(Field("年齢", "number", False, (18.0, 79.0)), Bounds(low, high, blank, on_break)),
        applied(Field("職業", "category", False, None, ("会社員", "学生")), Bounds(blank=blank, on_break=on_break)),
        applied(
            Field("登録日", "date", False, ("2020-04-01", "2024-04-01")), Bounds("2019-01-01", "2030-12-31", blank, on_break)
        ),
        applied(Field("会員", "boolean", False), Bounds(blank=False, on_break=on_break)),
    )
    signature = Signature(fields)
    long, plain = signature.conform(signature.from_rows([row])), SingleRow(signature).read(row)
    alone = signature.conform(pl.concat([signature.from_rows([row]), signature.from_rows([row])]))
    assert len(alone.problems) == 2 * len(long.problems)
    if plain is None:
        return
    values, doubtful = plain
    assert long.wrong == ()
    assert values == long.frame.row(0, named=True)
    assert [p for f in doubtful for p in f.problems()] == long.warnings


def test_a_field_without_a_contract_is_written_as_before_and_an_old_one_is_read(frame: pl.DataFrame) -> None:
    plain = Signature.of(frame, FEATURES).to_dict()
    assert set(plain["fields"][0]) == {"name", "kind", "required", "range", "categories", "unit", "example"}
    assert Signature.from_dict(plain) == Signature.of(frame, FEATURES)
    strict = bounded(frame, STRICT)
    assert Signature.from_dict(json.loads(json.dumps(strict.to_dict()))) == strict


@pytest.mark.parametrize(
    ("kind", "asked", "said"),
    [
        ("number", Bounds(5, 1), "The smallest value of column 'a', 5, is above the largest, 1."),
        ("date", Bounds("2024-02-01", "2024-01-31"), "is above the largest, 2024-01-31"),
        ("number", Bounds("abc"), "'abc' is not a number"),
        ("number", Bounds(float("nan")), "'nan' is not a number"),
        ("date", Bounds("2024-02-30"), "is not a date such as"),
        ("category", Bounds(1), "holds neither numbers nor dates"),
        ("text", Bounds(on_break="hold"), "nothing is given that a row could break"),
    ],
)
def test_bounds_that_cannot_be_are_said(kind: Any, asked: Bounds, said: str) -> None:
    with pytest.raises(DataError, match=said.replace("(", r"\(")):
        bounds.must_fit({"a": asked}, {"a": kind})


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(DataError, match="2 columns have something wrong") as caught:
        bounds.must_fit({"a": Bounds(5, 1), "b": Bounds("x")}, {"a": "number", "b": "number"})
    assert [field["field"] for field in caught.value.fields] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [("１，０００", "number", 1000.0), (" -3.5 ", "number", -3.5), ("", "number", None), ("2024/4/1", "date", "2024-04-01"),
     ("2024-04-01 9:30", "date", "2024-04-01 9:30"), ("2024-04-01 09:30", "date", "2024-04-01T09:30:00"), ("x", "date", "x")],
)  # fmt: skip
def test_ends_are_read_as_people_write_them(text: str, kind: Any, value: object) -> None:
    assert written(text, kind) == value


def test_bounds_of_two_people_are_both_kept_and_go_into_the_next_version(tmp_store: ObjectStore) -> None:
    assert bounds.change(tmp_store, "A", {"年齢": Bounds(0, 120)}) == {"年齢": Bounds(0, 120)}
    seen: list[str] = []

    def late(known: dict[str, Bounds]) -> dict[str, Bounds]:
        if not seen:
            seen.append("once")
            bounds.change(tmp_store, "A", {"収入": Bounds(0)})
        return {**known, "職業": Bounds(blank=False)}

    bounds.rewrite(tmp_store, "A", late)
    assert set(bounds.load(tmp_store, "A")) == {"年齢", "収入", "職業"}
    bounds.carry(tmp_store, "A", "B", {"年齢": "number", "収入": "category", "職業": "category"})
    assert bounds.load(tmp_store, "B") == {"年齢": Bounds(0, 120), "職業": Bounds(blank=False)}
    bounds.change(tmp_store, "A", {"年齢": Bounds()})
    assert set(bounds.load(tmp_store, "A")) == {"収入", "職業"}


def test_damaged_bounds_are_no_crash(tmp_store: ObjectStore) -> None:
    put_json(tmp_store, bounds.place("A"), ["x"])
    with pytest.raises(StoreError, match="no list of bounds"):
        bounds.load(tmp_store, "A")


def test_nothing_is_left_out_silently_and_decisions_say_who(frame: pl.DataFrame) -> None:
    decided = (
        Decision("role", "WB301", ("売上",), "後から分かる", "ana@example.com", NOW),
        Decision("bounds", "", ("年齢",), "", "ken@example.com", NOW),
        Decision("accept", "WB103", ("コード",), "部門のコード", "ana@example.com", NOW),
    )
    found = contract_of(frame, STRICT, decisions=decided)
    assert {one.name: one.why for one in found.left_out} == {"顧客番号": "id", "売上": "known_later", "ランク": "not_used"}
    later = next(one for one in found.left_out if one.name == "売上")
    assert (later.code, later.reason, later.who) == ("WB301", "後から分かる", "ana@example.com")
    age = next(one for one in found.clauses if one.name == "年齢")
    assert (age.who, age.unit, age.bounds) == ("ken@example.com", "歳", STRICT["年齢"])
    assert found.accepted[0]["reason"] == "部門のコード"
    assert Contract.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_the_yaml_is_readable_and_says_the_same(frame: pl.DataFrame) -> None:
    found = contract_of(frame, STRICT)
    text = contract_files.for_people(found)
    assert "name: 年齢" in text
    assert Contract.from_dict(yaml.safe_load(text)) == found


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), min_size=2, max_size=5, unique=True
    )
)
def test_any_label_survives_the_yaml(names: list[str]) -> None:
    table = pl.DataFrame({"x": names, "y": [i % 2 for i in range(len(names))]})
    found = Contract.of(
        Signature.of(table, ["x"]).fields,
        columns=table.columns,
        roles=Roles(target="y"),
        bounds={},
        table={"name": "t", "rows": table.height, "fingerprint": "f"},
        target=goal(table["y"], None),
    )
    assert Contract.from_dict(yaml.safe_load(contract_files.for_people(found))) == found


def judged(text: str, frame: pd.DataFrame) -> tuple[str, list[str]]:
    """What pandera says of a table: ``passes`` or the columns that fail, and its warnings."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        import pandera.errors
        import pandera.pandas

        schema = pandera.pandas.DataFrameSchema.from_yaml(text)
        try:
            schema.validate(frame, lazy=True)
        except pandera.errors.SchemaErrors as problem:
            failed = problem.failure_cases
            is_missing = failed["check"] == "column_in_dataframe"
            return ",".join(sorted({str(name) for name in failed["column"].mask(is_missing, failed["failure_case"])})), []
    return "passes", [str(one.message) for one in told if one.category.__name__ == "SchemaWarning"]


@pytest.fixture
def pandas_frame(frame: pl.DataFrame) -> pd.DataFrame:
    """The table as pandas has it."""
    return frame.to_pandas()


@pytest.mark.parametrize("asked", [{}, STRICT])
def test_pandera_reads_the_schema_and_passes_the_table_itself(
    frame: pl.DataFrame, pandas_frame: pd.DataFrame, asked: dict[str, Bounds]
) -> None:
    text = contract_files.to_pandera(contract_of(frame, asked))
    assert judged(text, pandas_frame) == ("passes", [])
    assert judged(text, pandas_frame.drop(columns=["解約", "売上"])) == ("passes", [])


@pytest.mark.parametrize(
    ("column", "value"),
    [("年齢", 121), ("年齢", "abc"), ("収入", None), ("職業", "無職"), ("都道府県", "大阪府"), ("登録日", "2018-12-31"),
     ("会員", None), ("コード", "3"), ("コード", None), ("解約", "不明")],
)  # fmt: skip
def test_pandera_fails_a_table_that_breaks_a_strict_clause(
    frame: pl.DataFrame, pandas_frame: pd.DataFrame, column: str, value: object
) -> None:
    asked = {**STRICT, "コード": Bounds(blank=False, on_break="hold")}
    broken = pandas_frame.astype({column: object})
    broken.loc[3, column] = value
    assert judged(contract_files.to_pandera(contract_of(frame, asked)), broken)[0] == column


def test_pandera_only_warns_where_a_row_would_only_be_marked(frame: pl.DataFrame, pandas_frame: pd.DataFrame) -> None:
    pandas_frame.loc[3, "年齢"], pandas_frame.loc[4, "職業"] = 300, "無職"
    verdict, told = judged(contract_files.to_pandera(contract_of(frame, {"年齢": Bounds(0, 120)})), pandas_frame)
    assert verdict == "passes"
    assert any("年齢" in one for one in told)
    assert any("職業" in one for one in told)


def test_pandera_misses_a_column(frame: pl.DataFrame, pandas_frame: pd.DataFrame) -> None:
    assert judged(contract_files.to_pandera(contract_of(frame)), pandas_frame.drop(columns="収入"))[0] == "収入"
