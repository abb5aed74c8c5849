"""Any table has a profile: the contract's keys, JSON, and the same facts whatever the order of rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from workbench import profile
from workbench.errors import ColumnNotFound

ODD = {
    "no rows": pl.DataFrame({"a": [], "b": []}, schema={"a": pl.Float64, "b": pl.String}),
    "no columns": pl.DataFrame(),
    "one row": pl.DataFrame({"a": [1], "b": ["x"], "c": [None]}),
    "all missing": pl.DataFrame({"a": [None, None], "b": pl.Series([None, None], dtype=pl.Date)}),
    "infinities": pl.DataFrame({"a": [float("inf"), -float("inf"), float("nan")], "b": [1, 2, 3]}),
    "constant": pl.DataFrame({"a": [1] * 50, "b": ["x"] * 50, "c": [True] * 50}),
    "huge": pl.DataFrame({"a": [1e308, -1e308, 1e308] * 10, "b": [2**62, 2**61, -(2**62)] * 10}),
    "tiny": pl.DataFrame({"a": [5e-324, 0.0, 1e-310] * 10, "b": ["", " ", "\u3000"] * 10}),
    "braces": pl.DataFrame({"{a}": ["{x}"] * 3, "<b>": ["</script>"] * 3}),
    "dates": pl.DataFrame({"a": [1, 2, 3], "d": [date(2024, 1, 1), date(1868, 1, 1), None]}),
    "categories": pl.DataFrame({"a": [f"v{i}" for i in range(5000)], "b": [i % 2 for i in range(5000)]}),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("with_target", [False, True])
def test_every_table_has_a_profile_that_is_json(name: str, with_target: bool) -> None:
    table = ODD[name]
    target = table.columns[-1] if with_target and table.columns else None

    found = profile.profile(table, target=target)

    for lang in ("ja", "en"):
        json.dumps(profile.to_dict(found, lang), allow_nan=False)
    assert found["rows"] == table.height
    assert [column["name"] for column in found["columns"]] == table.columns


def test_a_profile_has_the_keys_others_rely_on(make_table: Callable[..., pl.DataFrame]) -> None:
    found = profile.to_dict(profile.profile(make_table(), target="解約"), "ja")

    assert {"rows", "columns", "alerts"} <= found.keys()
    assert all({"name", "kind", "missing", "missing_rate", "distinct"} <= column.keys() for column in found["columns"])
    assert {c["name"]: c["kind"] for c in found["columns"]} == {
        "顧客番号": "text",
        "年齢": "number",
        "収入": "number",
        "職業": "category",
        "都道府県": "category",
        "登録日": "date",
        "会員": "boolean",
        "解約": "category",
        "ランク": "category",
        "売上": "number",
    }
    assert found["target"]["ranking"][0]["column"] == "ランク"


def test_shuffling_rows_changes_nothing(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(300)

    first = profile.to_dict(profile.profile(table, target="解約"), "en")
    second = profile.to_dict(profile.profile(table.sample(fraction=1.0, shuffle=True, seed=9), target="解約"), "en")

    assert rounded(first) == rounded(second)


def rounded(value: object) -> object:
    """Sums of floats depend on their order in the last digits."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items() if k != "memory"}
    return [rounded(v) for v in value] if isinstance(value, list) else value


def test_repeated_rows_are_counted_as_pandas_counts_them(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(100).drop("顧客番号")
    table = pl.concat([table, table.head(7), table.head(3)])

    assert profile.profile(table)["duplicates"] == int(table.to_pandas().duplicated().sum()) == 10


def test_unknown_target_names_the_closest_column(make_table: Callable[..., pl.DataFrame]) -> None:
    with pytest.raises(ColumnNotFound, match="収入"):
        profile.profile(make_table(50), target="収人")


def test_the_events_rate_is_told(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(200)

    found = profile.profile(table, target="解約", event="いいえ")

    assert found["target"]["overall"] == [pytest.approx((table["解約"] == "いいえ").mean())]


def test_parts_are_told_as_they_come_and_make_the_whole(make_table: Callable[..., pl.DataFrame]) -> None:
    table = pl.concat([make_table(60).rename(lambda name, i=i: f"{name}{i}") for i in range(3)], how="horizontal")
    parts: list[tuple[str, dict]] = []

    whole = profile.profile(table, target="解約0", told=lambda stage, part: parts.append((stage, part)))

    stages = [stage for stage, _ in parts]
    assert stages == ["overview", *["columns"] * 4, "duplicates", "associations"]
    overview = parts[0][1]
    assert overview["column_count"] == 30
    assert overview["blanks"] == {name: table[name].null_count() for name in table.columns}
    assert all(overview[name] == whole[name] for name in ("rows", "kinds", "missing", "memory"))
    assert [column for stage, part in parts if stage == "columns" for column in part["columns"]] == whole["columns"]
    assert parts[-2][1] == {"duplicates": whole["duplicates"]}
    assert parts[-1][1] == {"associations": whole["associations"]}


def test_what_a_listener_raises_ends_the_work(make_table: Callable[..., pl.DataFrame]) -> None:
    heard = []

    def stop(stage: str, part: dict) -> None:
        heard.append(stage)
        if stage == "columns":
            raise InterruptedError("stopped")

    with pytest.raises(InterruptedError, match="stopped"):
        profile.profile(make_table(60), told=stop)

    assert heard == ["overview", "columns"]


def test_nan_is_missing_and_the_callers_table_stays_as_it_is() -> None:
    table = pl.DataFrame({"a": [1.0, float("nan"), None], "b": [1, 2, 3]})

    found = profile.profile(table, target="a")

    assert (found["missing"], found["columns"][0]["missing"], found["target"]["rows"]) == (2, 2, 1)
    assert table["a"].is_nan().sum() == 1


def test_the_target_is_told_along_the_time_column(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(200)

    found = profile.profile(table, target="解約", time="登録日")

    assert found["by_time"]["column"] == "登録日"
    assert sum(period["rows"] for period in found["by_time"]["bins"]) == 200
    assert profile.profile(table, target="解約", time="年齢")["by_time"] is None
    assert profile.profile(table, time="登録日")["by_time"] is None
    with pytest.raises(ColumnNotFound, match="登録日"):
        profile.profile(table, target="解約", time="登録曰")


def test_the_only_date_column_tells_the_target_along_time_and_of_two_none_does(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(200)

    assert profile.profile(table, target="解約") == profile.profile(table, target="解約", time="登録日")
    assert profile.profile(table.with_columns(更新日="登録日"), target="解約")["by_time"] is None


@pytest.mark.parametrize("rows", [1, 5, 40])
def test_rows_that_agree_in_the_most_telling_columns_only_are_no_repeats(rows: int) -> None:
    table = pl.DataFrame(
        {name: list(range(rows)) * 2 for name in "abc"} | {"d": [0] * rows + [1] * rows, "e": [0.0, -0.0] * rows}
    )

    assert profile.profile(table)["duplicates"] == 0
    assert profile.profile(table.drop("d"))["duplicates"] == int(table.drop("d").to_pandas().duplicated().sum())
