"""The tabs about what ranks rows: threshold and confusion, curves, calibration, gain, scores; and the matrix of all classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import grids
from workbench.ui.feedback import chart
from workbench.ui.findings import plain
from workbench.ui.language import lang, say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.diagnosis import About, Confusion, Estimate, View

RATES = ("precision", "recall", "accuracy", "flagged", "false_alarms", "misses")


@dataclass(frozen=True)
class Chosen:
    """What is looked at."""

    run: str
    model: str
    about: About
    code: int
    threshold: float | None

    @property
    def label(self) -> str:
        """The class."""
        return self.about.classes[self.code]

    @property
    def other(self) -> str:
        """What stands against the class."""
        return self.about.classes[1 - self.code] if len(self.about.classes) == 2 else say("diagnosis.others")

    def key(self, name: str) -> str:
        """Return the key of something that is drawn."""
        return f"compare.diagnosis.{name}.{self.run}.{self.model}.{self.code}"

    def draw(self, view: View) -> None:
        """Draw one view."""
        figure = actions.diagnosis.chart(self.run, self.model, view, lang(), by=who(), code=self.code, threshold=self.threshold)
        chart(figure, key=self.key(view))

    def figures(self, view: View) -> Any:
        """Return the figures behind one view."""
        return actions.diagnosis.figures(self.run, self.model, view, by=who(), code=self.code)


def interval(found: Estimate | None, *, is_share: bool = True) -> str:
    """Return a figure with its interval as it is read."""
    if found is None or found.value is None:
        return grids.BLANK

    def amount(value: float) -> str:
        return f"{value:.1%}" if is_share else number(value)

    if found.low is None or found.high is None:
        return amount(found.value)
    return f"{amount(found.value)} ({amount(found.low)} – {amount(found.high)})"


def threshold(chosen: Chosen) -> None:
    """Draw the counts at the threshold with what follows from them, what errors cost, and every other threshold."""
    found = actions.diagnosis.counts(chosen.run, chosen.model, by=who(), code=chosen.code, threshold=chosen.threshold)
    left, right = st.columns(2, gap="medium")
    with left:
        figure = actions.diagnosis.counts_chart(found, chosen.label, chosen.other, lang(), by=who())
        chart(figure, key=chosen.key("counts"))
    with right:
        rates(found, chosen)
        costs(found, chosen)
    chosen.draw("threshold")
    st.caption(say("ui.diagnosis.threshold_how"))


def rates(found: Confusion, chosen: Chosen) -> None:
    """List the rates at the threshold."""
    lines = [{"name": say(f"ui.diagnosis.rate.{name}"), "value": interval(getattr(found, name))} for name in RATES]
    lines.insert(2, {"name": "F1", "value": number(found.f1)})
    columns = {"name": grids.words("ui.diagnosis.figure"), "value": grids.words("ui.diagnosis.value", width="medium")}
    grids.show(lines, columns, key=chosen.key("rates"), height="content")


def costs(found: Confusion, chosen: Chosen) -> None:
    """Ask what errors cost, say what they come to, and offer the threshold at which that is least."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        false_alarm, miss = (
            st.number_input(say(f"ui.diagnosis.cost_{name}"), 0.0, None, 1.0, key=chosen.key(f"cost.{name}"), width=150)
            for name in ("false_alarm", "miss")
        )
        st.button(
            say("ui.diagnosis.cheapest"),
            icon=":material/savings:",
            help=say("ui.diagnosis.cheapest_help"),
            on_click=move_to_cheapest,
            args=(chosen, false_alarm, miss),
            key=chosen.key("cheapest"),
        )
    total = found.cost(false_alarm, miss)
    st.markdown(say("ui.diagnosis.cost_said", total=number(total), each=number(total / max(found.rows, 1))))


def move_to_cheapest(chosen: Chosen, false_alarm: float, miss: float) -> None:
    """Move the threshold to where the errors cost least, as near as the slider can."""
    found = actions.diagnosis.cheapest(chosen.run, chosen.model, by=who(), code=chosen.code, false_alarm=false_alarm, miss=miss)
    low, high, _ = actions.diagnosis.slider(chosen.run, chosen.model, by=who(), code=chosen.code)
    key = f"compare.threshold.{chosen.run}.{chosen.model}.{chosen.code}"
    st.session_state[key] = min(max(float(found.threshold or low), low), high)


def curves(chosen: Chosen) -> None:
    """Draw the ROC curve and precision against recall, with the areas under them."""
    roc, precision = chosen.figures("roc"), chosen.figures("pr")
    if roc is not None:
        values = {"area": interval(roc.interval, is_share=False), "folds": ", ".join(f"{one:.3f}" for one in roc.areas)}
        st.markdown(plain(say("ui.diagnosis.auc", **values)))
        known = {"area": number(precision.pooled.area), "base": number(precision.base)}
        st.markdown(plain(say("ui.diagnosis.average_precision", **known)))
    left, right = st.columns(2, gap="medium")
    with left:
        chosen.draw("roc")
    with right:
        chosen.draw("pr")
    st.caption(say("ui.diagnosis.curves_how", most=actions.diagnosis.MOST_POINTS))


def calibration(chosen: Chosen) -> None:
    """Draw how far probabilities can be taken at their word, and list the bins."""
    found = chosen.figures("calibration")
    if found is not None:
        values = {"brier": number(found.brier), "base": number(found.base_brier), "error": f"{100 * found.error:.1f}"}
        st.markdown(say("ui.diagnosis.calibration", **values))
    chosen.draw("calibration")
    st.caption(say("ui.diagnosis.calibration_how"))
    if found is None:
        return
    with st.expander(say("ui.diagnosis.bins")):
        lines = [
            {
                "range": f"{one.low:.1%} – {one.high:.1%}",
                "rows": one.rows,
                "predicted": f"{one.predicted:.1%}",
                "observed": interval(one.observed),
            }
            for one in found.bins
        ]
        columns = {
            "range": grids.words("ui.diagnosis.range"),
            "rows": grids.number("ui.diagnosis.rows", width="small"),
            "predicted": grids.words("ui.diagnosis.predicted"),
            "observed": grids.words("ui.diagnosis.observed", width="medium"),
        }
        grids.show(lines, columns, key=chosen.key("bins"), height="content")


def gain(chosen: Chosen) -> None:
    """Draw gain and lift, and list them by tenths."""
    chosen.draw("gain")
    st.caption(say("ui.diagnosis.gain_how"))
    found = chosen.figures("gain")
    if found is None:
        return
    with st.expander(say("ui.diagnosis.tenths")):
        shares = [tenth / 10 for tenth in range(1, 11)]
        lines = [{"share": f"{one:.0%}", "gain": f"{found.at(one):.1%}", "lift": found.at(one) / one} for one in shares]
        columns = {
            "share": grids.words("ui.diagnosis.share"),
            "gain": grids.words("ui.diagnosis.found"),
            "lift": grids.number("ui.diagnosis.lift", digits=2),
        }
        grids.show(lines, columns, key=chosen.key("tenths"), height="content")


def scores(chosen: Chosen) -> None:
    """Draw how scores are spread."""
    chosen.draw("scores")
    st.caption(say("ui.diagnosis.scores_how"))


def matrix(chosen: Chosen) -> None:
    """Draw how often each class was predicted as each, and list each class against the rest."""
    chosen.draw("matrix")
    lines: list[dict[str, Any]] = [
        {
            "label": one.label,
            "rows": one.counts.true_positive + one.counts.false_negative,
            **{name: interval(getattr(one.counts, name)) for name in ("precision", "recall")},
            "f1": one.counts.f1,
            "area": interval(one.area, is_share=False),
        }
        for one in actions.diagnosis.by_class(chosen.run, chosen.model, by=who())
    ]
    columns = {
        "label": grids.words("ui.diagnosis.class", pinned=True),
        "rows": grids.number("ui.diagnosis.rows", width="small"),
        "precision": grids.words("ui.diagnosis.rate.precision", width="medium"),
        "recall": grids.words("ui.diagnosis.rate.recall", width="medium"),
        "f1": grids.measure("F1", [line["f1"] for line in lines]),
        "area": grids.words("ui.diagnosis.area", width="medium"),
    }
    grids.show(lines, columns, key=chosen.key("classes"))
    st.caption(say("ui.diagnosis.matrix_how"))
