"""The tabs about predicted numbers: against the real ones, and how far off they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import grids
from workbench.ui.diagnosis.ranked import Chosen, interval
from workbench.ui.feedback import chart
from workbench.ui.language import lang, say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.diagnosis import Of

ALONG: tuple[Of, ...] = ("predicted", "actual")


def actual(chosen: Chosen) -> None:
    """Draw predicted against real values, with the metrics over all rows."""
    metrics = chosen.figures("actual")
    told = [f"{say(f'metric.{name}.title')} **{number(value)}**" for name, value in metrics.items()]
    st.markdown(f"{say('ui.diagnosis.pooled')}: {' · '.join(told)}")
    chosen.draw("actual")
    st.caption(say("ui.diagnosis.actual_how"))


def errors(chosen: Chosen) -> None:
    """Draw how errors are spread, and where along the values they are large."""
    found = chosen.figures("residuals")
    values = {"half": number(found.within[0]), "most": number(found.within[1])}
    st.markdown(say("ui.diagnosis.within", mean=interval(found.mean, is_share=False), **values))
    chosen.draw("residuals")
    along = st.segmented_control(
        say("ui.diagnosis.along"),
        ALONG,
        default=ALONG[0],
        required=True,
        format_func=lambda name: say(f"ui.diagnosis.along_{name}"),
        key=chosen.key("along"),
    )
    figure = actions.diagnosis.chart(chosen.run, chosen.model, "ranges", lang(), by=who(), of=along)
    chart(figure, key=chosen.key(f"ranges.{along}"))
    st.caption(say(f"ui.diagnosis.along_{along}_how"))
    with st.expander(say("ui.diagnosis.ranges")):
        lines = [
            {
                "range": f"{number(one.low)} – {number(one.high)}",
                "rows": one.rows,
                "error": interval(one.error, is_share=False),
                "bias": interval(one.bias, is_share=False),
            }
            for one in actions.diagnosis.ranges(chosen.run, chosen.model, along, by=who())
        ]
        columns = {
            "range": grids.words("ui.diagnosis.range", width="medium"),
            "rows": grids.number("ui.diagnosis.rows", width="small"),
            "error": grids.words("diagnosis.ranges.error", width="medium"),
            "bias": grids.words("diagnosis.ranges.bias", width="medium"),
        }
        grids.show(lines, columns, key=chosen.key(f"range_rows.{along}"), height="content")
