"""What a whole column of text looks like: numbers in which dress, dates in which form, words for nothing."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import polars as pl

from workbench.data.repairs import dates, missing, numbers
from workbench.data.repairs.missing import Marker
from workbench.data.repairs.numbers import GROUPED, D
from workbench.data.typed import CODE, DAY, MOST_DIGITS, TIME

# Below this share of numbers a column is text in which some numbers stand.
MOSTLY = 0.5
# From this share on the rest are slips.
NEARLY_ALL = 0.95
# In bytes, with spaces around it.
LONGEST_WORD = 80
PLAIN_NUMBER = rf"^\s*[+-]?(?:[0-9]{{1,{MOST_DIGITS}}}(?:[.][0-9]*)?|[0-9]*[.][0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?\s*$"
# Rust takes any script's digits for digits, and dates are none with others than these.
PLAIN_DATE = rf"^\s*{DAY}(?:[T ]{TIME})?\s*$".replace(r"\d", "[0-9]")
COMMA = rf"^[^0-9０-９]*{D}+(?:[,，]{D}+)+(?:[.．]{D}+)?[^0-9０-９,，]*$"
THOUSANDS = rf"^[^0-9０-９]*{GROUPED}(?:[.．]{D}+)?[^0-9０-９,，]*$"
BRACKETS = r"^[^0-9０-９]{0,4}[(（]"
EIGHT = rf"^\s*{D}{{8}}\s*$"
SHORT_NUMBER = rf"^\s*{D}{{2,5}}(?:[.．]{D}*)?\s*$"
DAY_OR_MONTH = rf"^\s*({D}{{1,2}})[/／.．－-]({D}{{1,2}})[/／.．－-]{D}{{4}}"
OF_ERA = r"^\s*[^0-9０-９\s]"
ID_NAME = re.compile(
    r"(?:^|[^a-z])(?:id|no|code|key|num|number|tel|phone|zip)(?:$|[^a-z])|番号|コード|品番|ＩＤ|電話", re.IGNORECASE
)
DATE_NAME = re.compile(
    r"(?:^|[^A-Za-z])(?:date|datetime|dob|birthday)(?:$|[^A-Za-z])|[a-z]Date$|日付|年月日|日時|期日|期限|(?:^|[^曜平休祝毎])日$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Cells:
    """The distinct cells of a column and how often each occurs."""

    name: str
    text: pl.Series
    counts: pl.Series

    def count(self, mask: pl.Series) -> int:
        """Return how many cells of the column a mask of the distinct ones means."""
        return int(self.counts.filter(mask).sum())

    def share(self, mask: pl.Series, of: pl.Series) -> float:
        """Return which share of some cells a mask means."""
        total = self.count(of)
        return self.count(mask & of) / total if total else 0.0

    def now(self, text: pl.Series) -> Cells:
        """Return the same cells after a repair."""
        return Cells(self.name, text, self.counts)

    @functools.cached_property
    def words(self) -> pl.Series:
        """Which cells are words for nothing; none of these is long or has a digit."""
        may = (self.text.str.len_bytes() <= LONGEST_WORD) & ~found(self.text, D)
        rows = may.arg_true()
        known = bare(self.text.gather(rows)).str.to_lowercase().is_in(list(missing.WORDS))
        return pl.zeros(len(may), pl.Boolean, eager=True).scatter(rows.filter(known), [True] * int(known.sum()))

    @functools.cached_property
    def spoken(self) -> pl.Series:
        """Which cells hold anything else."""
        return self.text.is_not_null() & ~self.words

    @functools.cached_property
    def is_mostly_numbers(self) -> bool:
        """Whether most cells are numbers, plain or in whatever dress."""
        return self.share(found(self.text, numbers.DRESSED), self.spoken) >= MOSTLY


def bare(text: pl.Series) -> pl.Series:
    """Return cells in the form in which values are compared."""
    return text.str.normalize("NFKC").str.strip_chars()


def found(text: pl.Series, pattern: str) -> pl.Series:
    """Return in which cells a pattern is found."""
    return text.str.contains(pattern).fill_null(value=False)


def plain_numbers(cells: Cells) -> pl.Series:
    """Return which cells are plain numbers; none where one of them is a code with leading zeros."""
    mask = found(cells.text, PLAIN_NUMBER)
    return (
        mask
        if not found(cells.text.filter(mask).str.strip_chars(), CODE).any()
        else pl.zeros(len(mask), pl.Boolean, eager=True)
    )


def plain_dates(cells: Cells) -> pl.Series:
    """Return which cells are plain dates."""
    return found(cells.text, PLAIN_DATE)


def has_thousands(cells: Cells) -> bool:
    """Whether commas in numbers separate thousands, and none of them is a decimal point or parts a list."""
    if not found(cells.text, numbers.SEPARATED).any():
        return False
    return not (found(cells.text, COMMA) & ~found(cells.text, THOUSANDS)).any()


def has_brackets_for_all(cells: Cells) -> bool:
    """Whether most numbers stand in brackets, which then mean something else than a minus."""
    dressed = found(cells.text, numbers.DRESSED)
    return cells.share(found(cells.text, BRACKETS), dressed) > MOSTLY


def unit_of(cells: Cells) -> str | None:
    """Return the one unit of a column's numbers, or None where there is none or more than one."""
    parts = cells.text.str.extract_groups(numbers.DRESSED).struct.unnest()
    affixes = parts.select(pl.concat_list("3", "6").list.drop_nulls().alias("a")).to_series()
    bears = (affixes.list.len() > 0).fill_null(value=False)
    units = {numbers.kind_of_unit(affix) for affix in affixes.filter(bears).explode().unique().to_list()}
    if len(units) != 1 or not numbers.may_be_unit(name := units.pop()):
        return None
    everywhere = not (cells.spoken & ~bears).any()
    return name if everywhere or name not in numbers.SCALES else None


def form_of(cells: Cells) -> str | None:
    """Return the form of a column's dates that are not plain, as far as the column itself tells it."""
    spoken = cells.spoken
    if not spoken.any():
        return None
    clear = found(cells.text, dates.LOOKS_CLEAR)
    if clear.any() and cells.share(clear | plain_dates(cells), spoken) >= NEARLY_ALL:
        return clear_form(cells, clear)
    if (found(cells.text, EIGHT) | ~spoken).all():
        return None if ID_NAME.search(cells.name) else "%Y%m%d"
    if DATE_NAME.search(cells.name) and (found(cells.text, SHORT_NUMBER) | ~spoken).all():
        return "serial"
    return order_of(cells, spoken)


def clear_form(cells: Cells, clear: pl.Series) -> str:
    """Return which of the forms that can be read in one way only occurs most."""
    era = clear & found(cells.text, OF_ERA)
    kanji = clear & ~era & found(cells.text, "年")
    often = {"era": cells.count(era), "kanji": cells.count(kanji), "%Y.%m.%d": cells.count(clear & ~era & ~kanji)}
    return max(often, key=lambda form: often[form])


def order_of(cells: Cells, spoken: pl.Series) -> str | None:
    """Return whether the day or the month comes first, where a day after the twelfth settles it."""
    unsettled = found(cells.text, DAY_OR_MONTH)
    if not unsettled.any() or cells.share(unsettled | plain_dates(cells), spoken) < NEARLY_ALL:
        return None
    parts = cells.text.str.extract_groups(DAY_OR_MONTH).struct.unnest()
    first, second = (bare(parts[i]).cast(pl.Int64, strict=False).max() for i in ("1", "2"))
    if not isinstance(first, int) or not isinstance(second, int) or (first > 12) == (second > 12):
        return None
    return "%d/%m/%Y" if first > 12 else "%m/%d/%Y"


def markers_of(cells: Cells, *, settled: bool) -> list[Marker]:
    """Return the words for nothing of a column, judged by what else stands in it."""
    if not cells.words.any():
        return []
    text, words = bare(cells.text), cells.words
    others = text.filter(~words).drop_nulls()
    beside = set(others.filter(others.is_in(list(missing.BESIDE))).to_list())
    return missing.markers(text.filter(words).unique().to_list(), others=others.n_unique(), beside=beside, numbers=settled)
