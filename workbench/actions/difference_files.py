"""Two tables beside each other to take away: a page that stands alone, the data, and the numbers for Excel."""

from __future__ import annotations

import json

from workbench import report
from workbench.actions import datasets, difference
from workbench.actions.difference import Side
from workbench.principal import Principal
from workbench.profile.difference import page, workbook
from workbench.profile.kept import finite
from workbench.profile.summary import said
from workbench.words import Lang, Text


def html(first: Side, second: Side | None, lang: Lang, *, by: Principal) -> str:
    """Return a comparison as a page that stands by itself.

    Parameters
    ----------
    first, second : Side
        As `workbench.actions.difference.of` takes them.
    lang : {"ja", "en"}
        The language of the page.
    by : Principal
        Who asks, and may see both.

    Raises
    ------
    DatasetNotFound, DataError
        As `workbench.actions.difference.of`.
    """
    found = difference.of(first, second, by=by)
    return report.page(title(first, second, by=by), page.sections(found, lang), lang)


def json_data(first: Side, second: Side | None, lang: Lang, *, by: Principal) -> bytes:
    """Return a comparison as JSON, its sentences said in a language; what is not finite is null."""
    found = said(finite(difference.of(first, second, by=by)), lang)
    return json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1, default=str).encode()


def xlsx(first: Side, second: Side | None, lang: Lang, *, by: Principal) -> bytes:
    """Return the numbers of a comparison as an Excel workbook."""
    found = difference.of(first, second, by=by)
    return workbook.workbook(found, lang, title=title(first, second, by=by).say(lang))


def title(first: Side, second: Side | None, *, by: Principal) -> Text:
    """Return what is compared; two parts of one table with its name."""
    here = datasets.record(first.dataset, by=by)
    there = here if second is None else datasets.record(second.dataset, by=by)
    names = dict(zip(("first", "second"), difference.sides(first, second, here, there), strict=True))
    if here.id == there.id:
        return Text("profile.difference.page.title_within", table=here.name, **names)
    return Text("profile.difference.page.title", **names)
