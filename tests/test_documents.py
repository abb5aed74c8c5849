"""The papers stay true: every setting and page is in both READMEs, the change log names this version."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from workbench import __version__, actions
from workbench.cli.flags import build
from workbench.principal import LOCAL
from workbench.settings import PREFIX, Settings

PROJECT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.ja.md")


def settings() -> list[tuple[str, str]]:
    """(name in the environment, one line of meaning) of every setting."""
    return [
        (str(field.validation_alias or PREFIX + name.upper()), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize(("name", "meaning"), settings())
def test_every_setting_has_its_row(readme: str, name: str, meaning: str) -> None:
    assert meaning, f"{name} needs one line of meaning"
    rows = re.findall(rf"^\| `{name}` \|.*$", (PROJECT / readme).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(rows) == 1


def test_the_english_table_says_what_the_settings_say() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert not [name for name, meaning in settings() if meaning not in text]


@pytest.mark.parametrize("readme", READMES)
def test_no_row_names_a_setting_that_is_gone(readme: str) -> None:
    named = set(re.findall(rf"^\| `({PREFIX}[A-Z_]+)`", (PROJECT / readme).read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert named <= {name for name, _ in settings()}


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("page", sorted(p.stem for p in (PROJECT / "pages").glob("*.py")))
def test_every_page_has_its_line(readme: str, page: str) -> None:
    assert re.search(rf"^\| `{page}` \|", (PROJECT / readme).read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("readme", READMES)
def test_every_picture_and_link_is_there(readme: str) -> None:
    text = (PROJECT / readme).read_text(encoding="utf-8")
    links = [x for x in re.findall(r"\]\(([^)#]+)\)", text) if not x.startswith(("http", "/"))]
    assert not [x for x in links if not (PROJECT / x).exists()]


@pytest.mark.parametrize("readme", READMES)
def test_every_command_of_the_readme_is_one(readme: str) -> None:
    text = (PROJECT / readme).read_text(encoding="utf-8")
    commands = re.findall(r"^python -m workbench (.+)$", text, flags=re.MULTILINE)
    assert len(commands) >= 10
    parser = build("en")
    for line in commands:
        for command in line.split("; python -m workbench "):
            parser.parse_args(shlex.split(command, comments=True))  # refuses what is none


@pytest.mark.parametrize("readme", READMES)
def test_the_calls_of_the_api_can_be_made(readme: str) -> None:
    text = (PROJECT / readme).read_text(encoding="utf-8")
    name, body = re.findall(r"/api/v1/models/([a-z-]+)/predict -H 'Content-Type: application/json' -d '([^']+)'", text)[0]
    asked = json.loads(body)
    found = actions.predict.rows(name, asked.pop("rows"), by=LOCAL, **asked)["predictions"]
    assert [len(one["reasons"]) for one in found] == [asked["reasons"]]
    assert not found[0]["warnings"]
    names = re.findall(r"/api/v1/models/([a-z-]+)/schema", text)
    assert all(actions.models.schema(one, by=LOCAL)["columns"] for one in names)


def test_the_change_log_begins_with_this_version() -> None:
    versions = re.findall(r"^## \[([^\]]+)\]", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert versions[0] == __version__
