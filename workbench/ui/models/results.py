"""One row's answer on screen: the prediction, how sure it is, what to distrust, and why."""

from __future__ import annotations

from typing import Any

import streamlit as st

from workbench import actions, figure
from workbench.errors import WorkbenchError
from workbench.ui import feedback, grids
from workbench.ui.language import lang, say
from workbench.ui.people import who


def prediction(answer: dict[str, Any], details: dict[str, Any], *, start: dict[str, Any] | None = None) -> None:
    """Show a prediction, with its difference to another row's where there is one.

    Parameters
    ----------
    answer : dict
        One of the contract's `predictions`.
    details : dict
        The model as `actions.models.show` gives it.
    start : dict, optional
        The answer to compare with.
    """
    left, right = st.columns(2)
    left.metric(
        say("ui.prediction.label", target=details["target"]),
        spoken(answer["prediction"]),
        number_delta(answer, start),
        border=True,
    )
    if shown := probability(answer, details):
        label, value = shown
        before = (start or {}).get("probability", {}).get(label)
        delta = (
            say("ui.prediction.points", points=f"{100 * (value - before):+.1f}")
            if before is not None and value != before
            else None
        )
        right.metric(say("ui.prediction.probability", label=label), f"{value:.1%}", delta, delta_color="off", border=True)
    warnings(answer)
    if len(answer["probability"]) > 2:
        st.bar_chart(answer["probability"], horizontal=True, height=60 + 34 * len(answer["probability"]))


def number_delta(answer: dict[str, Any], start: dict[str, Any] | None) -> str | None:
    """Return by how much a predicted number moved; labels have no difference."""
    pair = (answer["prediction"], (start or {}).get("prediction"))
    if (
        all(isinstance(v, int | float) and not isinstance(v, bool) for v in pair)
        and not answer["probability"]
        and pair[0] != pair[1]
    ):
        return f"{pair[0] - pair[1]:+,.4g}"
    return None


def probability(answer: dict[str, Any], details: dict[str, Any]) -> tuple[str, float] | None:
    """Return (label, probability): the event's with two classes, else the predicted one's."""
    chances = answer["probability"]
    label = str(details["event"]) if len(details["labels"]) == 2 and details["event"] is not None else str(answer["prediction"])
    return (label, chances[label]) if label in chances else None


def spoken(value: Any) -> str:
    """Return a prediction as a reader expects it."""
    if isinstance(value, bool):
        return say("ui.yes") if value else say("ui.no")
    return figure.number(value) if isinstance(value, float) else str(value)


def warnings(answer: dict[str, Any]) -> None:
    """Say what not to trust about this row."""
    if texts := [str(warning["text"]) for warning in answer["warnings"]]:
        st.warning("\n".join([say("ui.prediction.distrust"), "", *(f"- {text}" for text in texts)]), icon=":material/warning:")


def reasons(reference: str, row: dict[str, Any], *, key: str) -> None:
    """Draw why a row is predicted as it is, or say why there is no explanation."""
    try:
        chart = actions.explain.reasons_chart(reference, row, lang(), by=who())
        answer = actions.explain.row(reference, row, by=who())
    except WorkbenchError as problem:
        st.info(problem.say(lang()), icon=":material/info:")
        return
    feedback.chart(chart, key=f"{key}.chart")
    with st.expander(say("ui.reasons.all")):
        grids.show(
            [
                {"feature": r["feature"], "value": blank(r["value"]), "effect": effect(r["effect"], answer)}
                for r in answer["reasons"]
            ],
            {
                "feature": grids.words("ui.column.name"),
                "value": grids.words("ui.column.value"),
                "effect": grids.number("ui.column.points" if answer["class"] is not None else "ui.column.effect", digits=3),
            },
            key=f"{key}.table",
        )


def blank(value: Any) -> str:
    """Return a cell as text, a missing one as a blank."""
    return say("ui.fields.blank") if value is None else spoken(value)


def effect(value: float, answer: dict[str, Any]) -> float:
    """Return an effect in the unit of its column: probability points, or the target's own."""
    return 100 * value if answer["class"] is not None else value


def of_rows(reference: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the predictions of some rows, their warnings in the reader's language."""
    found: list[dict[str, Any]] = actions.predict.rows(reference, rows, by=who(), lang=lang())["predictions"]
    return found


def changes(start: dict[str, Any], row: dict[str, Any]) -> None:
    """Say which values differ from the row begun with."""
    names = [name for name, value in row.items() if not same(value, start.get(name))]
    st.caption(say("ui.changes.some", count=len(names), names=names) if names else say("ui.changes.none"))


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same for a reader: 3 and 3.0 are, blank and empty are."""
    return one == other or (one in (None, "") and other in (None, ""))
