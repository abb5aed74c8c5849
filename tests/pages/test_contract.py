"""The contract on the checks page: search, edit, save, mistakes said; and a model's contract to take away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.data import contract_files
from workbench.data.bounds import Bounds
from workbench.principal import LOCAL
from workbench.ui.contract.draft import Draft
from workbench.ui.session import KEY

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]
Keep = Callable[..., str]


def draft(at: AppTest, dataset_id: str) -> Draft:
    """The draft in the tab's session."""
    found: Draft = at.session_state[KEY].bounds[dataset_id]
    return found


def place(at: AppTest, dataset_id: str, column: str) -> int:
    """The row of a column in the grid."""
    return [row["column"] for row in draft(at, dataset_id).drawn].index(column)


@pytest.fixture
def panel(keep_table: Keep, monkeypatch: pytest.MonkeyPatch) -> tuple[AppTest, str]:
    """The panel alone, on a table whose target is chosen."""
    dataset_id = keep_table(target="解約", exclude=("顧客番号",))

    def script(dataset: str) -> None:
        from workbench import actions
        from workbench.principal import LOCAL
        from workbench.ui import contract

        contract.panel(actions.datasets.record(dataset, by=LOCAL))

    return AppTest.from_function(script, default_timeout=120, args=(dataset_id,)).run(), dataset_id


def test_bounds_are_typed_saved_and_shown_again(panel: tuple[AppTest, str], texts: Read) -> None:
    at, dataset = panel
    assert not at.error
    assert not at.exception
    row = place(at, dataset, "年齢")
    draft(at, dataset).take({row: {"minimum": "０", "maximum": "120", "on_break": "hold"}})
    at.run()
    assert "1 column is not saved yet" in texts(at)
    at.button(key=f"checks.contract.{dataset}.save").click().run()
    assert not at.error
    assert actions.contract.bounds(dataset, by=LOCAL) == {"年齢": Bounds(0.0, 120.0, on_break="hold")}
    assert draft(at, dataset).row(draft(at, dataset).clauses[row])["maximum"] == "120"
    assert "not saved yet" not in texts(at)


def test_a_smallest_value_above_the_largest_is_said_and_nothing_is_lost(panel: tuple[AppTest, str]) -> None:
    at, dataset = panel
    draft(at, dataset).take({place(at, dataset, "年齢"): {"minimum": "5", "maximum": "1"}})
    at.button(key=f"checks.contract.{dataset}.save").click().run()
    assert "The smallest value of column '年齢', 5, is above the largest, 1." in at.error[0].value
    assert actions.contract.bounds(dataset, by=LOCAL) == {}
    assert draft(at, dataset).typed["年齢"] == {"minimum": "5", "maximum": "1"}
    at.button(key=f"checks.contract.{dataset}.discard").click().run()
    assert not draft(at, dataset).changes()


def test_a_search_narrows_the_columns_and_keeps_what_was_typed(panel: tuple[AppTest, str], texts: Read) -> None:
    at, dataset = panel
    draft(at, dataset).take({place(at, dataset, "収入"): {"minimum": "0"}})
    at.text_input(key=f"checks.contract.{dataset}.search").set_value("収").run()
    assert [row["column"] for row in draft(at, dataset).drawn] == ["収入"]
    assert draft(at, dataset).drawn[0]["minimum"] == "0"
    at.text_input(key=f"checks.contract.{dataset}.search").set_value("そんな列").run()
    assert "No column fits" in texts(at)
    at.text_input(key=f"checks.contract.{dataset}.search").set_value("").run()
    at.selectbox(key=f"checks.contract.{dataset}.show").set_value("changed").run()
    assert [row["column"] for row in draft(at, dataset).drawn] == ["収入"]


def test_what_another_tab_saved_is_taken_over_where_nothing_is_lost(panel: tuple[AppTest, str]) -> None:
    at, dataset = panel
    actions.contract.set_bounds(dataset, {"収入": Bounds(0)}, by=LOCAL)
    at.run()
    assert draft(at, dataset).drawn[place(at, dataset, "収入")]["minimum"] == "0"
    draft(at, dataset).take({place(at, dataset, "年齢"): {"minimum": "1"}})
    actions.contract.set_bounds(dataset, {"収入": Bounds(10)}, by=LOCAL)
    at.run()
    assert set(draft(at, dataset).changes()) == {"年齢"}


def test_columns_that_are_left_out_are_listed_with_the_reason(panel: tuple[AppTest, str], texts: Read) -> None:
    at, _ = panel
    assert "1 column that nothing is learned from" in texts(at)
    assert list(at.dataframe[-1].value["column"]) == ["顧客番号"]
    assert list(at.dataframe[-1].value["why"]) == ["left out"]


def test_a_wide_table_and_a_draft_of_122_columns(keep_upload: Callable[[str, bytes], str]) -> None:
    wide = pl.DataFrame({f"列{i}": [i, i + 1, i + 2] for i in range(122)})
    dataset = actions.datasets.from_upload(keep_upload("広い.csv", wide.write_csv().encode()), by=LOCAL)
    found = actions.contract.of_dataset(dataset, by=LOCAL)
    made = Draft(found.clauses)
    made.look(search="列12")
    assert [row["column"] for row in made.drawn] == ["列12", "列120", "列121"]
    assert made.changes() == {}
    assert contract_files.for_people(replace(found, clauses=()))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_tab_of_the_checks_page_shows_it(open_page: Open, keep_table: Keep, texts: Read, lang: str) -> None:
    at = open_page("checks", lang, dataset=keep_table(target="解約"), part="contract")
    assert not at.error, texts(at)
    assert not at.exception
    assert ("Save bounds" if lang == "en" else "条件を保存") in texts(at)


def test_a_models_contract_can_be_taken_away(open_page: Open) -> None:
    at = open_page("models", model="ad-revenue")
    assert not at.error
    assert len(at.get("download_button")) >= 2
