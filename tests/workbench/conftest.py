"""The factory of small real models, written and read as bundles, for the rooms that use one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from workbench.task import Task

if TYPE_CHECKING:
    from workbench.bundle import Bundle

NOW = datetime(2026, 9, 1, 10, 15, tzinfo=UTC)
FEATURES = ["年齢", "収入", "職業", "都道府県", "登録日", "会員"]
TARGETS: dict[str, tuple[str, list[Any]]] = {
    "binary": ("解約", ["いいえ", "はい"]),
    "multiclass": ("ランク", ["低", "中", "高"]),
    "regression": ("売上", []),
}


def estimator(name: str, task: str) -> tuple[Any, str]:
    """A small estimator with the family of its preparation."""
    from lightgbm import LGBMClassifier, LGBMRegressor
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
    from sklearn.naive_bayes import GaussianNB
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    number = task == "regression"
    grown: dict[str, Any] = {"n_estimators": 12, "random_state": 0, "n_jobs": 1}
    made = {
        "lr": lambda: (LinearRegression() if number else LogisticRegression(max_iter=500), "linear"),
        "ridge": lambda: (RidgeClassifier(), "linear"),
        "nb": lambda: (GaussianNB(), "linear"),
        "dt": lambda: ((DecisionTreeRegressor if number else DecisionTreeClassifier)(max_depth=5, random_state=0), "tree"),
        "rf": lambda: ((RandomForestRegressor if number else RandomForestClassifier)(max_depth=6, **grown), "tree"),
        "lightgbm": lambda: ((LGBMRegressor if number else LGBMClassifier)(verbose=-1, **grown), "native"),
    }
    return made[name]()


@pytest.fixture(scope="session")
def make_bundle(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Bundle]:
    """The factory `make_bundle(model, task)`: a bundle of 300 rows of `make_table`, made once for all tests."""
    made: dict[tuple[str, str], Bundle] = {}

    def make(model: str = "lr", task: str = "binary") -> Bundle:
        if (model, task) not in made:
            made[model, task] = build(model, task, tmp_path_factory.mktemp(f"{model}-{task}") / "bundle")
        return made[model, task]

    return make


@pytest.fixture(scope="session")
def strict_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A bundle whose contract holds ages beyond 0 to 120, jobs that were not seen and rows without an income."""
    from workbench.data.bounds import Bounds

    hold: Any = "hold"
    asked = {
        "年齢": Bounds(0, 120, on_break=hold),
        "職業": Bounds(on_break=hold),
        "収入": Bounds(0, None, blank=False, on_break=hold),
        "登録日": Bounds("2019-01-01", None, blank=False),
    }
    return build("lightgbm", "binary", tmp_path_factory.mktemp("strict") / "bundle", asked)


def build(name: str, task: str, folder: Any, asked: dict[str, Any] | None = None) -> Bundle:
    """Fit, write and read one bundle."""
    from workbench.actions.agreement import Agreement
    from workbench.bundle import Fitted, prepare, read, write
    from workbench.data import Roles
    from workbench.data.kinds import kind_of
    from workbench.data.signature import Signature
    from workbench.experiment import preparation

    target, labels = TARGETS[task]
    frame = table(300, seed=1).select([*FEATURES, target])
    features = frame.select(FEATURES)
    model, family = estimator(name, task)
    program = preparation.fit(family, features, {c: kind_of(features.get_column(c)) for c in FEATURES})
    y = frame[target].to_numpy() if not labels else np.array([labels.index(v) for v in frame[target]])
    model.fit(prepare(program, features), y)
    event = labels[-1] if task == "binary" else None
    fitted = Fitted(name, name.upper(), family, program, model, Task(task), labels, event)
    plan = {"target": target, "preprocessing": "suited"}
    signature, agreed = Signature.of(frame, FEATURES), Agreement("顧客", asked or {})
    roles = Roles(target=target, event=event)
    write(
        folder,
        fitted=fitted,
        frame=frame,
        signature=agreed.obeyed(signature),
        name=f"{name}-{task}" if asked is None else f"strict-{task}",
        plan=plan,
        fingerprint="f" * 64,
        now=NOW,
        roles={},
        contract=None if asked is None else agreed.document(signature, frame, roles, rows=frame.height, fingerprint="f" * 64),
    )
    return read(folder)


def table(rows: int, seed: int) -> pl.DataFrame:
    """A customer table with Japanese names, blanks, and labels that hold commas, brackets and quotes."""
    random = np.random.default_rng(seed)
    age = random.integers(18, 80, rows).astype(float)
    income = random.lognormal(6, 0.5, rows).round(1)
    job = random.integers(0, 4, rows)
    place = random.integers(0, 3, rows)
    member = random.random(rows) > 0.4
    days = random.integers(0, 1500, rows)
    pull = 0.06 * (age - 45) - 0.9 * (job == 1) + 0.8 * (place == 2) - 0.7 * member + random.normal(0, 1, rows)
    sales = 300 + 4 * age + 0.2 * income - 60 * member + 40 * (job == 2) + random.normal(0, 25, rows)
    blank_age, blank_job = random.random(rows) < 0.08, random.random(rows) < 0.05
    jobs, places = ["会社員", "公務員", "自営業", "学生"], ["東京都", "大阪府, 市内", '京都府 "洛中" [北]']
    return pl.DataFrame(
        {
            "年齢": [None if blank else a for a, blank in zip(age, blank_age, strict=True)],
            "収入": income,
            "職業": [None if blank else jobs[j] for j, blank in zip(job, blank_job, strict=True)],
            "都道府県": [places[p] for p in place],
            "登録日": pl.Series(np.datetime64("2020-04-01") + days.astype("timedelta64[D]")).cast(pl.Date),
            "会員": member,
            "解約": np.where(pull > 0, "はい", "いいえ"),
            "ランク": np.select([pull < -0.6, pull < 0.6], ["低", "中"], "高"),
            "売上": sales.round(2),
        }
    )


@pytest.fixture(scope="session")
def customers() -> Callable[[int, int], pl.DataFrame]:
    """The factory `customers(rows, seed)` of the table those models were trained on."""
    return table
