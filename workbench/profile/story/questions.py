"""Which columns move the target most, in sentences with effect and support, and a caution for how many columns were looked at.

Everything comes from the profile's plain data: the bins of a column hold the counts and moments that every comparison needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.figure import number
from workbench.profile.story import tellings
from workbench.profile.story.contrast import differ, holm
from workbench.profile.story.tellings import Telling
from workbench.words import Text

# The chance, after Holm, that any of the columns told is a coincidence.
ALPHA = 0.05
# A column that explains so much of the target alone is more often the target in disguise than luck.
TOO_GOOD = 0.9
MOST_SENTENCES = 20
# More names than this are counted.
MOST_NAMES = 3


@dataclass(frozen=True)
class Look:
    """One test of the target along a column, or between its missing and its known values."""

    column: Mapping[str, Any]
    is_missing: bool
    p: float
    names: tuple[str, ...]
    """The columns it holds for: those that are missing in the same rows share one."""
    adjusted: float = 1.0


@dataclass(frozen=True)
class Finding:
    """What one look found, told."""

    look: Look
    code: str
    severity: str
    telling: Telling
    weight: float
    """The share of the target's variance it explains."""
    names: tuple[str, ...]


def questions(profiled: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Tell which columns move the target most.

    Parameters
    ----------
    profiled : mapping
        A profile; parts that are not there yet (``missingness``, groups of ``associations``) are done without.

    Returns
    -------
    list of dict
        Strongest first, at most 20: ``code`` (``rate``, ``mean``, ``trend``, ``missing``, ``leak``; the last is the caution,
        ``looks`` or ``none``), ``columns``, ``text``, ``effect low high`` (difference to the other rows, of a trend between its
        ends, with its 95 % interval), ``ratio`` (the same for how often, or None), ``rows``, ``adjusted`` (p after Holm),
        ``strength``, ``severity`` and ``chart``. Empty without a target.

    Notes
    -----
    A column is told when its test (see `contrast.differ`) holds at 5 % after Holm's correction for all looks. The group
    told is chosen among several, so its effect looks larger than it is; the caution says so.
    """
    target = profiled.get("target")
    looks = adjusted(looks_at(profiled)) if target and target.get("task") else []
    if not target or not looks:
        return []
    found = sorted(findings(looks, target["name"]), key=lambda finding: (-finding.weight, finding.look.adjusted))
    kept = len({name for finding in found for name in finding.names})
    told = [said(finding) for finding in folded(found, profiled)]
    return [*told[: MOST_SENTENCES - 1], caution(looks, kept, len(told), target)]


def looks_at(profiled: Mapping[str, Any]) -> list[Look]:
    """Test every column that has a story; missing values apart, and once for all columns that miss the same rows."""
    found: list[Look] = []
    together = groups_of(profiled, "missingness")
    missing: dict[tuple[Any, ...], Look] = {}
    for column in profiled.get("columns") or []:
        story = column.get("by_target")
        if not story or not story["bins"]:
            continue
        blank = np.array([entry["kind"] == "missing" for entry in story["bins"]])
        along = [np.arange(len(blank)) == i for i in np.flatnonzero(~blank)]
        if len(along) > 1 and (p := tested(story, along)) is not None:
            found.append(Look(column, is_missing=False, p=p, names=(column["name"],)))
        if blank.any() and along and (p := tested(story, [~blank, blank])) is not None:
            entry = story["bins"][int(np.flatnonzero(blank)[0])]
            # In one group, as many blanks with the same target are the same blanks; elsewhere they may be so by chance.
            place = together.get(column["name"], column["name"])
            same = (place, entry["rows"], *(estimate["value"] for estimate in entry["estimates"]))
            names = (*(missing[same].names if same in missing else ()), column["name"])
            missing[same] = replace(missing.get(same) or Look(column, is_missing=True, p=p, names=names), names=names)
    return [*found, *missing.values()]


def tested(story: Mapping[str, Any], parts: Sequence[np.ndarray]) -> float | None:
    """Return how likely parts of a story differ by chance."""
    return differ(story["bins"], story["measure"], len(story["labels"]), parts)


def adjusted(looks: Sequence[Look]) -> list[Look]:
    """Return the looks with their p adjusted for how many there are."""
    return [replace(look, adjusted=p) for look, p in zip(looks, holm([look.p for look in looks]), strict=True)]


def findings(looks: Sequence[Look], target: str) -> Iterator[Finding]:
    """Yield what the looks that hold found; a column too good to be true is told once, as such."""
    suspects: set[str] = set()
    for look in looks:
        if look.adjusted >= ALPHA or look.column["name"] in suspects:
            continue
        telling = (
            tellings.of_missing(look.column, target, look.names) if look.is_missing else tellings.along(look.column, target)
        )
        if telling is None:
            continue
        strength = look.column["by_target"]["strength"]
        if strength >= TOO_GOOD:
            suspects.add(look.column["name"])
            text = Text("profile.question.leak", column=look.column["name"], target=target, strength=tellings.percent(strength))
            yield Finding(look, "leak", "warning", replace(telling, text=text), strength, (look.column["name"],))
        elif look.is_missing:
            yield Finding(look, "missing", "info", telling, telling.share, look.names)
        else:
            yield Finding(look, telling.code, "info", telling, strength, look.names)


def folded(found: Sequence[Finding], profiled: Mapping[str, Any]) -> list[Finding]:
    """Tell columns that say nearly the same, or are missing together, in the sentence of the strongest of them."""
    same, blank = groups_of(profiled, "associations"), groups_of(profiled, "missingness")
    told: dict[object, Finding] = {}
    for finding in found:
        place = (blank if finding.code == "missing" else same).get(finding.names[0])
        key = (finding.code == "missing", finding.severity, place) if place is not None else (finding.code, *finding.names)
        if key in told:
            told[key] = replace(told[key], names=(*told[key].names, *(n for n in finding.names if n not in told[key].names)))
        else:
            told[key] = finding
    return list(told.values())


def groups_of(profiled: Mapping[str, Any], part: str) -> dict[str, int]:
    """Return which group each column is in that says the same as others, or is missing where others are."""
    groups = (profiled.get(part) or {}).get("groups") or []
    return {name: i for i, group in enumerate(groups) for name in group["columns"]}


def said(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data."""
    telling, text = finding.telling, finding.telling.text
    others = [
        name for name in finding.names if name not in (finding.look.names if finding.code == "missing" else finding.names[:1])
    ]
    if others:
        text = Text("profile.question.also", text=text, others=tellings.named(others, MOST_NAMES))
    return {
        "code": finding.code,
        "columns": list(finding.names),
        "text": text,
        "effect": telling.effect["value"],
        "low": telling.effect["low"],
        "high": telling.effect["high"],
        "ratio": telling.ratio,
        "rows": telling.rows,
        "adjusted": finding.look.adjusted,
        "strength": finding.weight,
        "severity": finding.severity,
        "chart": {"tab": "target", "column": finding.names[0]},
    }


def caution(looks: Sequence[Look], kept: int, told: int, target: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sentence on how many looks there were and how many of them chance alone would have made findings."""
    columns = len({name for look in looks for name in look.names})
    code = "looks" if kept else "none"
    text = Text(
        f"profile.question.{code}",
        columns=columns,
        count=kept or columns,
        looks=len(looks),
        target=target["name"],
        chance=number(round(ALPHA * len(looks), 1)),
    )
    if told > MOST_SENTENCES - 1:
        text = Text("profile.question.strongest", text=text, shown=MOST_SENTENCES - 1, count=told)
    unknown = dict.fromkeys(("effect", "low", "high", "ratio", "adjusted", "strength"))
    chart = {"tab": "target", "column": None}
    rows = target.get("rows")
    return {"code": code, "columns": [], "text": text, **unknown, "rows": rows, "severity": "info", "chart": chart}
