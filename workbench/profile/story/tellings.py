"""What a column says of the target in one sentence: the group of rows that stands out most, a trend, or its missing values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.figure import number, shorten
from workbench.profile.difference.measures import Estimate
from workbench.profile.story.contrast import FEWEST_EXPECTED, Bins, Group, bins_of, difference, monotone, ratio
from workbench.words import Text

# Fewer rows than this make no sentence, on either side.
FEWEST_ROWS = 20
# So often seen, an event is no accident, however rarely it was expected.
ENOUGH_HITS = 10
# An end of the column's range is told rather than a stretch inside that explains hardly more.
NEARLY_BEST = 0.9
# A trend goes one way nearly everywhere, and in more than one step.
ONE_WAY = 0.9
ONE_STEP = 0.85
FEWEST_STEPS = 4
# Below this a ratio ("1.1 times as often") says less than the difference.
WORTH_A_RATIO = 1.5
LONGEST_LABEL = 40


@dataclass(frozen=True)
class Telling:
    """A sentence and the figures it stands on."""

    code: str
    text: Text
    effect: Estimate
    ratio: Estimate | None
    rows: int
    share: float
    """The share of the target's variance it explains."""


@dataclass(frozen=True)
class Story:
    """One label of a column's story."""

    column: Mapping[str, Any]
    target: str
    label: int
    bins: Bins

    @property
    def told(self) -> Mapping[str, Any]:
        """The column's story."""
        return self.column["by_target"]

    @property
    def measure(self) -> str:
        """Rate or mean."""
        return str(self.told["measure"])

    @property
    def ordered(self) -> np.ndarray:
        """The bins that have an order, in it."""
        return np.array([i for i, entry in enumerate(self.told["bins"]) if has_order(entry)], dtype=np.intp)

    @property
    def subject(self) -> dict[str, Any]:
        """What the sentence is about."""
        if self.measure == "mean":
            return {"target": self.target}
        return {"target": self.target, "label": value_text(self.told["labels"][self.label])}


def stories(column: Mapping[str, Any], target: str) -> list[Story]:
    """Return a column's story label by label."""
    told = column["by_target"]
    found = [(i, bins_of(told["bins"], i, told["measure"])) for i in range(max(1, len(told["labels"])))]
    return [Story(column, target, i, bins) for i, bins in found if bins is not None]


def along(column: Mapping[str, Any], target: str) -> Telling | None:
    """Return what stands out most along a column: a trend, or the group that differs most from the other rows."""
    found = [telling for story in stories(column, target) if (telling := trend(story) or group(story)) is not None]
    return max(found, key=lambda telling: telling.share, default=None)


def of_missing(column: Mapping[str, Any], target: str, names: Sequence[str]) -> Telling | None:
    """Return how the rows where a column is missing differ from those where it is known."""
    blank = np.array([entry["kind"] == "missing" for entry in column["by_target"]["bins"]])
    part = Text("profile.part.missing")
    if len(names) > 1:
        where = Text("profile.part.where_with", column=column["name"], count=len(names) - 1, part=part)
    else:
        where = Text("profile.part.where", column=column["name"], part=part)
    found = [told for story in stories(column, target) if (told := compared(story, blank, where, "missing")) is not None]
    return max(found, key=lambda telling: telling.share, default=None)


def group(story: Story) -> Telling | None:
    """Return the group of bins that explains most of the target's variance against all other rows."""
    masks = choices(story)
    if not len(masks):
        return None
    shares = np.where(are_enough(story, masks), story.bins.shares(masks), 0.0)
    near = np.flatnonzero(shares >= NEARLY_BEST * shares.max())
    if not shares.max() > 0:
        return None
    # Of two halves that say the same, the one where the target is higher.
    best = max(near, key=lambda i: (is_end(story, masks[i]), round(shares[i] / shares.max(), 6), is_higher(story, masks[i])))
    return compared(story, masks[best], where(story, masks[best]), story.measure)


def choices(story: Story) -> np.ndarray:
    """Return the groups to choose from: each bin alone, and each stretch of ordered ones."""
    size, ordered = len(story.bins.rows), story.ordered
    found = [[i] for i, entry in enumerate(story.told["bins"]) if i not in ordered and entry["kind"] != "missing"]
    found += [list(ordered[i:j]) for i in range(len(ordered)) for j in range(i + 1, len(ordered) + 1) if j - i < len(ordered)]
    masks = np.zeros((len(found), size), dtype=bool)
    for mask, chosen in zip(masks, found, strict=True):
        mask[chosen] = True
    return masks


def has_order(entry: Mapping[str, Any]) -> bool:
    """Whether a bin is a range, or one of a few numbers."""
    is_number = isinstance(entry.get("value"), int | float) and not isinstance(entry["value"], bool)
    return entry["kind"] == "range" or (entry["kind"] == "value" and is_number)


def is_end(story: Story, mask: np.ndarray) -> bool:
    """Whether a group is all below or all above one value."""
    ordered = story.ordered
    return len(ordered) > 1 and bool(mask[ordered].any()) and bool(mask[ordered[0]] or mask[ordered[-1]])


def is_higher(story: Story, mask: np.ndarray) -> bool:
    """Whether the target is higher in a group than on the whole."""
    return story.bins.together(mask).mean > story.bins.whole.mean


def are_enough(story: Story, masks: np.ndarray) -> np.ndarray:
    """Tell which groups are large enough to be told, and the other rows too."""
    whole = story.bins.whole
    rows = masks @ story.bins.rows
    large = np.minimum(rows, whole.rows - rows) >= FEWEST_ROWS
    if story.measure == "mean":
        return large
    hits = masks @ (story.bins.rows * story.bins.mean)
    for seen, rate in ((hits, whole.mean), (rows - hits, 1 - whole.mean)):
        large &= (rows * rate >= FEWEST_EXPECTED) | (seen >= ENOUGH_HITS)
    return large


def compared(story: Story, mask: np.ndarray, place: Text, code: str) -> Telling | None:
    """Tell a group against all other rows, or nothing where their difference may be none."""
    if not are_enough(story, mask[None, :])[0]:
        return None
    inside, outside = story.bins.together(mask), story.bins.together(~mask)
    effect = difference(inside, outside, story.measure)
    if not apart(effect):
        return None
    share = float(story.bins.shares(mask[None, :])[0])
    if story.measure == "mean":
        key, values = mean_words(inside, outside, effect)
        return Telling(code, Text(key, **story.subject, where=place, **values), effect, None, int(inside.rows), share)
    times = ratio(inside, outside)
    key, values = rate_words(inside, outside, effect, times)
    return Telling(code, Text(key, **story.subject, where=place, **values), effect, times, int(inside.rows), share)


def apart(effect: Estimate) -> bool:
    """Whether a difference's interval leaves out zero."""
    low, high = effect["low"], effect["high"]
    return low is not None and high is not None and (low > 0 or high < 0)


def rate_words(inside: Group, outside: Group, effect: Estimate, times: Estimate | None) -> tuple[str, dict[str, Any]]:
    """Return the key and the figures of a sentence on how often."""
    low, high = rate_interval(inside)
    values: dict[str, Any] = {
        "rate": percent(inside.mean),
        "rate_low": low,
        "rate_high": high,
        "rows": int(inside.rows),
        "rest": percent(outside.mean),
        "others": int(outside.rows),
    }
    if times is None:
        return ("profile.question.only" if inside.mean > 0 else "profile.question.never"), values
    assert times["value"] is not None
    if not 1 / WORTH_A_RATIO < times["value"] < WORTH_A_RATIO:
        shown = {name: fold(times[end]) for name, end in (("times", "value"), ("low", "low"), ("high", "high"))}
        return "profile.question.times", values | shown
    key = "profile.question.more" if inside.mean > outside.mean else "profile.question.less"
    return key, values | dict(zip(("points", "low", "high"), amounts(effect, lambda v: f"{100 * v:.1f}"), strict=True))


def mean_words(inside: Group, outside: Group, effect: Estimate) -> tuple[str, dict[str, Any]]:
    """Return the key and the figures of a sentence on how much."""
    key = "profile.question.higher" if inside.mean > outside.mean else "profile.question.lower"
    shown = dict(zip(("difference", "low", "high"), amounts(effect, brief), strict=True))
    return key, shown | {"mean": brief(inside.mean), "rows": int(inside.rows), "rest": brief(outside.mean)}


def amounts(effect: Estimate, written: Any) -> list[str]:
    """Return a difference and its interval without their sign, the smaller end first."""
    low, high = sorted(abs(effect[end] or 0.0) for end in ("low", "high"))
    return [written(value) for value in (abs(effect["value"] or 0.0), low, high)]


def trend(story: Story) -> Telling | None:
    """Tell a target that rises or falls along a column, or None where it does not, or in one step only."""
    ordered = story.ordered
    if len(ordered) < FEWEST_STEPS:
        return None
    bins = Bins(story.bins.rows[ordered], story.bins.mean[ordered], story.bins.squares[ordered])
    sign, course = monotone(bins)
    between = float((bins.rows * (bins.mean - bins.whole.mean) ** 2).sum())
    steps = np.tril(np.ones((len(ordered) - 1, len(ordered)), dtype=bool))
    if course < ONE_WAY or bins.shares(steps).max() * bins.whole.squares >= ONE_STEP * between:
        return None
    ends = [story.ordered == ordered[0], story.ordered == ordered[-1]]
    first, last = (bins.together(mask) for mask in ends)
    effect = difference(last, first, story.measure)
    if min(first.rows, last.rows) < FEWEST_ROWS or not apart(effect) or sign * (effect["value"] or 0.0) <= 0:
        return None
    way = "rises" if sign > 0 else "falls"
    key = f"profile.question.{way}" if story.measure == "rate" else f"profile.question.mean_{way}"
    values = {**end_words(story, int(ordered[0]), "first"), **end_words(story, int(ordered[-1]), "last")}
    text = Text(key, **story.subject, column=story.column["name"], **values)
    times = ratio(last, first) if story.measure == "rate" else None
    return Telling("trend", text, effect, times, int(first.rows + last.rows), between / story.bins.whole.squares)


def end_words(story: Story, place: int, name: str) -> dict[str, Any]:
    """Return the figures of one end of a trend."""
    entry = story.told["bins"][place]
    estimate = entry["estimates"][story.label]
    written = percent if story.measure == "rate" else brief
    return {
        name: written(estimate["value"]),
        f"{name}_low": written(estimate["low"]),
        f"{name}_high": written(estimate["high"]),
        f"{name}_rows": entry["rows"],
        f"{name}_where": part(story, np.array([place])),
    }


def where(story: Story, mask: np.ndarray) -> Text:
    """Return which rows a group holds, as a clause."""
    return Text("profile.part.where", column=story.column["name"], part=part(story, np.flatnonzero(mask)))


def part(story: Story, chosen: np.ndarray) -> Text:
    """Return which values a group holds."""
    bins, ordered = story.told["bins"], story.ordered
    first, last = bins[chosen[0]], bins[chosen[-1]]
    if first["kind"] == "rest":
        return Text("profile.part.rest", count=first["distinct"])
    if first["kind"] == "infinite":
        return Text("profile.part.infinite")
    if first["kind"] == "value":
        return values_part(first["value"], last["value"], chosen, ordered)
    kind = "dates" if isinstance(first["low"], str) else "numbers"
    low, high = edge(first["low"], story.column), edge(last["high"], story.column)
    if first["low"] == last["high"]:
        return Text("profile.part.is", value=low)
    if chosen[0] == ordered[0]:
        return Text("profile.part.until" if kind == "dates" else "profile.part.at_most", high=high)
    if chosen[-1] == ordered[-1]:
        return Text("profile.part.after" if kind == "dates" else "profile.part.above", low=low)
    return Text("profile.part.dates" if kind == "dates" else "profile.part.between", low=low, high=high)


def values_part(first: object, last: object, chosen: np.ndarray, ordered: np.ndarray) -> Text:
    """Return which of a few values a group holds."""
    if len(chosen) == 1:
        return Text("profile.part.is", value=value_text(first))
    if chosen[0] == ordered[0]:
        return Text("profile.part.at_most", high=value_text(last))
    if chosen[-1] == ordered[-1]:
        return Text("profile.part.at_least", low=value_text(first))
    return Text("profile.part.range", low=value_text(first), high=value_text(last))


def edge(value: float | str, column: Mapping[str, Any]) -> str:
    """Return one end of a range: a day of dates, a minute of moments."""
    if not isinstance(value, str):
        return number(value)
    day, _, clock = value.partition("T")
    return day if column["dtype"] == "Date" or not clock.strip("0:.") else f"{day} {clock[:5]}"


def value_text(value: object) -> Text | str:
    """Return a value as a sentence shows it."""
    if isinstance(value, bool):
        return Text("profile.bin.yes") if value else Text("profile.bin.no")
    return number(value) if isinstance(value, int | float) else shorten(value, LONGEST_LABEL)


def rate_interval(group: Group) -> tuple[str, str]:
    """Return Wilson's interval of a group's rate, written."""
    from workbench.profile.by_target import wilson

    found = wilson(group.rows * group.mean, group.rows)
    return percent(found["low"]), percent(found["high"])


def percent(value: float | None) -> str:
    """Return a share to one decimal, or as many as it takes near none and all.

    Examples
    --------
    >>> percent(0.2413), percent(0.00041), percent(1.0)
    ('24.1%', '0.041%', '100.0%')
    """
    if value is None:
        return number(None)
    gap = min(value, 1 - value)
    digits = 1 if gap >= 0.01 or gap < 1e-12 else min(6, int(np.ceil(-np.log10(gap))) - 1)
    return f"{value:.{digits}%}"


def fold(value: float | None) -> str:
    """Return how many times, to the digits that say something."""
    if value is None:
        return number(None)
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else number(round(value))


def brief(value: float | None) -> str:
    """Return a mean or a difference of means to a few figures."""
    return number(None if value is None else float(f"{value:.4g}") if abs(value) < 1000 else round(value))


def named(names: Sequence[str], most: int, *, of_groups: bool = False) -> Text:
    """Return some names in a sentence, the rest of them counted as columns or as groups of columns."""
    if len(names) > most:
        key = "profile.story.groups_more" if of_groups else "profile.story.names_more"
        return Text(key, names=list(names[:most]), count=len(names) - most)
    return Text("profile.story.names", names=list(names))
