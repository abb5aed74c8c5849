"""Rules for dates: Japanese eras, 年月日, day or month first, eight digits and the serial numbers of a spreadsheet."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

Form = str
ERAS: dict[str, tuple[dt.date, dt.date, int]] = {
    # First and last day, and the year before the first. Before 1873 Japan counted days by the moon; both eras claim the
    # day on which one follows the other, except in 1989 and 2019.
    "明": (dt.date(1873, 1, 1), dt.date(1912, 7, 30), 1867),
    "大": (dt.date(1912, 7, 30), dt.date(1926, 12, 25), 1911),
    "昭": (dt.date(1926, 12, 25), dt.date(1989, 1, 7), 1925),
    "平": (dt.date(1989, 1, 8), dt.date(2019, 4, 30), 1988),
    "令": (dt.date(2019, 5, 1), dt.date(2100, 12, 31), 2018),
}
LETTERS = dict(zip("MTSHR", ERAS, strict=True))
# Digits that are a day are believed within these years.
FIRST_YEAR, LAST_YEAR = 1900, 2100
# Day 60 of a spreadsheet is the 29 February 1900 that never was.
ORIGIN, FIRST_SERIAL, LAST_SERIAL = dt.datetime(1899, 12, 30), 61, 73_415

CLOCK = r"(?P<half>午前|午後)?\s*(?P<H>\d{1,2})[:時]\s*(?P<M>\d{1,2})(?:[:分]\s*(?P<S>\d{1,2})(?:\.0+)?)?[分秒]?"
WEEKDAY = r"\(?[日月火水木金土](?:曜日?)?\)?|\([A-Za-z]{3}\)"
TAIL = rf"(?:\s*(?:{WEEKDAY}))?(?:[T\s]*{CLOCK})?\Z"
ERA = "明治|大正|昭和|平成|令和|[明大昭平令MTSHRmtshr]"
WRITTEN: dict[Form, re.Pattern[str]] = {
    "era": re.compile(
        rf"(?P<era>{ERA})\.?\s*(?P<y>元|\d{{1,2}})\s*(?:年|[./-])\s*(?P<m>\d{{1,2}})\s*(?:月|[./-])\s*(?P<d>\d{{1,2}})(?:\s*日)?"
        + TAIL,
        re.ASCII,
    ),
    "kanji": re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日" + TAIL, re.ASCII),
    "%Y.%m.%d": re.compile(r"(?P<y>\d{4})\.\s?(?P<m>\d{1,2})\.\s?(?P<d>\d{1,2})" + TAIL, re.ASCII),
    "%Y%m%d": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:\.0)?\Z", re.ASCII),
    "%d/%m/%Y": re.compile(r"(?P<d>\d{1,2})(?P<by>[./-])(?P<m>\d{1,2})(?P=by)(?P<y>\d{4})" + TAIL, re.ASCII),
    "%m/%d/%Y": re.compile(r"(?P<m>\d{1,2})(?P<by>[./-])(?P<d>\d{1,2})(?P=by)(?P<y>\d{4})" + TAIL, re.ASCII),
}
# These three can be read in one way only, so a column may mix them, whichever of them it is called by.
CLEAR: tuple[Form, ...] = ("era", "kanji", "%Y.%m.%d")
FORMS: tuple[Form, ...] = (*WRITTEN, "serial")

WIDE_OR = "[0-9０-９]"
LOOKS_CLEAR = (
    rf"{WIDE_OR}[ \u3000]*年|{WIDE_OR}[.．][ \u3000]?{WIDE_OR}+[.．]"
    rf"|^[ \u3000]*(?:明治?|大正?|昭和?|平成?|令和?|[㍾㍽㍼㍻㋿MTSHRmtshrＭＴＳＨＲｍｔｓｈｒ])[.．]?[ \u3000]*(?:元|{WIDE_OR})"
)
LOOKS: dict[Form, str] = {
    **dict.fromkeys(CLEAR, LOOKS_CLEAR),
    "%Y%m%d": rf"{WIDE_OR}{{8}}",
    "%d/%m/%Y": rf"[/／.．－-]{WIDE_OR}{{4}}",
    "%m/%d/%Y": rf"[/／.．－-]{WIDE_OR}{{4}}",
    "serial": rf"{WIDE_OR}{{2}}",
}
serial_number = re.compile(r"\d{2,5}(?:\.\d*)?\Z", re.ASCII)


def date(form: Form) -> Callable[[str], str]:
    """Return the rule that writes dates of a form as ISO text; what is no real day stays as it is.

    Parameters
    ----------
    form : str
        ``era``, ``kanji``, ``%Y.%m.%d`` (each of them reads all three), ``%Y%m%d``, ``%d/%m/%Y``, ``%m/%d/%Y`` or ``serial``.

    Returns
    -------
    callable
        Text to text.

    Examples
    --------
    >>> read = date("era")
    >>> read("令和6年4月1日(月)"), read("S64.1.7"), read("昭和70年1月1日"), read("2024年4月1日 10時30分")
    ('2024-04-01', '1989-01-07', '昭和70年1月1日', '2024-04-01 10:30:00')
    """
    if form == "serial":
        return serial
    patterns = [WRITTEN[name] for name in (CLEAR if form in CLEAR else (form,))]

    def iso(text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).strip()
        found = next((match for pattern in patterns if (match := pattern.match(plain))), None)
        return (moment(found, form) if found else None) or text

    return iso


def moment(found: re.Match[str], form: Form) -> str | None:
    """Return the ISO text of what was found, or None where there is no such day or time."""
    parts = found.groupdict()
    try:
        day = of_era(parts) if parts.get("era") else dt.date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
        if day is None or (form == "%Y%m%d" and not FIRST_YEAR <= day.year <= LAST_YEAR):
            return None
        if parts.get("H") is None:
            return day.isoformat()
        hour = int(parts["H"]) % 12 + 12 * (parts["half"] == "午後") if parts["half"] else int(parts["H"])
        return f"{day.isoformat()} {dt.time(hour, int(parts['M']), int(parts['S'] or 0)).isoformat()}"
    except ValueError:
        return None


def of_era(parts: dict[str, str | None]) -> dt.date | None:
    """Return a day of an era, or None where the era did not hold it."""
    name = str(parts["era"])[0].upper()
    first, last, before = ERAS[LETTERS.get(name, name)]
    year = before + (1 if parts["y"] == "元" else int(str(parts["y"])))
    day = dt.date(year, int(str(parts["m"])), int(str(parts["d"])))
    return day if first <= day <= last else None


def serial(text: str) -> str:
    """Write a spreadsheet's count of days as a date, with a time where it has a fraction.

    Examples
    --------
    >>> serial("45383"), serial("45383.5"), serial("7")
    ('2024-04-01', '2024-04-01 12:00:00', '7')
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not serial_number.match(plain) or not FIRST_SERIAL <= float(plain) <= LAST_SERIAL:
        return text
    when = ORIGIN + dt.timedelta(seconds=round(float(plain) * 86_400))
    return when.date().isoformat() if when.time() == dt.time() else when.isoformat(" ")


def eras(day: dt.date) -> list[tuple[str, int]]:
    """Return the eras a day belongs to, each with the year in it: two on a day of change.

    Examples
    --------
    >>> eras(dt.date(2019, 5, 1)), eras(dt.date(1926, 12, 25))
    ([('令', 1)], [('大', 15), ('昭', 1)])
    """
    return [(name, day.year - before) for name, (first, last, before) in ERAS.items() if first <= day <= last]
