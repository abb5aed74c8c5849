"""What a model expects of a row, and what is said about rows that are otherwise."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from workbench.data import Conformed, Signature, read, read_sample
from workbench.errors import SignatureError

Make = Callable[..., pl.DataFrame]
FEATURES = ["年齢", "収入", "職業", "都道府県", "登録日", "会員", "顧客番号"]


@pytest.fixture
def signature(make_table: Make) -> Signature:
    return Signature.of(make_table(200), FEATURES)


def codes(found: Conformed) -> list[tuple[int | None, str, str]]:
    return [(p.row, p.field, p.code) for p in [*found.problems, *found.warnings]]


def rows_of(signature: Signature, *changes: dict[str, object]) -> Conformed:
    example = {field.name: field.example for field in signature.fields}
    return signature.conform(signature.from_rows([example | change for change in changes]))


def test_a_signature_describes_its_training_frame(signature: Signature, make_table: Make) -> None:
    fields = {field.name: field for field in signature.fields}
    frame = make_table(200)
    assert [field.kind for field in signature.fields] == ["number", "number", "category", "category", "date", "boolean", "text"]
    assert fields["年齢"].range == (frame["年齢"].min(), frame["年齢"].max())
    assert [name for name, field in fields.items() if not field.required] == ["年齢", "職業"]
    labels = fields["職業"].categories
    assert labels is not None
    counts = [frame["職業"].eq(label).sum() for label in labels]
    assert counts == sorted(counts, reverse=True)
    assert fields["職業"].example == labels[0]
    assert fields["登録日"].range == (str(frame["登録日"].min()), str(frame["登録日"].max()))


def test_a_signature_survives_json(signature: Signature) -> None:
    assert Signature.from_dict(json.loads(json.dumps(signature.to_dict()))) == signature


def test_a_row_made_of_the_examples_fits(signature: Signature) -> None:
    found = rows_of(signature, {})
    assert codes(found) == []
    assert found.frame.columns == FEATURES
    assert [str(d.base_type()) for d in found.frame.dtypes] == [
        "Float64",
        "Float64",
        "String",
        "String",
        "Date",
        "Boolean",
        "String",
    ]


values = {
    "数": st.integers(-(2**53), 2**53) | st.none(),
    "値": st.floats() | st.none(),
    "群": st.sampled_from(["a", "b,c", "東", " ", "NA"]) | st.none(),
    "文": st.text(max_size=3) | st.none(),
    "真": st.booleans() | st.none(),
    "日": st.dates() | st.none(),
    "時": st.datetimes() | st.none(),
}
SCHEMA = {
    "数": pl.Int64,
    "値": pl.Float64,
    "群": pl.String,
    "文": pl.String,
    "真": pl.Boolean,
    "日": pl.Date,
    "時": pl.Datetime("us"),
}


@settings(deadline=None)
@given(st.lists(st.tuples(*values.values()), min_size=1, max_size=60))
def test_a_signature_accepts_its_own_training_frame(rows: list[tuple[object, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    frame = frame.with_columns(pl.when(pl.col("値").is_finite()).then("値"), pl.when(pl.col("文") != "").then("文"))
    found = Signature.of(frame, frame.columns).conform(frame)
    assert found.problems == []
    assert {p.code for p in found.warnings} <= {"many_missing"}
    assert_frame_equal(
        found.frame, frame.with_columns(pl.col("数").cast(pl.Float64)).select(found.frame.columns), check_dtypes=False
    )


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(*values.values()), min_size=1, max_size=8))
def test_json_rows_conform_as_their_frame_does(rows: list[tuple[object, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_columns(pl.when(pl.col("値").is_finite()).then("値"))
    signature = Signature.of(frame, frame.columns)
    sent = json.loads(json.dumps(frame.to_dicts(), default=str))
    found = signature.conform(signature.from_rows(sent))
    assert found.problems == []
    assert_frame_equal(found.frame, signature.conform(frame).frame)


@pytest.mark.parametrize("sample", ["credit", "advertising", "spam"])
def test_a_sample_fits_its_own_signature(sample: str) -> None:
    frame = read_sample(sample).frame
    found = Signature.of(frame, frame.columns).conform(frame)
    assert not found.wrong
    assert {finding.code for finding in found.doubtful} <= {"many_missing"}


@pytest.mark.parametrize("cell", ["abc", "inf", "NaN", "nan", "1,234", True, [1], float("inf"), float("nan"), "1e999"])
def test_a_cell_that_is_no_number_is_a_problem_of_its_row(signature: Signature, cell: object) -> None:
    found = rows_of(signature, {}, {"収入": cell})
    assert codes(found) == [(1, "収入", "not_a_number")]
    assert found.frame["収入"][1] is None
    assert found.frame["収入"][0] is not None


@pytest.mark.parametrize(
    ("cell", "number"), [("500.5", 500.5), (" 500 ", 500.0), (500, 500.0), (None, None), ("", None), ("NA", None)]
)
def test_a_number_may_be_text_or_blank(signature: Signature, cell: object, number: float | None) -> None:
    found = rows_of(signature, {}, {"収入": cell})
    assert codes(found) == []
    assert found.frame["収入"][1] == number


@pytest.mark.parametrize(
    ("cell", "value"), [("TRUE", True), ("false", False), (1, True), (0.0, False), ("1", True), (None, None)]
)
def test_a_boolean_may_be_text_or_a_number(signature: Signature, cell: object, value: bool | None) -> None:
    found = rows_of(signature, {"会員": cell})
    assert codes(found) == []
    assert found.frame["会員"][0] is value


@pytest.mark.parametrize("cell", ["はい", 2, "yes", -1.5])
def test_what_is_neither_true_nor_false_is_a_problem(signature: Signature, cell: object) -> None:
    assert codes(rows_of(signature, {"会員": cell})) == [(0, "会員", "not_a_boolean")]


@pytest.mark.parametrize("cell", ["2021/3/4", "2021-03-04", "2021-03-04T23:59:00", " 2021-03-04 "])
def test_a_date_may_be_written_in_several_ways(signature: Signature, cell: str) -> None:
    found = rows_of(signature, {"登録日": cell})
    assert codes(found) == []
    assert found.frame["登録日"][0] == dt.date(2021, 3, 4)


@pytest.mark.parametrize("cell", ["昨日", "2021-02-30", 20210304, True])
def test_what_is_no_date_is_a_problem(signature: Signature, cell: object) -> None:
    assert codes(rows_of(signature, {"登録日": cell})) == [(0, "登録日", "not_a_date")]


def test_values_that_training_did_not_have_are_warnings_with_the_figures(signature: Signature) -> None:
    found = rows_of(signature, {"年齢": 150, "職業": "宇宙飛行士", "登録日": "1999-01-01", "顧客番号": "new"})
    assert codes(found) == [(0, "年齢", "out_of_range"), (0, "職業", "unseen_category"), (0, "登録日", "out_of_range")]
    said = [warning.text.say("ja") for warning in found.warnings]
    assert "150" in said[0]
    assert "79" in said[0]
    assert "宇宙飛行士" in said[1]


def test_a_mostly_blank_row_is_a_warning(signature: Signature) -> None:
    found = rows_of(signature, {}, dict.fromkeys(FEATURES[:4]))
    assert codes(found) == [(1, "", "many_missing")]
    assert found.warnings[0].text.say("en") == "4 of 7 values are blank."


def test_missing_and_further_columns_are_named(signature: Signature, make_table: Make) -> None:
    found = signature.conform(make_table(5).drop("年齢", "収入"))
    assert found.missing_columns == ["年齢", "収入"]
    assert found.extra_columns == ["解約", "ランク", "売上"]
    assert codes(found) == [(None, "収入", "missing_column")]
    assert found.frame["収入"].null_count() == 5


def test_rows_without_any_known_field_keep_their_number(signature: Signature) -> None:
    found = signature.conform(signature.from_rows([{}, {}]))
    assert found.frame.shape == (2, len(FEATURES))
    assert found.missing_columns == FEATURES
    assert signature.conform(signature.from_rows([{"nonsense": 1}])).extra_columns == ["nonsense"]


def test_everything_that_is_wrong_is_refused_at_once(signature: Signature) -> None:
    with pytest.raises(SignatureError, match=r"3 values do not fit the model\. The first: 'x' in column '収入'") as caught:
        rows_of(signature, {"収入": "x"}, {"会員": "y", "登録日": "z"}).require()
    assert [(f["row"], f["field"]) for f in caught.value.fields] == [(0, "収入"), (1, "登録日"), (1, "会員")]


def test_labels_written_as_numbers_are_found_again() -> None:
    signature = Signature.of(pl.DataFrame({"c": ["1", "2", "true"]}), ["c"])
    found = signature.conform(signature.from_rows([{"c": 1}, {"c": 2.0}, {"c": True}]))
    assert found.frame["c"].to_list() == ["1", "2", "true"]
    assert codes(signature.conform(pl.DataFrame({"c": [1.0, 2.0]}))) == []


def test_a_column_that_was_always_blank_takes_blanks() -> None:
    frame = pl.DataFrame({"a": pl.Series([None, None], dtype=pl.String), "b": [1, 2]})
    signature = Signature.of(frame, ["a", "b"])
    assert codes(signature.conform(frame)) == []
    assert codes(signature.conform(frame.with_columns(a=pl.lit("x")))) == [
        (0, "a", "unseen_category"),
        (1, "a", "unseen_category"),
    ]


def test_a_file_with_one_bad_cell_holds_only_that_row(signature: Signature, make_table: Make) -> None:
    text = make_table(20).write_csv().replace("\n", "\n", 1).split("\n")
    cells = text[3].split(",")
    text[3] = ",".join([cells[0], "不明", *cells[2:]])
    found = signature.conform(read("\n".join(text).encode(), name="a.csv", max_rows=100).frame)
    assert [(p.row, p.field) for p in found.problems] == [(2, "年齢")]
