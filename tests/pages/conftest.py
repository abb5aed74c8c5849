"""Pages as AppTest runs them: the real frame, the real core, a store of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.principal import LOCAL
from workbench.words import Lang, say

PROJECT = Path(__file__).resolve().parents[2]
# The first run of a process imports Polars, scikit-learn and plotly.
PATIENCE = 120


@pytest.fixture(autouse=True)
def always(own_store: None, one_scan: None) -> None:
    """Nothing here touches a store of somebody's."""


@pytest.fixture
def no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be reached: its folder lies below a file."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path / "file" / "store"))
    held.clear()


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Open a page as a deep link does: `open_page("explore", dataset=ID)`; the data and explore pages on one of their tabs."""

    def opening(name: str, lang: Lang = "en", tab: str | None = None, **query: str) -> AppTest:
        at = AppTest.from_file(str(PROJECT / "workbench/ui/frame.py"), default_timeout=PATIENCE)
        in_address = {"tab": tab} if tab and name != "data" else {}
        for key, value in {"lang": lang, **query, **in_address}.items():
            at.query_params[key] = value
        if tab and name == "data":
            at.session_state[f"data.tab.{lang}"] = say(f"page.data.tab_{tab}", lang)
        at.run()
        return at.switch_page(str(PROJECT / f"pages/{name}.py")).run()

    return opening


@pytest.fixture
def keep_table(make_table: Callable[..., pl.DataFrame]) -> Callable[..., str]:
    """Bring a small table in through an upload, as a file from a Japanese Excel, and return its id."""

    def keeping(rows: int = 200, target: str | None = None, exclude: tuple[str, ...] = ()) -> str:
        dataset_id = actions.datasets.from_upload(upload("顧客.csv", csv(make_table(rows))), by=LOCAL)
        if target:
            roles = replace(actions.datasets.get(dataset_id, by=LOCAL).roles, target=target, exclude=exclude)
            actions.datasets.set_roles(dataset_id, roles, by=LOCAL)
        return dataset_id

    return keeping


@pytest.fixture
def keep_upload() -> Callable[[str, bytes], str]:
    """Bring a file in as the upload control does, and return the upload's id."""
    return upload


def upload(name: str, data: bytes) -> str:
    """Send a file in one chunk."""
    upload_id = actions.uploads.create(by=LOCAL, size=len(data), name=name)
    actions.uploads.append(upload_id, by=LOCAL, at=0, data=data)
    return upload_id


def csv(frame: pl.DataFrame) -> bytes:
    """Return a table as Excel in Japan saves it."""
    return frame.write_csv().encode("cp932")


@pytest.fixture
def texts() -> Callable[[AppTest], str]:
    """Everything a reader sees on a page, as one text."""

    def reading(at: AppTest) -> str:
        kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success", "metric")
        found = [str(getattr(element, "value", "")) for kind in kinds for element in at.get(kind)]
        labels = [
            str(getattr(element, "label", ""))
            for kind in ("metric", "button", "selectbox", "expander")
            for element in at.get(kind)
        ]
        return "\n".join([*found, *labels])

    return reading


@pytest.fixture
def sentence() -> Callable[..., str]:
    """The sentence of a key in English."""
    return lambda key, **values: say(key, "en", **values)


@pytest.fixture
def query() -> Callable[[AppTest, str], str]:
    """One value of the URL's query; AppTest gives what a script wrote as text, and what a test wrote as a list."""

    def reading(at: AppTest, name: str) -> str:
        value = at.query_params[name]
        return value if isinstance(value, str) else value[0]

    return reading
