"""Factories that every test may use: a small awkward table, a folder store, people."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import settings

from workbench.actions import held
from workbench.principal import LOCAL, Principal
from workbench.store import ObjectStore, open_store

PREFECTURES = ["東京都", "大阪府, 市内", "北海道 [道央]", '京都府 "洛中"', "福岡県"]
JOBS = ["会社員", "公務員", "自営業", "学生"]


def pytest_configure(config: pytest.Config) -> None:
    """Give a process that runs tests beside others temporary files of its own, and its examples the time they take.

    Copies of stored models lie among those files; on a core that is shared 200 ms for an example measure the others.
    """
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        own = tempfile.mkdtemp(prefix=f"workbench-{worker}-")
        os.environ["TMPDIR"] = tempfile.tempdir = own
        config.add_cleanup(lambda: shutil.rmtree(own, ignore_errors=True))
        settings.register_profile("beside others", parent=settings(), deadline=None)
        settings.load_profile("beside others")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests with one process, because they share servers and models, and all journeys with another.

    Two browsers with two servers beside each other would each wait for the other's page.
    """
    browser = Path(__file__).parent / "browser"
    for item in items:
        item.add_marker(pytest.mark.xdist_group("browser" if item.path.is_relative_to(browser) else item.nodeid.split("::")[0]))


def table(rows: int = 400, seed: int = 0) -> pl.DataFrame:
    """A customer table with Japanese names, blanks and awkward labels.

    Three targets: 解約 (binary), ランク (three classes), 売上 (a number).
    """
    random = np.random.default_rng(seed)
    age = random.integers(18, 80, rows).astype(float)
    income = random.lognormal(6, 0.5, rows).round(1)
    job = random.integers(0, len(JOBS), rows)
    place = random.integers(0, len(PREFECTURES), rows)
    member = random.random(rows) > 0.4
    days = random.integers(0, 1500, rows)
    pull = 0.06 * (age - 45) - 0.9 * (job == 1) + 0.8 * (place == 2) - 0.7 * member + random.normal(0, 1, rows)
    sales = 300 + 4 * age + 0.2 * income - 60 * member + 40 * (job == 2) + random.normal(0, 25, rows)
    blank_age, blank_job = random.random(rows) < 0.08, random.random(rows) < 0.05
    return pl.DataFrame(
        {
            "顧客番号": [f"C{seed:02d}-{i:06d}" for i in range(rows)],
            "年齢": [None if blank else a for a, blank in zip(age, blank_age, strict=True)],
            "収入": income,
            "職業": [None if blank else JOBS[j] for j, blank in zip(job, blank_job, strict=True)],
            "都道府県": [PREFECTURES[p] for p in place],
            "登録日": pl.Series(np.datetime64("2020-04-01") + days.astype("timedelta64[D]")).cast(pl.Date),
            "会員": member,
            "解約": np.where(pull > 0, "はい", "いいえ"),
            "ランク": np.select([pull < -0.6, pull < 0.6], ["低", "中"], "高"),
            "売上": sales.round(2),
        }
    )


@pytest.fixture
def make_table() -> Callable[..., pl.DataFrame]:
    """The factory `table(rows, seed)`."""
    return table


@pytest.fixture
def tmp_store(tmp_path: Path) -> ObjectStore:
    """An empty folder store."""
    return open_store(str(tmp_path / "store"))


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty store that `actions` in this process use, and settings read anew; no process loads PyCaret for a page drawn."""
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("WORKBENCH_READY_MINUTES", "0")
    held.clear()
    yield
    held.clear()


@pytest.fixture(scope="session")
def one_scan() -> Iterator[None]:
    """Let Streamlit look once, as a server does, for components among what is installed, and not for every page opened."""
    from streamlit.components.v2 import manifest_scanner

    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: list(found))
        yield


@pytest.fixture
def analyst() -> Principal:
    """The person of a machine without access control."""
    return LOCAL


@pytest.fixture
def viewer() -> Principal:
    """Somebody who may look and predict."""
    return Principal("viewer@example.com", role="viewer")


@pytest.fixture
def stranger() -> Principal:
    """Another analyst, to whom nothing here belongs."""
    return Principal("stranger@example.com")
