"""Models: shipped ones are always there, a row of the schema's examples can be predicted, nothing is unpickled."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench import actions
from workbench.errors import AccessDenied, BundleError, ModelNotFound, RegistryError
from workbench.principal import LOCAL, Principal

DEMOS = ("ad-revenue", "credit-default", "spam-filter")


def test_shipped_models_are_listed_whatever_the_store_holds(viewer: Principal) -> None:
    assert [m.name for m in actions.models.list(by=viewer)] == list(DEMOS)


@pytest.mark.parametrize("name", DEMOS)
def test_a_row_of_the_examples_can_be_predicted(name: str) -> None:
    schema = actions.models.schema(name, by=LOCAL)
    row = {column["name"]: column["example"] for column in schema["columns"]}
    answer = actions.predict.rows(name, [row], by=LOCAL)
    assert answer["model"].startswith(f"{name}@")
    assert answer["predictions"][0]["warnings"] == []


@pytest.mark.parametrize("name", DEMOS)
def test_a_card_says_how_the_model_was_made(name: str) -> None:
    shown = actions.models.show(name, by=LOCAL)
    assert shown["sample"] in {"advertising", "credit", "spam"}
    assert shown["metrics"].keys() == shown["metrics_std"].keys() == shown["holdout"].keys()
    assert len(shown["folds"]) == shown["plan"]["folds"]
    assert shown["card"]


@pytest.mark.parametrize("name", DEMOS)
def test_a_shipped_model_is_as_it_was_written(name: str) -> None:
    assert actions.models.verify(name, by=LOCAL)["golden_rows"] > 0


def test_a_mistyped_model_names_the_closest() -> None:
    with pytest.raises(ModelNotFound, match="Closest names: spam-filter"):
        actions.models.show("spam-filte", by=LOCAL)


def test_a_shipped_model_cannot_be_changed(viewer: Principal) -> None:
    version = actions.models.resolve("spam-filter", by=LOCAL).version
    with pytest.raises(RegistryError, match="spam-filter"):
        actions.models.promote("spam-filter", version, by=LOCAL)
    with pytest.raises(AccessDenied, match="may look and predict"):
        actions.models.promote("spam-filter", version, by=viewer)


def test_an_exported_model_is_refused_under_a_shipped_name(tmp_path: Path) -> None:
    exported = actions.models.export("spam-filter", tmp_path / "model.zip", by=LOCAL)
    with pytest.raises(RegistryError, match="spam-filter"):
        actions.models.bring(exported, by=LOCAL)


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    trap = tmp_path / "model.joblib"
    trap.write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "opened").encode() + b"'\ntR.")
    with pytest.raises(BundleError, match="pickle"):
        actions.models.bring(trap, by=LOCAL)
    assert not (tmp_path / "opened").exists()
