"""A recipe run again: the same numbers on its own table, and on a new month the champion beside the new model."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.conftest import table
from workbench import actions
from workbench.actions import held, sources
from workbench.errors import AccessDenied, ColumnNotFound, DataError, ExperimentError
from workbench.experiment.recipe import Recipe
from workbench.experiment.recipe import reading as recipe_reading
from workbench.principal import LOCAL, Principal
from workbench.words import Text

pytestmark = pytest.mark.slow
WISHES = {"target": "解約", "models": ["dt", "lr"], "folds": 3, "ignore": ["顧客番号"], "name": "churn"}
MONTH = "四月.csv"


def month(seed: int, rows: int = 300) -> pl.DataFrame:
    return table(rows, seed).drop("ランク", "売上")


def silent(*_: Any, **__: Any) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A store with a champion, the table it was trained on, and what its comparison answered."""
    folder = tmp_path_factory.mktemp("recipes")
    month(0).write_csv(folder / MONTH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_STORE", str(folder / "store"))
        held.clear()
        answer = actions.compare.of_source(sources.open_source(str(folder / MONTH)), WISHES, by=LOCAL, emit=silent)
        yield folder, answer
    held.clear()


@pytest.fixture
def here(compared: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    """A copy of that, which a test may change."""
    shutil.copytree(compared[0], tmp_path, dirs_exist_ok=True)
    held.clear()
    return tmp_path


def again(recipe: Recipe, here: Path, **more: Any) -> dict[str, Any]:
    near = [here / recipe.data.name]
    return actions.rerun.run(recipe, by=LOCAL, emit=silent, **{"tell": silent, "near": near, **more})


def recipe_of(name: str = "churn") -> Recipe:
    """The recipe as it comes back from its file."""
    return recipe_reading.read(actions.recipes.yaml_of_model(name, by=LOCAL, lang="ja"))


def written(frame: pl.DataFrame, here: Path, name: str = "五月.csv") -> str:
    frame.write_csv(here / name)
    return str(here / name)


def numbers(answer: dict[str, Any]) -> list[Any]:
    """Everything that a comparison measured, without what time it took."""
    return [(row["model"], row["rank"], row["metrics"], row["metrics_std"], row["folds"]) for row in answer["leaderboard"]]


def test_the_same_table_gives_the_same_numbers_to_the_last_digit(compared: tuple[Path, dict[str, Any]], here: Path) -> None:
    before, after = compared[1], again(recipe_of(), here)
    assert numbers(after) == numbers(before)
    assert (after["holdout"], after["baseline"]["metrics"]) == (before["holdout"], before["baseline"]["metrics"])
    assert after["repeated"] == {"same": True, "numbers": 14, "largest_difference": 0.0, "model": before["best"]}
    assert after["champion"] is None
    assert "same 14 numbers" in after["said"][0]


def test_on_a_new_month_the_champion_stands_beside_the_new_model_without_the_rows_it_has_seen(here: Path) -> None:
    champion = held.registry().resolve("churn")
    new = pl.concat([month(1, 250), month(0).head(50)])
    answer = again(recipe_of(), here, data=written(new, here), lang="ja")
    beside = answer["champion"]
    assert beside["model"] == champion.reference
    assert beside["seen"] == {"how": "table", "rows": 50, "total": 300, "examples": 0}
    assert beside["rows"] + beside["left_out"] == 210  # the training part of the new month
    assert beside["difference"]["low"] < beside["difference"]["high"]
    assert beside["difference"]["mean"] == pytest.approx(beside["new"]["metrics"]["AUC"] - beside["metrics"]["AUC"])
    assert beside["verdict"] in ("better", "worse", "cannot_tell")
    assert any("50 行" in line for line in answer["said"])
    assert answer["repeated"] is None
    assert held.registry().resolve("churn").version == champion.version  # nobody is promoted by a recipe
    assert answer["registered"].startswith("churn@")


def test_a_champion_of_another_world_is_worse_and_it_is_said(here: Path) -> None:
    turned = month(2).with_columns(解約=pl.when(pl.col("解約") == "はい").then(pl.lit("いいえ")).otherwise(pl.lit("はい")))
    answer = again(recipe_of(), here, data=written(turned, here))
    assert answer["champion"]["verdict"] == "better"
    assert "is better than the champion" in answer["said"][0]
    assert "None of the 300 new rows" in answer["said"][1]


def test_without_the_training_table_its_examples_are_looked_for(here: Path) -> None:
    recipe = recipe_of()
    new = written(pl.concat([month(1, 200), month(0)]), here)
    (here / MONTH).unlink()
    seen = again(recipe, here, data=new)["champion"]["seen"]
    assert seen["how"] == "examples"
    assert 0 < seen["rows"] <= 300
    assert seen["examples"] > 0


def test_where_the_champion_has_seen_every_row_there_is_no_comparison(here: Path) -> None:
    answer = again(recipe_of(), here, data=written(month(0).reverse(), here))
    assert answer["champion"]["why_not"]["key"] == "recipe.cannot.all_seen"
    assert "trained on all of the 210 rows" in answer["said"][0]


def test_another_name_is_registered_beside_and_what_the_new_month_lacks_is_told(here: Path) -> None:
    told: list[Text] = []
    data = written(month(1).drop("顧客番号"), here)
    answer = again(recipe_of(), here, data=data, name="五月", tell=told.append)
    assert answer["registered"].startswith("五月@")
    assert answer["champion"]["model"].startswith("churn@")
    assert [text.key for text in told] == ["recipe.gone"]
    again_of_new = recipe_of("五月")
    assert again_of_new.data.name == "五月.csv"


def test_a_table_that_has_changed_or_is_nowhere_is_no_repetition(here: Path) -> None:
    recipe = recipe_of()
    written(month(3), here, MONTH)
    with pytest.raises(DataError, match=r"四月.csv' is no longer the table"):
        again(recipe, here)
    with pytest.raises(DataError, match="Name it with --data"):
        again(recipe, here, near=[])


def test_what_cannot_be_run_is_refused_before_anything_is_trained(
    here: Path, viewer: Principal, make_table: Callable[..., pl.DataFrame]
) -> None:
    recipe, versions = recipe_of(), len(held.registry().all_versions())
    with pytest.raises(ColumnNotFound, match="解約"):
        again(recipe, here, data=written(month(1).rename({"解約": "退会"}), here))
    with pytest.raises(ExperimentError, match="name it with --data"):
        again(recipe, here, repairs="all")
    with pytest.raises(AccessDenied):
        actions.rerun.run(recipe, by=viewer, emit=silent, tell=silent)
    assert len(held.registry().all_versions()) == versions


def test_repairs_of_the_recipe_are_made_on_the_new_month_and_are_no_news_to_the_champion(here: Path) -> None:
    def raw(seed: int, rows: int = 300) -> pl.DataFrame:
        return month(seed, rows).with_columns(
            収入=pl.col("収入").map_elements(lambda v: f"{v * 1000:,.0f}円", return_dtype=pl.String)
        )

    raw(0).write_csv(here / "円.csv")
    source = sources.open_source(str(here / "円.csv"))
    ready = actions.prepare.prepared(source, "all", by=LOCAL)
    before = actions.compare.of_source(ready.source, WISHES | {"name": "yen"}, by=LOCAL, emit=silent, repairs=ready.repairs)
    recipe = recipe_of("yen")
    assert numbers(again(recipe, here)) == numbers(before)
    told: list[Text] = []
    answer = again(recipe, here, data=written(pl.concat([raw(1, 200), raw(0).head(40)]), here), tell=told.append)
    assert "prepare.made" in [text.key for text in told]
    assert answer["champion"]["seen"]["rows"] == 40
    assert answer["champion"]["held"] == 0
