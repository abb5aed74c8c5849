"""The tabs about parts of the rows: where a candidate is weak, and what its errors cost the groups of a sensitive column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import grids
from workbench.ui.diagnosis.ranked import Chosen, interval
from workbench.ui.feedback import chart
from workbench.ui.findings import bullets, plain
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.weak_spots import Apart, Group, Measure, Rate, Segment

# A chance below this is told apart from luck.
LEVEL = 0.05
RATES: tuple[Rate, ...] = ("flagged", "recall", "false_alarms", "precision")


def threshold_of(chosen: Chosen) -> float | None:
    """Return the threshold that counts: of several classes the model is left to itself."""
    return chosen.threshold if len(chosen.about.classes) == 2 else None


def segments(chosen: Chosen) -> None:
    """Draw how a candidate does by the values of a column, or the weakest segments of all columns."""
    about = chosen.about
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = st.selectbox(
            say("ui.diagnosis.column"),
            about.columns,
            None,
            placeholder=say("ui.diagnosis.all_columns"),
            key=chosen.key("column"),
            width=280,
        )
        measure = st.selectbox(
            say("ui.diagnosis.measure"),
            about.measures,
            format_func=lambda name: say(f"metric.{name}.title"),
            key=chosen.key("measure"),
            width=200,
        )
    at = threshold_of(chosen)
    if column is not None:
        found = actions.weak_spots.by_segment(
            chosen.run, chosen.model, column, measure, by=who(), code=chosen.code, threshold=at
        )
        if found is None:
            st.info(say("ui.diagnosis.free_text", column=plain(column)), icon=":material/notes:")
            return
        looked = sum(one.is_enough for one in found)
    else:
        with st.spinner(say("ui.diagnosis.looking")):
            found, looked = actions.weak_spots.weakest(
                chosen.run, chosen.model, measure, by=who(), code=chosen.code, threshold=at
            )
        if not found:
            st.info(say("ui.diagnosis.nothing_weak", count=looked), icon=":material/check_circle:")
            return
    conclude(found, measure, looked)
    chart(actions.weak_spots.segment_chart(found, measure, lang(), by=who()), key=chosen.key(f"segments.{column}.{measure}"))
    listed(found, measure, chosen, with_column=column is None)
    st.caption(say("ui.diagnosis.segments_how", count=looked))


def is_clear(one: Segment, measure: Measure) -> bool:
    """Tell whether a segment is weaker than the rest by more than luck."""
    return one.is_weaker(measure) and one.chance is not None and one.chance < LEVEL


def conclude(found: list[Segment], measure: Measure, looked: int) -> None:
    """Say whether any segment is clearly weak."""
    weak = [one for one in found if is_clear(one, measure)]
    names = [f"{plain(one.column)} = {plain(said(one.name))}" for one in weak[:3]]
    key = "ui.diagnosis.weak" if weak else "ui.diagnosis.not_weak"
    st.markdown(say(key, count=len(weak), looked=looked, names=names, metric=Text(f"metric.{measure}.title")))


def said(name: str | Text) -> str:
    """Return a segment's name."""
    return say(name) if isinstance(name, Text) else name


def listed(found: list[Segment], measure: Measure, chosen: Chosen, *, with_column: bool) -> None:
    """List segments with their rows; those of too few say so."""
    is_share = measure not in ("AUC", "MAE")
    lines = [
        {
            "column": one.column,
            "name": said(one.name),
            "rows": one.rows,
            "events": one.hits,
            "value": interval(one.value, is_share=is_share),
            "rest": grids.BLANK if one.rest is None else f"{one.rest:.1%}" if is_share else number(one.rest),
            "bias": interval(one.bias, is_share=False),
            "chance": one.chance,
            "note": note(one, measure),
        }
        for one in found
    ]
    columns: dict[str, Any] = {"column": grids.words("ui.column.name", pinned=True)} if with_column else {}
    columns |= {
        "name": grids.words("ui.diagnosis.segment", width="medium", pinned=not with_column),
        "value": grids.titled(say(f"metric.{measure}.title"), width="medium"),
        "rest": grids.words("ui.diagnosis.rest"),
        "note": grids.words("ui.diagnosis.note", width="medium"),
        "rows": grids.number("ui.diagnosis.rows", width="small"),
    }
    if chosen.about.classes:
        columns["events"] = grids.number("ui.diagnosis.events", width="small")
    else:
        columns["bias"] = grids.words("diagnosis.ranges.bias", width="medium")
    columns["chance"] = grids.number("ui.diagnosis.chance", digits=4, help=say("ui.diagnosis.chance_help"))
    grids.show(lines, columns, key=chosen.key("segment_rows"))


def note(one: Segment, measure: Measure) -> str:
    """Return what there is to say about a segment."""
    if not one.is_enough:
        return say("ui.diagnosis.too_few")
    return say("ui.diagnosis.weaker") if is_clear(one, measure) else ""


def groups(chosen: Chosen) -> None:
    """Draw the error rates of a column's groups, and how far they lie apart; sensitive columns are offered first."""
    about = chosen.about
    names = (*about.sensitive, *(name for name in about.columns if name not in about.sensitive))
    if not names:
        st.info(say("ui.diagnosis.no_columns"), icon=":material/notes:")
        return
    if not about.sensitive:
        st.caption(say("ui.diagnosis.no_sensitive"))
    column = st.selectbox(
        say("ui.diagnosis.group_column"),
        names,
        0 if about.sensitive else None,
        placeholder=say("ui.diagnosis.choose_column"),
        key=chosen.key("group_column"),
        width=280,
    )
    if column is None:
        return
    found = actions.weak_spots.by_group(
        chosen.run, chosen.model, column, by=who(), code=chosen.code, threshold=threshold_of(chosen)
    )
    if found is None:
        st.info(say("ui.diagnosis.free_text", column=plain(column)), icon=":material/notes:")
        return
    gaps(found)
    chart(actions.weak_spots.group_chart(found, lang(), by=who()), key=chosen.key(f"groups.{column}"))
    group_rows(found, chosen)
    st.caption(say("ui.diagnosis.groups_how" if about.classes else "ui.diagnosis.groups_numbers_how"))


def gaps(found: list[Group]) -> None:
    """Say how far groups lie apart in each rate."""
    if not found or found[0].counts is None:
        return
    st.markdown(bullets([gap(one) for one in actions.weak_spots.gaps(found, by=who())]))


def gap(one: Apart) -> str:
    """Say how far groups lie apart in one rate; what chance cannot explain stands out."""
    values = [f"{100 * value:.1f}" for value in (one.gap.value, one.gap.low, one.gap.high) if value is not None]
    told = say(
        "ui.diagnosis.gap_clear" if one.is_clear else "ui.diagnosis.gap",
        rate=Text(f"diagnosis.rate.{one.rate}"),
        high=said(one.high.name),
        low=said(one.low.name),
        gap=f"{values[0]} ({values[1]} – {values[2]})" if len(values) == 3 else values[0],
    )
    return f"**{plain(told)}**" if one.is_clear else plain(told)


def group_rows(found: list[Group], chosen: Chosen) -> None:
    """List groups with all their figures."""
    lines = [group_line(one) for one in found]
    columns: dict[str, Any] = {
        "name": grids.words("ui.diagnosis.group", pinned=True),
        "rows": grids.number("ui.diagnosis.rows", width="small"),
    }
    if chosen.about.classes:
        columns |= {rate: grids.words(f"diagnosis.rate.{rate}", width="medium") for rate in RATES}
        if chosen.about.is_probability:
            columns["said"] = grids.words("ui.diagnosis.predicted")
            columns["observed"] = grids.words("ui.diagnosis.observed", width="medium")
            columns["bias"] = grids.words("ui.diagnosis.apart", width="medium")
    else:
        columns |= {side: grids.words(f"diagnosis.ranges.{side}", width="medium") for side in ("error", "bias")}
    columns["note"] = grids.words("ui.diagnosis.note", width="medium")
    grids.show(lines, columns, key=chosen.key("group_rows"))


def group_line(one: Group) -> dict[str, Any]:
    """Return one group as the table shows it."""
    found: dict[str, Any] = {
        "name": said(one.name),
        "rows": one.rows,
        "error": interval(one.error, is_share=False),
        "bias": interval(one.bias, is_share=one.counts is not None),
        "note": say("ui.diagnosis.too_few") if one.is_small else "",
    }
    if one.counts is None:
        return found
    rates = {rate: interval(one.rate(rate)) for rate in RATES}
    return found | rates | {"said": grids.BLANK if one.said is None else f"{one.said:.1%}", "observed": interval(one.observed)}
