"""Rules for the letters of a cell: spaces, full-width forms, half-width kana and other compatibility forms."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

# Spaces that stand beside each other on one line; a line break inside a cell is the writer's own.
BLANK = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
UNSEEN = "\u200b\ufeff"
EDGE = f"{BLANK}{UNSEEN}\r\n"
SPACES = rf"^[{EDGE}]|[{EDGE}]$|[{BLANK}]{{2}}|[{UNSEEN}]"
# A wave dash in Japanese text ("10～20") is no tilde, and the overline has no ASCII form.
WIDTH = "[\uff01-\uff5d\uffe0-\uffe2\uffe4-\uffe6\u3000]"
# What makes a text full-width; brackets, signs and spaces alone are good Japanese, and other rules read them as they are.
WIDE_LETTERS = "[０-９Ａ-Ｚａ-ｚ]|[0-9]．[0-9]"
KANA = "[\uff61-\uff9f]"
NARROW = {code: unicodedata.normalize("NFKC", chr(code)) for code in [*range(0xFF01, 0xFF5E), *range(0xFFE0, 0xFFE7), 0x3000]}
NARROW.pop(0xFFE3)
# Superscripts; letter-like signs (℃ №); Roman numerals; enclosed, squared and vertical forms; radicals; mathematical letters.
RAISED = "\u00b2\u00b3\u00b9\u2070-\u209c"
FORMS = (
    "\u2100-\u214f\u2160-\u217f\u2460-\u24ff\u2e80-\u2fdf\u3131-\u318e\u3192-\u319f\u3200-\u33ff"
    "\ufb00-\ufb06\ufe10-\ufe19\ufe30-\ufe48\ufe50-\ufe6b\U0001d400-\U0001d7ff\U0001f100-\U0001f251"
)
JOINED = "\u0300-\u036f\u3099\u309a"
COMPATIBILITY = f"[{FORMS}{RAISED}{JOINED}]"
# A voiced mark may follow a kana that is full-width already.
KANA_RUN = re.compile("[か-ゔカ-ヴ]?[\uff61-\uff9f]+")
ALONE = str.maketrans({"\u3099": "゛", "\u309a": "゜"})

inner = re.compile(f"[{BLANK}]{{2,}}")
unseen = re.compile(f"[{UNSEEN}]")
forms = re.compile(f"(?:[{FORMS}]|(?<![0-9])[{RAISED}])[{JOINED}]*")
composed = re.compile(f".[{JOINED}]+", re.DOTALL)
ends = re.compile(rf"^[{EDGE}]+|[{EDGE}]+\Z")


def spaces(text: str) -> str | None:
    """Take away spaces at both ends, all but one inside, and characters nobody sees; nothing but spaces is blank.

    Examples
    --------
    >>> spaces("\u3000東京  都 ")
    '東京 都'
    """
    return inner.sub(" ", ends.sub("", unseen.sub("", text))) or None


def spaces_of(column: pl.Series) -> pl.Series:
    """Do the same to a column at once."""
    tidy = column.str.replace_all(f"[{UNSEEN}]", "").str.replace_all(rf"^[{EDGE}]+|[{EDGE}]+$", "")
    tidy = tidy.str.replace_all(f"[{BLANK}]{{2,}}", " ")
    return tidy.set(tidy == "", None)


def width(text: str) -> str:
    """Write full-width digits, letters, signs and spaces in ASCII.

    Examples
    --------
    >>> width("Ａ－１２３")
    'A-123'
    """
    return text.translate(NARROW)


def width_of(column: pl.Series) -> pl.Series:
    """Do the same to a column at once."""
    return column.str.replace_many([chr(code) for code in NARROW], list(NARROW.values()))


def kana(text: str) -> str:
    """Write half-width kana in full width, voiced marks joined to their kana.

    Examples
    --------
    >>> kana("ｶﾞﾗｽ")
    'ガラス'
    """
    return KANA_RUN.sub(lambda run: unicodedata.normalize("NFKC", run[0]).translate(ALONE), text)


def compatibility(text: str) -> str:
    """Write what is left of compatibility forms in plain letters, and join what was written in two.

    Full-width forms and spaces have rules of their own. Fractions (3½), raised digits behind digits (10³) and the variant
    characters of names stay, as they would become something else.

    Examples
    --------
    >>> compatibility("㈱三省堂 第Ⅲ部 ①")
    '(株)三省堂 第III部 1'
    """
    return composed.sub(lambda part: unicodedata.normalize("NFC", part[0]), forms.sub(plainly, text))


def plainly(part: re.Match[str]) -> str:
    """Write one form in plain letters."""
    return unicodedata.normalize("NFKC", part[0])
