"""The parser: every verb and the flags it takes, described in the reader's language."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from workbench import __version__
from workbench.cli import contract, models, preparing, recipes, runs, verbs
from workbench.cli.usage import Parser, Verb, at_least
from workbench.settings import get_settings
from workbench.words import LANGUAGES, Lang, say

Add = Callable[..., argparse.ArgumentParser]


def build(lang: Lang) -> argparse.ArgumentParser:
    """Return the parser of every verb."""
    parser = Parser(lang=lang, prog="python -m workbench", description=say("cli.about", lang))
    parser.add_argument("--version", action="version", version=__version__, help=say("cli.help.version", lang))
    speaking = Parser(lang=lang, add_help=False)
    for one in (parser, speaking):  # before the verb or behind it: `spoken_language` has read it already
        one.add_argument("--lang", choices=LANGUAGES, help=say("cli.help.lang", lang))
    known = parser.add_subparsers(required=True, metavar="VERB")

    def add(name: str, run: Verb, *parents: Parser) -> argparse.ArgumentParser:
        about = say(f"cli.verb.{name}", lang)
        made = known.add_parser(name, lang=lang, help=about, description=about, parents=[speaking, *parents])
        made.set_defaults(run=run)
        return made

    serve_verb(add, lang)
    table_verbs(add, lang)
    model_verbs(add, lang)
    kept_verbs(add, lang)
    return parser


def serve_verb(add: Add, lang: Lang) -> None:
    """Add the server."""
    serving = add("serve", verbs.serve)
    serving.add_argument("--host", default="127.0.0.1", help=say("cli.help.host", lang))
    serving.add_argument("--port", type=int, default=get_settings().port, help=say("cli.help.port", lang))


def table_verbs(add: Add, lang: Lang) -> None:
    """Add the verbs that look at a table: profile, check, compare."""
    given = (reading_flags(lang), preparing_flags(lang), json_flag(lang))
    profiling = add("profile", verbs.profile, *given)
    for flag in ("--target", "--event", "--time", "--html", "--xlsx"):
        profiling.add_argument(flag, help=say(f"cli.help.{flag[2:]}", lang))
    checking = add("check", verbs.check, *given)
    for flag in ("--target", "--group", "--time", "--new", "--html"):
        checking.add_argument(flag, required=flag == "--target", help=say(f"cli.help.{flag[2:]}", lang))
    part_flag(checking, lang)
    checking.add_argument("--sensitive", action="append", metavar="COLUMN", help=say("cli.help.sensitive", lang))
    for flag in ("--fast", "--honest", "--labels"):
        checking.add_argument(flag, action="store_true", help=say(f"cli.help.{flag[2:]}", lang))
    compare_flags(add("compare", verbs.compare, *given), lang)
    repeating = add("run", recipes.run, json_flag(lang))
    repeating.add_argument("recipe", metavar="RECIPE", help=say("cli.help.recipe", lang))
    for flag in ("--data", "--name"):
        repeating.add_argument(flag, help=say(f"cli.help.run_{flag[2:]}", lang))
    for flag in ("--sheet", "--encoding", "--delimiter", "--roles"):
        repeating.add_argument(flag, help=say(f"cli.help.{flag[2:]}", lang))
    repeating.add_argument("--header", type=at_least(0), help=say("cli.help.header", lang))
    repeating.add_argument("--repairs", help=say("cli.help.run_repairs", lang))
    agreeing = add("contract", contract.contract, *given)
    for flag in ("--target", "--event"):
        agreeing.add_argument(flag, required=flag == "--target", help=say(f"cli.help.{flag[2:]}", lang))
    agreeing.add_argument("-o", "--out", help=say("cli.help.contract_out", lang))
    agreeing.add_argument("--format", choices=contract.FORMATS, help=say("cli.help.format", lang))


def model_verbs(add: Add, lang: Lang) -> None:
    """Add the verbs that ask a model about a table: explain, predict."""
    given = (model_flag(lang), reading_flags(lang), json_flag(lang))
    explaining = add("explain", verbs.explain, *given)
    explaining.add_argument("--html", help=say("cli.help.html", lang))
    explaining.add_argument("--rows", type=at_least(0), default=10, help=say("cli.help.rows", lang))
    predicting = add("predict", verbs.predict, *given)
    predicting.add_argument("-o", "--out", required=True, help=say("cli.help.out", lang))
    predicting.add_argument("--reasons", type=at_least(0), default=3, help=say("cli.help.reasons", lang))
    predicting.add_argument("--encoding-out", default="utf-8-sig", help=say("cli.help.encoding_out", lang))
    predicting.add_argument("--force", action="store_true", help=say("cli.help.force", lang))


def kept_verbs(add: Add, lang: Lang) -> None:
    """Add the verbs for what is kept, and the self-check: models, runs, status."""
    out = json_flag(lang)
    managing = add("models", models.models, out)
    managing.add_argument("what", choices=tuple(models.MODELS), metavar="ACTION", help=" | ".join(models.MODELS))
    managing.add_argument("model", nargs="?", help=say("cli.help.model", lang))
    managing.add_argument("-o", "--out", help=say("cli.help.out", lang))
    managing.add_argument("--format", choices=contract.FORMATS, help=say("cli.help.format", lang))
    running = add("runs", runs.runs, out)
    doing = ("list", "show", "stop", "resume", "recipe", "compare", "diagnose")
    running.add_argument("what", choices=doing, metavar="ACTION", help=" | ".join(doing))
    running.add_argument("id", nargs="?", help=say("cli.help.run_id", lang))
    running.add_argument("model", nargs="?", help=say("cli.help.run_model", lang))
    running.add_argument("--sort", help=say("cli.help.sort", lang))
    running.add_argument("--segment", help=say("cli.help.segment", lang))
    running.add_argument("--threshold", type=float, help=say("cli.help.threshold", lang))
    running.add_argument("-o", "--out", help=say("cli.help.recipe_out", lang))
    add("status", verbs.status, out)


def reading_flags(lang: Lang) -> Parser:
    """Return the flags of every verb that reads data; DATA itself is added by order of use."""
    flags = Parser(lang=lang, add_help=False)
    flags.add_argument("data", metavar="DATA", help=say("cli.help.data", lang))
    flags.add_argument("--sheet", help=say("cli.help.sheet", lang))
    flags.add_argument("--encoding", help=say("cli.help.encoding", lang))
    flags.add_argument("--delimiter", help=say("cli.help.delimiter", lang))
    flags.add_argument("--header", type=at_least(0), help=say("cli.help.header", lang))
    return flags


def preparing_flags(lang: Lang) -> Parser:
    """Return the flags of verbs that prepare a table before they use it."""
    flags = Parser(lang=lang, add_help=False)
    flags.add_argument("--roles", help=say("cli.help.roles", lang))
    flags.add_argument("--repairs", default="none", help=say("cli.help.repairs", lang))
    return flags


def json_flag(lang: Lang) -> Parser:
    """Return the flag for the machine-readable answer."""
    flags = Parser(lang=lang, add_help=False)
    flags.add_argument("--json", metavar="OUT", help=say("cli.help.json", lang))
    return flags


def model_flag(lang: Lang) -> Parser:
    """Return the MODEL argument."""
    flags = Parser(lang=lang, add_help=False)
    flags.add_argument("model", metavar="MODEL", help=say("cli.help.model", lang))
    return flags


def part_flag(parser: argparse.ArgumentParser, lang: Lang) -> None:
    """Add the flag that says which part of a compound key names the group."""
    parser.add_argument("--group-part", metavar="before:SEP|after:SEP|whole", help=say("cli.help.group_part", lang))


def compare_flags(parser: argparse.ArgumentParser, lang: Lang) -> None:
    """Add the flags of a comparison."""
    parser.add_argument("--target", required=True, help=say("cli.help.target", lang))
    for flag in ("--event", "--models", "--sort", "--group", "--time", "--ignore", "--contract", "--name"):
        parser.add_argument(flag, help=say(f"cli.help.{flag[2:]}", lang))
    part_flag(parser, lang)
    parser.add_argument("--folds", type=int, default=10, help=say("cli.help.folds", lang))
    parser.add_argument("--train-size", type=float, default=0.7, help=say("cli.help.train_size", lang))
    parser.add_argument("--seed", type=int, default=123, help=say("cli.help.seed", lang))
    parser.add_argument("--budget", type=float, help=say("cli.help.budget", lang))
    preparing.add(parser, lang)
