"""What a table shows of its columns' roles."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from workbench.data import SAMPLES, Roles, read_sample
from workbench.data.kinds import kinds_of
from workbench.data.role_suggestions import Suggestions, merged, suggest, suggestions

N = 200
DAYS = [dt.date(2024, 1, 1) + dt.timedelta(days=i) for i in range(N)]


def seen(**columns: Any) -> Suggestions:
    """What is seen of a table with these columns and a plain feature."""
    frame = pl.DataFrame({"年齢": [20 + (7 * i) % 50 for i in range(N)], **columns})
    return suggestions(frame, kinds_of(frame))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("顧客番号", [f"C-{i * 37 % 1000:04d}" for i in range(N)]),
        ("customerId", [(i * 7919) % 100_003 for i in range(N)]),
        ("SK_ID_CURR", [100_000 + (i * 31) % 999 for i in range(N)]),
        ("instant", list(range(5, 5 + N))),
        ("伝票", [f"{i:06d}" for i in range(N)]),
    ],
)
def test_a_code_of_its_own_in_every_row_is_an_id(name: str, values: list[object]) -> None:
    found = seen(**{name: values})
    assert found.roles == Roles(ids=(name,))
    assert list(found.why) == [name]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("住所", [f"東京都 千代田区 {i}丁目 3 号室" for i in range(N)]),
        ("氏名", [chr(0x4E00 + i) + "太郎" for i in range(N)]),
        ("amount", [(i * 7919) % 100_003 for i in range(N)]),
        ("price", [i * 1.37 for i in range(N)]),
        ("year", list(range(1800, 1800 + N))),
        ("会員番号", [None if i % 3 else f"M{i}" for i in range(N)]),
    ],
)
def test_a_measure_a_text_and_a_year_are_no_ids(name: str, values: list[object]) -> None:
    assert seen(**{name: values}).roles.ids == ()


def test_an_entity_whose_code_repeats_is_a_group() -> None:
    found = seen(会員番号=[f"M{i % 40:03d}" for i in range(N)], store_id=[i % 20 for i in range(N)])
    assert (found.roles.group, found.roles.ids) == ("会員番号", ())
    assert str(found.why["会員番号"]) == "each value stands in 5.0 rows on average (40 values)"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("郵便番号", [f"{i % 40:03d}-0001" for i in range(N)]),
        ("product_id", [i % 40 for i in range(N)]),
        ("DAYS_ID_PUBLISH", [-(i % 90) for i in range(N)]),
        ("会員区分コード", [f"K{i % 12}" for i in range(N)]),
        ("patient_no", [i % 3 for i in range(N)]),
        ("家族会員数", [i % 40 for i in range(N)]),
    ],
)
def test_what_only_repeats_is_no_group(name: str, values: list[object]) -> None:
    assert seen(**{name: values}).roles.group is None


def test_the_date_that_orders_the_rows_is_the_time() -> None:
    shuffled = [DAYS[i * 37 % N] for i in range(N)]
    assert seen(取込=DAYS, 契約日=shuffled).roles.time == "取込"
    assert seen(取込=DAYS[::-1]).roles.time == "取込"
    assert seen(取引日=shuffled, 生年月日=shuffled).roles.time == "取引日"


def test_dates_that_are_a_close_call_are_left_to_the_person() -> None:
    shuffled = [DAYS[i * 37 % N] for i in range(N)]
    assert seen(契約日=shuffled).roles.time is None
    assert seen(取引日=shuffled, 受付日=shuffled).roles.time is None
    assert seen(取引日=[None, *shuffled[1:]]).roles.time is None
    assert seen(生年月日=DAYS).roles.time is None


def test_a_column_without_any_difference_is_left_out() -> None:
    found = seen(版=["A"] * N, 空=pl.Series([None] * N, dtype=pl.String), ほぼ=[1] * (N - 1) + [2], 一部=[1, *[None] * (N - 1)])
    assert found.roles.exclude == ("版", "空")
    assert [str(reason) for reason in found.why.values()] == ["the same in every row (A)", "blank in every row"]


def test_a_target_is_offered_and_never_chosen() -> None:
    found = seen(解約=["はい", "いいえ"] * (N // 2), churn_rate=[i % 7 for i in range(N)], y=[i % 2 for i in range(N)])
    assert found.roles.target is None
    assert found.targets == ("解約", "y", "churn_rate")
    assert not seen(delay=[i % 7 for i in range(N)], years=[i % 9 for i in range(N)]).targets


def test_what_a_person_said_stays() -> None:
    found = seen(会員番号=[f"M{i % 40:03d}" for i in range(N)], 取込=DAYS, 版=["A"] * N, 連番=list(range(N)))
    said = Roles(target="年齢", group="版", exclude=("連番",))
    assert merged(said, found) == Roles(target="年齢", group="版", time="取込", exclude=("連番",))
    assert merged(Roles(), found) == found.roles


def test_an_empty_table_shows_nothing() -> None:
    assert suggest(pl.DataFrame({"a": []}), {"a": "category"}) == Roles()


def test_the_samples_show_what_they_are() -> None:
    shown = {sample.name: read_sample(sample.name).frame for sample in SAMPLES}
    seen_in = {name: suggestions(frame, kinds_of(frame)) for name, frame in shown.items()}
    assert seen_in["credit"].roles == Roles(ids=("ID",))
    assert seen_in["credit"].targets == ("default payment next month",)
    assert seen_in["advertising"].roles == Roles(time="DATE")
    assert seen_in["spam"].roles == Roles()


MOUSE = [f"m{i // 5}_{i % 5}" for i in range(N)]


def test_the_front_of_a_compound_key_is_a_group() -> None:
    found = seen(MouseID=MOUSE)
    assert found.roles == Roles(group="MouseID", group_part={"part": "before", "separator": "_"})
    assert str(found.why["MouseID"]) == (
        "what stands before the last “_” repeats: 5.0 rows each on average (40 values), as m0 in m0_0"
    )


@pytest.mark.parametrize(
    "values",
    [
        [f"2024-01-{1 + i // 8:02d}-{i % 8}" for i in range(N)],
        [f"20240{1 + i // 50}-{i:04d}" for i in range(N)],
        [f"C{i // 100}-{i:06d}" for i in range(N)],
        [f"{'a-_/'[i % 4]}{i // 5}{'-_/'[i % 3]}{i}" for i in range(N)],
    ],
)
def test_a_number_behind_a_date_or_a_prefix_is_no_compound_key(values: list[str]) -> None:
    assert seen(customer_id=values).roles.group is None


def test_a_compound_key_that_is_not_needed_as_a_group_is_an_id() -> None:
    found = merged(Roles(group="年齢"), seen(MouseID=MOUSE))
    assert found == Roles(group="年齢", ids=("MouseID",))
    assert merged(Roles(exclude=("MouseID",)), seen(MouseID=MOUSE)) == Roles(exclude=("MouseID",))
    part = {"part": "after", "separator": "_"}
    assert merged(Roles(group="MouseID", group_part=part), seen(MouseID=MOUSE)).group_part == part
