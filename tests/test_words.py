"""Both languages say everything, nothing said is missing, nothing kept is unused, and pages hold no sentences of their own."""

from __future__ import annotations

import ast
import functools
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.words import Text, best_language, catalogue, say

PROJECT = Path(__file__).resolve().parent.parent
KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_%+-]+)+\Z")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
# Streamlit calls whose first words a person reads.
SPEAKING = frozenset(
    """title header subheader write markdown caption text button link_button download_button form_submit_button error warning
    info success toast metric selectbox multiselect radio checkbox toggle slider number_input text_input text_area
    date_input expander tabs popover page_link spinner status pills segmented_control badge""".split()  # noqa: SIM905
)


@functools.cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree, made once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


def trees() -> Iterator[tuple[Path, ast.AST]]:
    """Every module of the product, parsed."""
    for top in ("workbench", "pages"):
        for path in sorted((PROJECT / top).rglob("*.py")):
            yield path, parsed(path)


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the string nodes that are documentation."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
    return found


def mentioned() -> tuple[set[str], set[str]]:
    """(keys, prefixes) that the code names: plain strings, and f-strings that begin with a constant and a dot."""
    keys, prefixes = set(), set()
    for _, tree in trees():
        skip = docstrings(tree)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in skip
                and KEY.match(node.value)
            ):
                keys.add(node.value)
            if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                if "." in start and re.match(r"[a-z][a-z0-9_.]*\Z", start):
                    prefixes.add(start)
    return keys, prefixes


def called_with() -> Iterator[tuple[Path, int, str]]:
    """Every constant key given to `say`, `Text` or an error."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                value = node.args[0].value
                is_error = name.endswith(("Error", "NotFound", "Denied", "TooLarge", "Failed", "Busy", "UnreadableFile"))
                if (name in {"say", "Text"} or is_error) and isinstance(value, str) and KEY.match(value):
                    yield path, node.lineno, value


def test_both_languages_say_the_same_things() -> None:
    assert catalogue("ja").keys() == catalogue("en").keys()


def test_both_languages_use_the_same_values() -> None:
    def names(sentence: object) -> set[str]:
        texts = [sentence] if isinstance(sentence, str) else list(sentence.values())
        return {field.split(".")[0].split("[")[0] for t in texts for _, field, _, _ in string.Formatter().parse(t) if field}

    wrong = [k for k, en in catalogue("en").items() if names(en) != names(catalogue("ja")[k])]
    assert not wrong, f"these sentences name different values in the two languages: {wrong}"


def test_every_key_that_is_said_exists() -> None:
    missing = [(str(p.relative_to(PROJECT)), line, key) for p, line, key in called_with() if key not in catalogue("en")]
    assert not missing


def test_every_sentence_is_used() -> None:
    keys, prefixes = mentioned()
    unused = [k for k in catalogue("en") if k not in keys and not any(k.startswith(p) for p in prefixes)]
    assert not unused


def test_japanese_is_japanese() -> None:
    said = {k: re.sub(r"\{[^}]*\}|`[^`]*`", "", s) for k, s in catalogue("ja").items() if isinstance(s, str)}
    foreign = [k for k, s in said.items() if re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}", s) and not JAPANESE.search(s)]
    assert not foreign, f"these sentences look untranslated: {foreign}"


def test_english_is_english() -> None:
    assert not [k for k, s in catalogue("en").items() if JAPANESE.search(str(s)) and k != "ui.language.ja"]


@pytest.mark.parametrize(
    "path",
    sorted({*(PROJECT / "pages").glob("*.py"), *(PROJECT / "workbench/ui").rglob("*.py")}),
    ids=lambda p: str(p.relative_to(PROJECT)),
)
def test_a_page_holds_no_sentence_of_its_own(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SPEAKING:
            shown = [
                *node.args[:1],
                *(k.value for k in node.keywords if k.arg in {"label", "help", "placeholder", "caption", "title"}),
            ]
            for value in shown:
                assert not (
                    isinstance(value, ast.Constant) and isinstance(value.value, str) and re.search(r"[^\W\d_]{2,}", value.value)
                ), f"{path.name}:{node.lineno} says {value.value!r} itself"
    japanese = [n.lineno for n in ast.walk(parsed(path)) if isinstance(n, ast.Constant) and JAPANESE.search(str(n.value))]
    assert not japanese, f"Japanese text stands in {path.name} at lines {japanese}"


def test_a_text_survives_json_and_says_nested_texts_in_one_language() -> None:
    text = Text("error.column_not_found", name=Text("task.binary"))
    assert Text.from_dict(text.to_dict()).say("ja") == "列「2つのクラス」は表にありません。"
    assert say("error.closest", "en", names=["a", "b"]) == "Closest names: a, b."
    several = Text("error.columns_not_found", names=[Text("error.name_near", name="prise", near="price"), "…"])
    assert "prise" in several.say("ja")
    assert Text.from_dict(json.loads(json.dumps(several.to_dict()))) == several


@pytest.mark.parametrize(
    ("accepted", "setting", "expected"),
    [
        ("ja-JP,ja;q=0.9,en;q=0.8", "auto", "ja"),
        ("de,en;q=0.5", "auto", "en"),
        (None, "auto", "en"),
        ("en-US", "ja", "ja"),
        ("ja_JP.UTF-8", "auto", "ja"),
    ],
)
def test_the_reader_gets_their_language(accepted: str | None, setting: str, expected: str) -> None:
    assert best_language(accepted, setting) == expected
