"""Why a model predicts what it does: over all rows, for one row, and as charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from workbench import report
from workbench.actions import held, predict
from workbench.actions.sources import Source
from workbench.bundle import Bundle
from workbench.errors import ExplainError
from workbench.explain import Explainer, charts
from workbench.predict import arriving
from workbench.principal import Principal
from workbench.words import Lang, say

if TYPE_CHECKING:
    import plotly.graph_objects as go


def explainer(reference: str, *, by: Principal) -> Explainer:
    """Return what explains a registered model."""
    by.require("viewer")
    return held.explainer(held.registry().resolve(reference))


def overview(reference: str, *, by: Principal) -> dict[str, Any]:
    """Return which columns move a model's predictions, over the rows the bundle carries.

    Returns
    -------
    dict
        ``global``: a list of ``feature`` and ``importance`` (mean absolute effect); ``rows``: how many rows;
        ``why_not``: a Text or None.
    """
    record = held.registry().resolve(reference)
    return held.overviews.get(
        (record.name, record.version), lambda: summarize(explainer(reference, by=by), held.bundle(record))
    )


def summarize(explaining: Explainer, model: Bundle) -> dict[str, Any]:
    """Summarize a model over its background rows, fewer of them where one takes long."""
    if explaining.why_not:
        return {"global": [], "rows": 0, "why_not": explaining.why_not}
    looked_at = explaining.sample(model.background)
    return {"global": explaining.importance(looked_at), "rows": looked_at.height, "why_not": None}


def row(reference: str, given: dict[str, Any], *, by: Principal) -> dict[str, Any]:
    """Explain one row: prediction, class, output, base, and every column's effect.

    Raises
    ------
    SignatureError
        If the row does not fit.
    ExplainError
        If the model has no explanation.
    """
    answer = explained(explainer(reference, by=by), held.bundle(held.registry().resolve(reference)), [given])
    return answer[0]


def explained(explaining: Explainer, model: Bundle, given: list[dict[str, Any]] | pl.DataFrame) -> list[dict[str, Any]]:
    """Return the contract's `rows[]` for some rows."""
    conformed = arriving.table(model, given) if isinstance(given, pl.DataFrame) else arriving.rows(model, given)
    conformed.require()
    return explaining.effects(conformed.frame).answers(conformed.frame)


def file(model: Bundle, frame: pl.DataFrame, *, most: int) -> dict[str, Any]:
    """Explain a table: importance over it, and its first rows one by one."""
    explaining = Explainer(model)
    if explaining.why_not:
        return {"global": [], "rows": [], "why_not": explaining.why_not}
    conformed = arriving.table(model, frame)
    conformed.require()
    return {
        "global": explaining.importance(conformed.frame),
        "rows": explaining.effects(conformed.frame.head(most)).answers(conformed.frame.head(most)),
        "why_not": None,
    }


def importance_chart(reference: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw which columns matter."""
    shown = overview(reference, by=by)
    classes = held.bundle(held.registry().resolve(reference)).manifest.task.is_classification
    return charts.importance_chart(shown["global"], lang, is_probability=classes, rows=shown["rows"])


def reasons_chart(reference: str, given: dict[str, Any], lang: Lang, *, by: Principal) -> go.Figure:
    """Draw what moved one row's prediction."""
    return charts.reasons_chart(row(reference, given, by=by), lang)


def of_source(
    reference: str, source: Source, *, by: Principal, rows: int, lang: Lang, html: bool
) -> tuple[dict[str, Any], str | None]:
    """Explain a model on a file's rows, for the command line.

    Returns
    -------
    dict
        The contract's keys of `explain`.
    str or None
        The printable page, where it was asked for.

    Raises
    ------
    ExplainError
        If the model has no explanation; says why.
    """
    model = predict.named_bundle(reference, by=by)
    answer = file(model, source.reading.frame, most=rows)
    if answer["why_not"] is not None:
        raise ExplainError("error.explain_model", why=answer["why_not"])
    found = {"global": answer["global"], "rows": answer["rows"]}
    return found, report.page(model.reference, sections(model, found, lang), lang) if html else None


def sections(model: Bundle, found: dict[str, Any], lang: Lang) -> list[dict[str, Any]]:
    """Return the printable page's sections: the columns that matter, then row by row."""
    classes = model.manifest.task.is_classification
    chart = charts.importance_chart(found["global"], lang, is_probability=classes)
    rows = [
        {"title": say("explain.page.row", lang, row=i), "figures": [charts.reasons_chart(row, lang)]}
        for i, row in enumerate(found["rows"], 1)
    ]
    return [{"title": say("explain.page.columns", lang), "figures": [chart]}, *rows]
