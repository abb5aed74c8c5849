"""The verb `contract`: the data contract of a file, or of a model, as YAML, as pandera's schema or as JSON."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import actions
from workbench.cli.output import say_out, write_whole
from workbench.cli.usage import named
from workbench.principal import LOCAL
from workbench.words import Lang

if TYPE_CHECKING:
    from workbench.data.contract import Contract

FORMATS = ("yaml", "pandera", "json")


def contract(asked: argparse.Namespace, lang: Lang) -> int:
    """Write the contract of a file that nobody has stored: what its columns are, and which are left out."""
    from workbench.cli import verbs

    as_json(asked)
    ready = verbs.prepared(asked, verbs.opened(asked), lang)
    write(actions.contract.of_source(ready.source, asked.target, event=asked.event, by=LOCAL), asked, lang)
    return 0


def models_contract(asked: argparse.Namespace, lang: Lang) -> int:
    """Write the contract that a model holds."""
    as_json(asked)
    write(actions.contract.of_model(named(asked), by=LOCAL), asked, lang)
    return 0


def as_json(asked: argparse.Namespace) -> None:
    """Take `--json OUT` as the output and its form."""
    asked.out = asked.out or asked.json
    asked.format = asked.format or ("json" if asked.json else None)


def write(found: Contract, asked: argparse.Namespace, lang: Lang) -> None:
    """Write a contract to a file, or alone to standard output."""
    is_json = str(asked.out or "").lower().endswith(".json")
    text = actions.contract.written(found, asked.format or ("json" if is_json else "yaml"), by=LOCAL)
    if asked.out in (None, "-"):
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_whole(Path(asked.out), text)
        say_out("cli.written", lang, out=asked.out)
