"""Values that stand for nothing: how one is recognised in a cell, and which ones a column has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np

NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
# What programs and people write where there is nothing, in lower case.
SURE = frozenset(
    """? ?? ??? - -- --- ー ― — – ‐ − ... .. … *** **** ***** /// xna xap n/a #n/a n.a. n.a <na> (null) null nan #value! #ref!
    #div/0! #name? #num! #null! (blank) (missing) missing undefined 未入力 未記入 未登録 未取得 未設定 欠損 欠測 欠損値
    データなし データ無し 記載なし 入力なし 空白 空欄""".split()  # noqa: SIM905
)
# Words that may be an answer: somebody has none, or it is known that nobody knows.
DOUBTFUL = frozenset(
    """なし 無し 無 ナシ 特になし 該当なし 該当無し 非該当 対象外 不明 未回答 無回答 回答なし 未定 その他不明 unknown none na
    unspecified""".split()  # noqa: SIM905
) | {"not specified", "not available", "not applicable", "no answer", "no data"}
WORDS = SURE | DOUBTFUL
# In a column of numbers these may mean zero.
NONE = frozenset({"なし", "無し", "無", "ナシ", "特になし", "none"})
# A sign beside one of these is a value: + and -, あり and なし.
PLUS, SOME = frozenset({"+", "++", "±"}), frozenset({"あり", "有り", "有", "アリ"})
COUNTERPARTS = {"-": PLUS, "--": PLUS, **dict.fromkeys(["なし", "無し", "無", "ナシ"], SOME), "***": frozenset({"*", "**"})}
BESIDE = frozenset().union(*COUNTERPARTS.values())
SPECIAL = frozenset({365243, 2147483647, -2147483648, 4294967295, 99991231})
LOW = re.compile(r"-(?:[1789]|9*[789]|(\d)\1+|[1-9]0+)(?:\.(9+))?\Z")
NINES = re.compile(r"(?:9{2,}(?:\.9+)?|9+[78]|(?:8{2,}|7{2,})|(\d)\1{3,})\Z")
# A code of a handful of rows may be a slip; one of a twentieth of a percent of a long table too.
FEWEST, SMALLEST_SHARE = 5, 0.002
NEIGHBOURS = 10
MOST_TOGETHER = 3


@dataclass(frozen=True)
class Marker:
    """A value that stands for nothing."""

    text: str
    sure: bool
    """Whether it cannot well be a value like any other."""


def missing(values: Iterable[str]) -> Callable[[str], str | None]:
    """Return the rule that blanks some values, whichever way a number among them is written.

    Parameters
    ----------
    values : iterable of str
        Texts, and numbers as text.

    Returns
    -------
    callable
        Text to text, or to None.

    Examples
    --------
    >>> rule = missing(["-200", "?"])
    >>> rule("-200.0"), rule(" ？"), rule("200")
    (None, None, '200')
    """
    texts = frozenset(map(plain, values))
    numbers = as_numbers(texts)

    def blank(text: str) -> str | None:
        bare = plain(text)
        if bare in texts or (numbers and NUMBER.match(bare) and float(bare) in numbers):
            return None
        return text

    return blank


def plain(text: str) -> str:
    """Return a text in the form in which values are compared."""
    return unicodedata.normalize("NFKC", text).strip()


def as_numbers(values: Iterable[str]) -> frozenset[float]:
    """Return those values that are numbers."""
    return frozenset(float(value) for value in map(plain, values) if NUMBER.match(value))


def markers(words: Iterable[str], *, others: int, beside: Collection[str] = (), numbers: bool = False) -> list[Marker]:
    """Judge the words for nothing that stand in a column.

    Parameters
    ----------
    words : iterable of str
        Labels that `WORDS` knows, in the form in which they are compared.
    others : int
        How many other labels there are.
    beside : collection of str
        Those of the other labels that make a sign a value, such as ``+`` for ``-``.
    numbers : bool
        Whether the others are numbers or dates: an unknown one is then no answer of its own, though "none" may be zero.

    Returns
    -------
    list of Marker
        In the order of their letters; a sign that is a value is left out.

    Examples
    --------
    >>> [(m.text, m.sure) for m in markers(["XNA", "不明"], others=5)]
    [('XNA', True), ('不明', False)]
    """
    doubtful = NONE if numbers else DOUBTFUL
    # One other label and a sign for nothing are a yes and a no.
    answers = others > 1 or numbers
    found = [word for word in sorted(words) if not COUNTERPARTS.get(word, frozenset()) & set(beside)]
    return [Marker(word, sure=answers and word.lower() not in doubtful) for word in found]


def codes(values: np.ndarray, counts: np.ndarray) -> list[Marker]:
    """Return the numbers of a column that stand for nothing: outlying, frequent and of a form that people choose.

    Parameters
    ----------
    values : numpy.ndarray
        Its distinct numbers in ascending order.
    counts : numpy.ndarray
        How often each occurs.

    Returns
    -------
    list of Marker
        A run of nines in an amount may be a cap, so it is sure only when it lies far off.

    Examples
    --------
    >>> [m.text for m in codes(np.array([-200.0, *range(20)]), np.array([50, *[10] * 20]))]
    ['-200']
    """
    bottom = at_edge(values, counts)
    values, counts = values[len(bottom) :], counts[len(bottom) :]
    top = at_edge(-values[::-1], counts[::-1], sign=-1)
    rest = values[: len(values) - len(top)]
    return [Marker(as_text(float(v)), sure=is_sure(float(v), rest)) for v in [*bottom, *[-v for v in reversed(top)]]]


def at_edge(values: np.ndarray, counts: np.ndarray, sign: int = 1) -> list[float]:
    """Return the codes at the lower edge of a column: up to three together, as 97, 98 and 99."""
    shaped = 0
    while shaped < min(MOST_TOGETHER, len(values)) and is_shaped(sign * float(values[shaped])):
        shaped += 1
    total = counts.sum()
    for together in range(shaped, 0, -1):
        rest, weights = values[together:], counts[together:]
        if len(rest) > 1 and is_outlying(values[together - 1], rest, weights):
            near = float(np.median(weights[:NEIGHBOURS]))
            if counts[:together].min() >= max(FEWEST, SMALLEST_SHARE * total, near):
                return [float(value) for value in values[:together]]
    return []


def is_shaped(number: float) -> bool:
    """Whether a number is one that people choose to mean nothing."""
    return number in SPECIAL or bool((LOW if number < 0 else NINES).match(as_text(number)))


def is_outlying(value: float, rest: np.ndarray, weights: np.ndarray) -> bool:
    """Whether a value lies further from the rest than the rest's own values near that edge lie from each other."""
    gap = rest[0] - value
    tenth = rest[np.searchsorted(np.cumsum(weights), 0.1 * weights.sum())]
    near = rest[:NEIGHBOURS]
    step = (near[-1] - near[0]) / (len(near) - 1)
    return bool(gap > tenth - rest[0] and gap >= 5 * step)


def is_sure(value: float, rest: np.ndarray) -> bool:
    """Whether a code cannot well be a value: below zero where nothing else is, a known one, or very far off."""
    low, high = float(rest[0]), float(rest[-1])
    far = max(low - value, value - high) >= 3 * (high - low)
    return value in SPECIAL or far or (value < 0 and (low >= 0 or value <= -10))


def as_text(number: float) -> str:
    """Write a number as a person would: a whole one without a point.

    Examples
    --------
    >>> as_text(-200.0), as_text(0.5), as_text(365243)
    ('-200', '0.5', '365243')
    """
    if isinstance(number, float):
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(number)
