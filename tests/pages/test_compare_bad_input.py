"""The compare page on tables that cannot be compared: one sentence, in both languages, and nothing broken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.data import Roles
from workbench.principal import LOCAL
from workbench.words import Lang, say

TABLES = {
    "one class": ("{i},はい", "only one value", "1 種類だけ"),
    "no target": ("{i},", "blank in every row", "すべての行が空"),
    "nothing but constants": ("7,{two}", "Left out: x (the same value in every row)", "除外された列: x(すべての行が同じ値)"),
    "a class of two rows": ("{two},{rare}", "occurs in 2 rows", "2 行しかありません"),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_cannot_be_compared_is_one_sentence(
    name: str, open_page: Callable[..., AppTest], keep_upload: Callable[[str, bytes], str]
) -> None:
    line, english, japanese = TABLES[name]
    rows = [line.format(i=i, two=i % 2, rare="レア" if i < 2 else "ab"[i % 2]) for i in range(60)]
    dataset = actions.datasets.from_upload(keep_upload("表.csv", "\n".join(["x,目的", *rows]).encode()), by=LOCAL)
    actions.datasets.set_roles(dataset, Roles(target="目的"), by=LOCAL)
    sentences: tuple[tuple[Lang, str], ...] = (("en", english), ("ja", japanese))
    for lang, said in sentences:
        at = open_page("compare", lang=lang, dataset=dataset)
        assert not at.exception
        assert [said in error.value for error in at.error] == [True]
        assert say("ui.plan.to_roles", lang) in [link.proto.label for link in at.get("page_link")]
