"""The verb `run`: a recipe again, on its own table or on new rows; and `models recipe` and `runs recipe`, which write one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import yaml

from workbench import actions
from workbench.cli.output import one_line, say_out, write_json, write_whole
from workbench.cli.usage import named
from workbench.principal import LOCAL
from workbench.words import Lang, Text, say, say_all


def run(asked: argparse.Namespace, lang: Lang) -> int:
    """Run a recipe; exit 1 where no candidate finished."""
    from workbench.cli import verbs

    path = Path(asked.recipe)
    recipe = actions.recipes.read(path, by=LOCAL)

    def tell(text: Text) -> None:
        print(one_line(text.say(lang)), file=sys.stderr, flush=True)

    answer = actions.rerun.run(
        recipe,
        by=LOCAL,
        emit=lambda kind, **fields: verbs.tell(kind, fields, lang),
        tell=tell,
        data=asked.data,
        near=[path.parent / recipe.data.name, Path(recipe.data.name)] if recipe.data.name else [],
        name=asked.name,
        reading={
            "sheet": asked.sheet,
            "encoding": asked.encoding,
            "delimiter": verbs.DELIMITERS.get(asked.delimiter, asked.delimiter),
            "header": asked.header,
        },
        repairs=asked.repairs,
        roles=asked.roles,
        lang=lang,
    )
    if not write_json(asked.json, say_all(answer, lang)):
        for line in answer["said"] or [say("cli.compare.nothing", lang)]:
            print(line)
    return int(not answer["registered"])


def models_recipe(asked: argparse.Namespace, lang: Lang) -> int:
    """Write the recipe of a model to a file, or alone to standard output."""
    return written(actions.recipes.yaml_of_model(named(asked), by=LOCAL, lang=lang), asked, lang)


def runs_recipe(asked: argparse.Namespace, lang: Lang) -> int:
    """Write the recipe of a comparison to a file, or alone to standard output."""
    return written(actions.recipes.yaml_of_run(asked.id, by=LOCAL, lang=lang), asked, lang)


def written(text: str, asked: argparse.Namespace, lang: Lang) -> int:
    """Write a recipe where it was asked for; as JSON it is a recipe too."""
    out = asked.out
    if write_json(asked.json, yaml.safe_load(text)) and out is None:
        return 0
    if out in (None, "-"):
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_whole(Path(str(out)), text)
        say_out("cli.written", lang, out=out)
    return 0
