"""Dates in Japanese eras and other forms of one cell."""

from __future__ import annotations

import datetime as dt

import pytest

from workbench.data.repairs.dates import date, eras

FULL = str.maketrans("0123456789", "０１２３４５６７８９")
LETTER = dict(zip("明大昭平令", "MTSHR", strict=True))
NAME = dict(zip("明大昭平令", ["明治", "大正", "昭和", "平成", "令和"], strict=True))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("令和6年4月1日", "2024-04-01"),
        ("令和元年5月1日", "2019-05-01"),
        ("平成３１年４月３０日（火）", "2019-04-30"),
        ("㍻30年1月2日", "2018-01-02"),
        ("㋿6年4月1日", "2024-04-01"),
        ("R6.4.1", "2024-04-01"),
        ("H30/1/2", "2018-01-02"),
        ("S64-1-7", "1989-01-07"),
        ("令6.4.1", "2024-04-01"),
        ("T15.12.25", "1926-12-25"),
        ("昭和 5年 12月 3日 (水曜日)", "1930-12-03"),
        ("2024年4月1日(月)", "2024-04-01"),
        ("２０２４年４月１日", "2024-04-01"),
        ("2024.4.1", "2024-04-01"),
        ("2024. 4. 1", "2024-04-01"),
        ("令和6年4月1日 10:30", "2024-04-01 10:30:00"),
        ("2024年4月1日 午後3時5分", "2024-04-01 15:05:00"),
    ],
)
def test_what_can_be_read_in_one_way_only_is_read_whatever_the_form_is_called(text: str, iso: str) -> None:
    for form in ("era", "kanji", "%Y.%m.%d"):
        assert date(form)(text) == iso


@pytest.mark.parametrize(
    "text",
    [
        "昭和70年1月1日",
        "昭和64年1月8日",
        "平成31年5月1日",
        "令和元年4月30日",
        "明治5年12月2日",  # days were counted by the moon
        "令和6年2月30日",
        "令和6年4月",
        "令和6年度",
        "2024年13月1日",
        "2024年4月1日 25:00",
        "2024.4",
        "MS-6.4.1",
        "2024-04-01",
        "2024/4/1",
    ],
)
def test_what_is_no_real_day_of_its_era_stays(text: str) -> None:
    assert date("era")(text) == text


@pytest.mark.parametrize(
    ("form", "text", "iso"),
    [
        ("%d/%m/%Y", "31/12/2024", "2024-12-31"),
        ("%d/%m/%Y", "1.2.2024", "2024-02-01"),
        ("%d/%m/%Y", "10-03-2004 18:00", "2004-03-10 18:00:00"),
        ("%d/%m/%Y", "12/31/2024", "12/31/2024"),
        ("%d/%m/%Y", "1/2-2024", "1/2-2024"),
        ("%m/%d/%Y", "12/31/2024", "2024-12-31"),
        ("%Y%m%d", "20240401", "2024-04-01"),
        ("%Y%m%d", "20240230", "20240230"),
        ("%Y%m%d", "99991231", "99991231"),
        ("serial", "45383", "2024-04-01"),
        ("serial", "45383.5", "2024-04-01 12:00:00"),
        ("serial", "61", "1900-03-01"),
        ("serial", "60", "60"),
        ("serial", "-45383", "-45383"),
    ],
)
def test_the_other_forms_are_read_only_when_they_are_asked_for(form: str, text: str, iso: str) -> None:
    assert date(form)(text) == iso


def test_every_day_from_1873_to_2035_written_in_eras_reads_back() -> None:
    read, day = date("era"), dt.date(1873, 1, 1)
    while day <= dt.date(2035, 12, 31):
        for era, year in eras(day):
            spelled = "元" if year == 1 else str(year)
            assert read(f"{NAME[era]}{spelled}年{day.month}月{day.day}日") == day.isoformat()
            if day.day in (1, 7, 8, 25, 30, 31):
                assert read(f"{LETTER[era]}{year}.{day.month:02d}.{day.day:02d}") == day.isoformat()
                assert read(f"{NAME[era]}{spelled}年{day.month}月{day.day}日".translate(FULL)) == day.isoformat()
        day += dt.timedelta(days=1)
