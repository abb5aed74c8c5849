"""The verb `models`: what can be done with the registry from the command line."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from workbench import actions
from workbench.cli.contract import models_contract
from workbench.cli.output import say_out, whole, write_json
from workbench.cli.recipes import models_recipe
from workbench.cli.usage import UsageError, Verb, named
from workbench.principal import LOCAL
from workbench.words import Lang


def models(asked: argparse.Namespace, lang: Lang) -> int:
    """Do something with the registry."""
    return MODELS[asked.what](asked, lang)


def models_list(asked: argparse.Namespace, _lang: Lang) -> int:
    """List the models."""
    found = [actions.models.line(r) for r in actions.models.list(by=LOCAL)]
    if not write_json(asked.json, {"models": found}):
        for m in found:
            print(f"{m['name']}@{m['version']}  {m['task']}  {m['target']}  {', '.join(m['aliases'])}")
    return 0


def models_show(asked: argparse.Namespace, _lang: Lang) -> int:
    """Show one model."""
    shown = actions.named_models.show(named(asked), by=LOCAL)
    if not write_json(asked.json, shown):
        print(shown["card"])
    return 0


def models_promote(asked: argparse.Namespace, lang: Lang) -> int:
    """Make a version the champion."""
    name, _, version = named(asked).partition("@")
    if not version:
        known = [f"{name}@{record.version}" for record in actions.models.versions(name, by=LOCAL)]
        raise UsageError("error.cli.version", model=name, known=known)
    record = actions.models.promote(name, version, by=LOCAL)
    if not write_json(asked.json, actions.models.line(record)):
        say_out("cli.models.promoted", lang, model=f"{record.name}@{record.version}")
    return 0


def models_export(asked: argparse.Namespace, lang: Lang) -> int:
    """Write a model as a zip file."""
    out = Path(asked.out or f"{plain_name(named(asked))}.zip")
    with whole(out) as part, tempfile.TemporaryDirectory() as scratch:
        shutil.copyfile(actions.models.export(named(asked), Path(scratch) / "bundle.zip", by=LOCAL), part)
    if not write_json(asked.json, {"out": str(out)}):
        say_out("cli.written", lang, out=out)
    return 0


def models_import(asked: argparse.Namespace, _lang: Lang) -> int:
    """Register an exported bundle."""
    line = actions.models.line(actions.models.bring(Path(named(asked)), by=LOCAL))
    if not write_json(asked.json, line):
        print(f"{line['name']}@{line['version']}")
    return 0


def models_verify(asked: argparse.Namespace, lang: Lang) -> int:
    """Read a model again and compare its golden rows."""
    answer = actions.named_models.verify(named(asked), by=LOCAL)
    if not write_json(asked.json, answer):
        say_out("cli.models.verified", lang, model=answer["model"], rows=answer["golden_rows"])
    return 0


def models_template(asked: argparse.Namespace, lang: Lang) -> int:
    """Write the input template of a model."""
    out = Path(asked.out or f"{plain_name(named(asked))}_template.xlsx")
    with whole(out) as part:
        actions.named_models.template(named(asked), part, by=LOCAL, lang=lang)
    if not write_json(asked.json, {"out": str(out)}):
        say_out("cli.written", lang, out=out)
    return 0


def plain_name(reference: str) -> str:
    """Return what a file made of a model is called by."""
    return Path(reference.partition("@")[0]).name.removesuffix(".zip")


MODELS: dict[str, Verb] = {
    "list": models_list,
    "show": models_show,
    "promote": models_promote,
    "export": models_export,
    "import": models_import,
    "verify": models_verify,
    "template": models_template,
    "contract": models_contract,
    "recipe": models_recipe,
}
