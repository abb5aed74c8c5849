"""A recipe on the compare page: it fills the form, says what does not come along, and lets go of it again."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from workbench.experiment.plan import Plan
from workbench.experiment.recipe import Recipe
from workbench.task import Task
from workbench.ui.session import KEY

Open = Callable[..., AppTest]
ASIDE = ("顧客番号", "ランク", "売上")
PLAN = Plan(
    "解約", Task.BINARY, "いいえ", ("ridge", "dt"), "F1", 4, 0.8, ignore=(*ASIDE, "昔の列"), seed=99, name="from_recipe"
)


def with_recipe(at: AppTest, keep_upload: Callable[[str, bytes], str], text: str) -> AppTest:
    """The page after a recipe has arrived."""
    at.session_state[KEY].arrived["recipe"] = {"id": keep_upload("春.yaml", text.encode()), "name": "春.yaml", "size": 1}
    return at.run()


def test_a_recipe_fills_the_form_and_can_be_left_again(
    open_page: Open, keep_table: Callable[..., str], keep_upload: Callable[[str, bytes], str]
) -> None:
    dataset = keep_table(target="解約", exclude=ASIDE)
    at = with_recipe(open_page("compare", dataset=dataset), keep_upload, Recipe(PLAN).to_yaml("ja"))
    assert not at.error
    assert "春.yaml" in at.info[0].value
    assert "昔の列" in at.info[0].value
    shown = {box.label: box.value for box in (*at.number_input, *at.text_input, *at.selectbox, *at.multiselect)}
    assert {99, 4, "F1", "from_recipe"} <= {value for value in shown.values() if not isinstance(value, list)}
    assert ["ridge", "dt"] in shown.values()
    assert "いいえ" in "".join(text.value for text in at.markdown)
    at.button(key=f"compare.recipe.leave.{dataset}").click().run()
    assert not at.error
    assert ["ridge", "dt"] not in [box.value for box in at.multiselect]


def test_what_is_wrong_in_a_recipe_is_listed_and_the_form_stays(
    open_page: Open, keep_table: Callable[..., str], keep_upload: Callable[[str, bytes], str]
) -> None:
    at = open_page("compare", dataset=keep_table(target="解約", exclude=ASIDE))
    at = with_recipe(at, keep_upload, "recipe: 1\nplan:\n  target: 解約\n  foldz: 3\n  seed: -1\n")
    assert len(at.error) == 1
    assert "line 4" in at.error[0].value
    assert "line 5" in at.error[0].value
    assert at.multiselect
