"""Where on the explore page one looks: the open tab and the column, kept in the address so that a link finds them again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from workbench.ui import address
from workbench.ui.tabs import Tabs

TABS = ("story", "alerts", "columns", "together", "chart", "compare")
EXPLORE = Tabs("explore", TABS)


def tabs() -> Any:
    """Draw the tabs, the one of the address open; only an open one is worth drawing."""
    return EXPLORE.draw()


def column(names: Collection[str], first: str) -> str:
    """Return the column that is looked at: the address's, where the table has it, else the one to begin with."""
    wanted = address.view("column")
    return wanted if wanted is not None and wanted in names else first


def pick(name: str) -> None:
    """Look at a column from now on."""
    address.put(column=name)


def to(tab: str, name: str | None = None) -> None:
    """Turn to a tab, and there to a column; for what is called before the page is drawn again."""
    if tab == "target":  # its chart along a column stands with the column
        tab = "columns" if name else "story"
    EXPLORE.to(tab)
    if name:
        pick(name)
