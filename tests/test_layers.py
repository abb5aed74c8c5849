"""The laws of the house: imports point one way, a heavy dependency has one room, pages are short."""

from __future__ import annotations

import ast
import functools
import graphlib
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = frozenset({"profile", "checks", "experiment", "explain", "predict", "registry", "access", "report"})
# Lowest first; a place may import what stands before it, and rooms of one line never each other.
LAW: tuple[frozenset[str], ...] = (
    frozenset({"words"}),
    frozenset({"errors"}),
    frozenset({"settings", "telemetry", "task", "figure", "principal"}),
    frozenset({"store"}),
    frozenset({"jobs"}),
    frozenset({"data"}),
    frozenset({"evaluation"}),
    frozenset({"bundle"}),
    ROOMS,
    frozenset({"actions"}),
    frozenset({"ui", "serving"}),
    frozenset({"pages", "server", "cli", "__main__"}),
)
FACES = frozenset({"ui", "serving", "pages", "cli", "__main__", "server"})
# A heavy dependency and the only places that may import it.
HOMES = {
    "pycaret": ("workbench/experiment/engine/caret.py",),
    "gradio": ("workbench/serving/",),
    "google": ("workbench/store/gcs.py",),
    "streamlit": ("workbench/ui/", "pages/", "workbench/server.py"),
    "shap": ("workbench/explain/",),
    "skops": ("workbench/bundle/",),
    "xlsxwriter": ("workbench/predict/", "workbench/profile/sheets.py", "workbench/experiment/leaderboard/files.py"),
    "python_calamine": ("workbench/data/",),
    "jwt": ("workbench/access/",),
    "cleanlab": ("workbench/checks/labels/__init__.py",),
}


def sources() -> list[Path]:
    """Every module of the product."""
    return sorted(p for top in ("workbench", "pages") for p in (PROJECT / top).rglob("*.py"))


def place(path: Path) -> str:
    """The room of a module, or its own name where it stands alone."""
    parts = path.relative_to(PROJECT).parts
    return "pages" if parts[0] == "pages" else parts[1].removesuffix(".py")


@functools.cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree, made once for all laws."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, inside functions too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def height(name: str) -> int:
    """The floor a place stands on."""
    return next(i for i, floor in enumerate(LAW) if name in floor)


def allowed(here: str, there: str) -> bool:
    """Whether one place may import another."""
    if here == there:
        return True
    if here in FACES and there in ROOMS:
        return here == "server" and there == "access"
    return (
        height(there) < height(here)
        or (height(here) == height(there) == 2)
        or ({here, there} <= FACES and here in {"__main__", "cli", "server"})
    )


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PROJECT)))
def test_imports_point_one_way(path: Path) -> None:
    here = place(path)
    if here == "__init__":
        return
    for module in imported(path):
        if module.startswith("workbench."):
            there = module.split(".")[1]
            if there != "__version__":
                assert allowed(here, there), f"{here} may not import {there} ({module})"


def test_no_modules_import_each_other_in_a_circle() -> None:
    # Imports inside functions and those for types count too: a module is understood from what stands below it.
    modules = {".".join(p.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): p for p in sources()}
    below = {}
    for name, path in modules.items():
        taken = {whole if whole in modules else whole.rpartition(".")[0] for whole in imported(path)}
        below[name] = (taken & modules.keys()) - {name}
    try:
        graphlib.TopologicalSorter(below).prepare()
    except graphlib.CycleError as problem:
        pytest.fail(" <- ".join(problem.args[1]))


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PROJECT)))
def test_a_heavy_dependency_has_one_room(path: Path) -> None:
    name = path.relative_to(PROJECT).as_posix()
    for module in imported(path):
        homes = HOMES.get(module.split(".")[0])
        assert homes is None or name.startswith(homes), f"{name} imports {module}, which belongs to {homes}"


@pytest.mark.parametrize("path", sorted((PROJECT / "pages").glob("*.py")), ids=lambda p: p.name)
def test_a_page_is_a_table_of_contents(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 80, "a page has at most 80 lines"
    heavy = {"pandas", "polars", "numpy", "sklearn", "plotly", "json"} & {m.split(".")[0] for m in imported(path)}
    assert not heavy, f"a page computes nothing, so it needs no {heavy}"


def test_the_frame_is_short() -> None:
    assert (PROJECT / "workbench/ui/frame.py").read_text(encoding="utf-8").count("\n") <= 60


def test_no_room_is_without_a_name() -> None:
    nameless = {"utils", "common", "helpers", "misc", "manager"}
    assert not [p for p in sources() if nameless & {part.removesuffix(".py") for part in p.parts}]


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PROJECT)))
def test_a_module_opens_with_one_sentence(path: Path) -> None:
    doc = ast.get_docstring(parsed(path))
    assert doc, "what does this module hold?"
    assert doc.splitlines()[0].endswith((".", "?", ":")), "the first line is a sentence"


def test_only_settings_reads_the_environment() -> None:
    # A library's own switch that has to be in place before its import is set, not read, next to that import.
    readers = []
    for path in sources():
        if path.name != "settings.py":
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.Attribute) and node.attr in {"getenv", "environ"} and isinstance(node.ctx, ast.Load):
                    readers.append(path.relative_to(PROJECT).as_posix())
    allowed_writers = {"workbench/experiment/engine/caret.py", "workbench/serving/blocks.py"}
    assert set(readers) <= allowed_writers


def asked() -> set[tuple[str, str]]:
    """Every (subject, verb) of `actions` that a face calls."""
    found = set()
    for path in sources():
        if place(path) in FACES:
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                    subject = node.value
                    if isinstance(subject.value, ast.Name) and subject.value.id == "actions":
                        found.add((subject.attr, node.attr))
    return found


# One makes the principal of a verified address, the other only gives a record its form.
WITHOUT_ANYBODY = {("people", "principal"), ("models", "line")}


def test_every_action_takes_a_principal() -> None:
    calls = asked() - WITHOUT_ANYBODY
    assert len(calls) > 30
    for subject, verb in sorted(calls):
        if verb[0].islower():
            parameters = inspect.signature(getattr(importlib.import_module(f"workbench.actions.{subject}"), verb)).parameters
            assert "by" in parameters, f"actions.{subject}.{verb} does not ask who wants it"
            assert parameters["by"].default is inspect.Parameter.empty, (
                f"actions.{subject}.{verb} has a default for who wants it"
            )
