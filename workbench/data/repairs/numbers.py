"""Rules for numbers that are dressed up: thousand separators, accountants' signs of less than zero, and units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import polars as pl

from workbench.data.repairs.letters import BLANK

D = "[0-9０-９]"
GAP = f"[{BLANK}]*"
GROUPED = rf"[1-9１-９]{D}{{0,2}}(?:[,，]{D}{{3}})+"
N = rf"(?:(?:{GROUPED}|{D}+)(?:[.．]{D}+)?|[.．]{D}+)"
# What stands for a minus; the accountant's triangles point up or down.
MINUS = "－−‐‑‒–—―﹣ーｰ▲△▼▽➖"
PREFIX = r"(?:(?:US|NT|HK|AU|CA|SG)?[$＄]|[¥￥\\€£￡₩￦₹฿₫₽]|JPY|USD|EUR|GBP|CNY|KRW)"
ODD = rf"{BLANK}\r\n0-9０-９,，.．、。;；:：\"'“”()（）\[\]［］~～〜=#+＋"
SUFFIX = rf"(?:[^{ODD}/／{MINUS}\\-][^{ODD}▲△▼▽\\-]{{0,9}}[23²³]?)"
SIGN = f"[-+＋{MINUS}]"
# A number in all its dress: bracket or sign, currency, sign, number, unit, bracket.
DRESSED = rf"^([(（]?){GAP}({SIGN}?){GAP}({PREFIX})?{GAP}({SIGN}?){GAP}({N}){GAP}({SUFFIX})?{GAP}([)）]?)$"
# Its groups but for the units.
UNDRESSED = (1, 2, 4, 5, 7)
SEPARATED = f"{D}[,，]{D}{{3}}"
SIGNED = rf"[{MINUS}(（]|-[{BLANK}¥￥$＄]|{PREFIX}{GAP}-|{D}-$"
WITH_UNIT = rf"{D}{GAP}[^{BLANK}0-9,.+)-]|[^{BLANK}0-9,.+(-]{GAP}[-]?{GAP}{D}"

ALIKE = {
    **dict.fromkeys(["¥", "\\", "JPY", "yen", "圓"], "円"),
    **dict.fromkeys(["US$", "USD", "ドル", "米ドル", "dollars"], "$"),
    **dict.fromkeys(["EUR", "ユーロ"], "€"),
    **dict.fromkeys(["パーセント", "percent"], "%"),
    **dict.fromkeys(["Kg", "KG", "キログラム"], "kg"),
    **dict.fromkeys(["才", "years old"], "歳"),
    **dict.fromkeys(["ヶ月", "ケ月", "ヵ月", "カ月", "か月", "ヶ月間", "か月間"], "か月"),
}
# Numbers with one of these mean something else without it, so each must have it.
SCALES = frozenset(
    {"%", "‰", "千", "万", "億", "兆", "千円", "万円", "百万円", "億円", "兆円", "千ドル", "百万ドル", "k", "K", "M", "B"}
)
UNITS = frozenset(
    """円 $ € £ ₩ 元 歳 人 名 個 件 回 本 枚 台 冊 匹 頭 羽 社 店 店舗 室 戸 棟 箱 袋 点 位 階 年 年間 か月 週 週間 日 日間
    時間 分 秒 kg g mg t トン km m cm mm m2 m3 平米 坪 畳 帖 ha L l mL ml cc kW kWh W V mA °C °F 度 dB Hz kHz MHz GHz ppm pt px
    KB MB GB TB kcal cal km/h m/s hPa Pa mmHg mg/dL g/dL years yrs days hours hrs minutes min seconds sec s h people persons pcs
    points lb lbs oz ft in inch inches miles mi mph NT$ HK$ AU$ CA$ SG$ ₹ ฿ ₫ ₽ GBP CNY KRW""".split()  # noqa: SIM905
)

dressed = re.compile(DRESSED.removesuffix("$") + r"\Z")
commas = re.compile("[,，]")
# The ways of writing less than zero; what their groups hold is kept behind a minus.
BELOW_ZERO = (
    rf"^({PREFIX})?{GAP}[-{MINUS}]{GAP}({N}{GAP}{SUFFIX}?)$",
    rf"^[-{MINUS}]{GAP}({PREFIX}){GAP}({N}{GAP}{SUFFIX}?)$",
    rf"^({PREFIX})?{GAP}[(（]{GAP}({N}{GAP}{SUFFIX}?){GAP}[)）]{GAP}({SUFFIX}?)$",
    rf"^[(（]{GAP}({PREFIX}){GAP}({N}{GAP}{SUFFIX}?){GAP}[)）]$",
    rf"^({PREFIX})?{GAP}({N}){GAP}[-－−▲△]$",
)
below_zero = [re.compile(form.removesuffix("$") + r"\Z") for form in BELOW_ZERO]


def thousands(text: str) -> str:
    """Take the separators out of a number; anything but groups of three digits stays as it is.

    Examples
    --------
    >>> thousands("¥1,234,567.8"), thousands("1,23"), thousands("1,2,3")
    ('¥1234567.8', '1,23', '1,2,3')
    """
    return commas.sub("", text) if dressed.match(text) else text


def thousands_of(column: pl.Series) -> pl.Series:
    """Do the same to a column at once."""
    return column.str.replace_all("[,，]", "").zip_with(column.str.contains(DRESSED), column)


def negative(text: str) -> str:
    """Write a number below zero with a minus sign: ▲123, △123, −123, (123), 123-.

    Examples
    --------
    >>> negative("▲1,234円"), negative("(¥500)"), negative("-5")
    ('-1,234円', '-¥500', '-5')
    """
    found = next((match for form in below_zero if (match := form.match(text))), None)
    return "-" + "".join(part or "" for part in found.groups()) if found else text


def negative_of(column: pl.Series) -> pl.Series:
    """Do the same to a column at once."""
    for form in BELOW_ZERO:
        column = column.str.replace(form, "-${1}${2}${3}")
    return column


def unit(name: str) -> Callable[[str], str]:
    """Return the rule that takes one unit away, in whichever of its spellings.

    Parameters
    ----------
    name : str
        Such as ``円`` (also for ¥, JPY and the yen sign that a backslash was), ``%`` or ``kg``.

    Returns
    -------
    callable
        Text to text; numbers with another unit, and what is no number, stay as they are.

    Examples
    --------
    >>> unit("円")("-¥1,234"), unit("kg")("3 ㎏"), unit("kg")("3 cm")
    ('-1,234', '3', '3 cm')
    """
    wanted = kind_of_unit(name)

    def bare(text: str) -> str:
        found = dressed.match(text)
        affixes = {affix for affix in (found[3], found[6]) if affix} if found else set()
        if found is None or {kind_of_unit(affix) for affix in affixes} != {wanted}:
            return text
        return "".join(found[i] or "" for i in UNDRESSED)

    return bare


def unit_of_column(name: str) -> Callable[[pl.Series], pl.Series]:
    """Return what does the same to a column at once."""
    wanted = kind_of_unit(name)

    def bare(column: pl.Series) -> pl.Series:
        parts = column.str.extract_groups(DRESSED).struct.unnest()
        known = {affix for i in ("3", "6") for affix in parts[i].unique().drop_nulls() if kind_of_unit(affix) == wanted}
        before, behind = (parts[i].is_in(list(known)) for i in ("3", "6"))
        fits = (before.fill_null(value=True) & behind.fill_null(value=True)) & (
            parts["3"].is_not_null() | parts["6"].is_not_null()
        )
        out = parts.select(pl.concat_str([str(i) for i in UNDRESSED], ignore_nulls=True)).to_series()
        return out.zip_with(fits, column)

    return bare


def kind_of_unit(affix: str) -> str:
    """Return the one name of a unit with several spellings."""
    plain = unicodedata.normalize("NFKC", affix).strip()
    return ALIKE.get(plain, plain)


def is_known(name: str) -> bool:
    """Whether a unit is one people use, and not the letter of a code."""
    return (name in UNITS or name in SCALES) and not (len(name) == 1 and name.isascii() and name.isupper())


def may_be_unit(name: str) -> bool:
    """Whether letters behind a number can be a unit at all: a known one, or a word that no code ends with."""
    return name in UNITS or name in SCALES or (not name.isascii()) or (len(name) > 1 and name.islower())
