"""The command line: every verb with its flags, one clear line and exit code 2 for bad input, JSON alone on standard output.

Progress goes to standard error. `--json` is written before exit code 1 too. What a verb does is in `actions`; here it is only
asked for and printed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import locale
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from workbench import __version__, actions
from workbench.errors import ExperimentError, WorkbenchError
from workbench.principal import LOCAL
from workbench.settings import get_settings
from workbench.words import LANGUAGES, Lang, Text, best_language, say

if TYPE_CHECKING:
    from workbench.actions.sources import Source

Verb = Callable[[argparse.Namespace, Lang], int]


class UsageError(WorkbenchError):
    """The words of the call do not fit."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """A parser that answers a wrong call in one line, like every other bad input."""

    def error(self, message: str) -> NoReturn:
        """Refuse a call."""
        raise UsageError("error.cli.usage", message=message, verb=self.prog)


def main(arguments: Sequence[str]) -> int:
    """Run a verb and return the exit code.

    Parameters
    ----------
    arguments : sequence of str
        What stands behind ``python -m workbench``.

    Returns
    -------
    int
        0; 1 where the verb's contract says so; 2 for bad input, with one line on standard error.
    """
    lang = spoken_language(arguments)
    try:
        asked = build(lang).parse_args(arguments)
        verb: Verb = asked.run
        return verb(asked, lang)
    except WorkbenchError as problem:
        print(f"{say('cli.error', lang)}: {one_line(problem.say(lang))}", file=sys.stderr)
        for field in problem.fields[:20]:
            print("  " + one_line(Text("cli.field", field=field["field"], problem=field["problem"]).say(lang)), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(say("cli.interrupted", lang), file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 141


def spoken_language(arguments: Sequence[str]) -> Lang:
    """Return the language of the answers: `--lang`, else the setting, else the terminal's."""
    for flag, value in itertools.pairwise([*arguments, ""]):
        if flag == "--lang" and value in LANGUAGES:
            return best_language(None, value)
        if flag.startswith("--lang="):
            return best_language(None, flag.removeprefix("--lang="))
    try:
        setting = get_settings().lang
    except WorkbenchError:
        setting = "auto"
    return best_language(locale.getlocale()[0], setting)


def one_line(text: str) -> str:
    """Fold a sentence onto one line."""
    return " ".join(text.split())


def build(lang: Lang) -> argparse.ArgumentParser:
    """Return the parser of every verb."""
    parser = Parser(prog="workbench", description=say("cli.about", lang), formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=__version__)
    speaking = Parser(add_help=False)
    speaking.add_argument("--lang", choices=LANGUAGES, help=say("cli.help.lang", lang))
    verbs = parser.add_subparsers(required=True, metavar="VERB", parser_class=Parser)

    def verb(name: str, run: Verb, key: str, *parents: Parser) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=say(key, lang), description=say(key, lang), parents=[speaking, *parents])
        made.set_defaults(run=run)
        return made

    reading, preparing, out = reading_flags(lang), preparing_flags(lang), json_flag(lang)
    serving = verb("serve", serve, "cli.verb.serve")
    serving.add_argument("--host", default="127.0.0.1", help=say("cli.help.host", lang))
    serving.add_argument("--port", type=int, default=get_settings().port, help=say("cli.help.port", lang))
    profiling = verb("profile", profile, "cli.verb.profile", reading, preparing, out)
    profiling.add_argument("--html", help=say("cli.help.html", lang))
    checking = verb("check", check, "cli.verb.check", reading, preparing, out)
    for flag in ("--target", "--group", "--time", "--new", "--html"):
        checking.add_argument(flag, required=flag == "--target", help=say(f"cli.help.{flag[2:]}", lang))
    checking.add_argument("--fast", action="store_true", help=say("cli.help.fast", lang))
    comparing = verb("compare", compare, "cli.verb.compare", reading, preparing, out)
    compare_flags(comparing, lang)
    explaining = verb("explain", explain, "cli.verb.explain", model_flag(lang), reading, out)
    explaining.add_argument("--html", help=say("cli.help.html", lang))
    explaining.add_argument("--rows", type=int, default=10, help=say("cli.help.rows", lang))
    predicting = verb("predict", predict, "cli.verb.predict", model_flag(lang), reading, out)
    predicting.add_argument("-o", "--out", required=True, help=say("cli.help.out", lang))
    predicting.add_argument("--reasons", type=int, default=3, help=say("cli.help.reasons", lang))
    predicting.add_argument("--encoding-out", default="utf-8-sig", help=say("cli.help.encoding_out", lang))
    predicting.add_argument("--force", action="store_true", help=say("cli.help.force", lang))
    managing = verb("models", models, "cli.verb.models", out)
    managing.add_argument("what", choices=tuple(MODELS), metavar="|".join(MODELS))
    managing.add_argument("model", nargs="?", help=say("cli.help.model", lang))
    managing.add_argument("-o", "--out", help=say("cli.help.out", lang))
    running = verb("runs", runs, "cli.verb.runs", out)
    running.add_argument("what", choices=("list", "show", "stop"), metavar="list|show|stop")
    running.add_argument("id", nargs="?", help=say("cli.help.run_id", lang))
    verb("status", status, "cli.verb.status", out)
    return parser


def reading_flags(lang: Lang) -> Parser:
    """Return the flags of every verb that reads data; DATA itself is added by order of use."""
    flags = Parser(add_help=False)
    flags.add_argument("data", metavar="DATA", help=say("cli.help.data", lang))
    flags.add_argument("--sheet", help=say("cli.help.sheet", lang))
    flags.add_argument("--encoding", help=say("cli.help.encoding", lang))
    flags.add_argument("--header", type=int, help=say("cli.help.header", lang))
    return flags


def preparing_flags(lang: Lang) -> Parser:
    """Return the flags of verbs that prepare a table before they use it."""
    flags = Parser(add_help=False)
    flags.add_argument("--roles", help=say("cli.help.roles", lang))
    flags.add_argument("--repairs", default="none", help=say("cli.help.repairs", lang))
    return flags


def json_flag(lang: Lang) -> Parser:
    """Return the flag for the machine-readable answer."""
    flags = Parser(add_help=False)
    flags.add_argument("--json", metavar="OUT", help=say("cli.help.json", lang))
    return flags


def model_flag(lang: Lang) -> Parser:
    """Return the MODEL argument."""
    flags = Parser(add_help=False)
    flags.add_argument("model", metavar="MODEL", help=say("cli.help.model", lang))
    return flags


def compare_flags(parser: argparse.ArgumentParser, lang: Lang) -> None:
    """Add the flags of a comparison."""
    parser.add_argument("--target", required=True, help=say("cli.help.target", lang))
    for flag in ("--event", "--models", "--sort", "--group", "--time", "--ignore", "--name"):
        parser.add_argument(flag, help=say(f"cli.help.{flag[2:]}", lang))
    parser.add_argument("--folds", type=int, default=10, help=say("cli.help.folds", lang))
    parser.add_argument("--train-size", type=float, default=0.7, help=say("cli.help.train_size", lang))
    parser.add_argument("--preprocessing", default="suited", help=say("cli.help.preprocessing", lang))
    parser.add_argument("--seed", type=int, default=123, help=say("cli.help.seed", lang))
    parser.add_argument("--budget", type=float, help=say("cli.help.budget", lang))


# --- verbs -------------------------------------------------------------------------------------------------------------


def serve(asked: argparse.Namespace, lang: Lang) -> int:
    """Run the server until it is stopped."""
    from workbench import server

    server.run(get_settings(), host=asked.host, port=asked.port, lang=lang)
    return 0


def profile(asked: argparse.Namespace, lang: Lang) -> int:
    """Profile a file."""
    source = opened(asked)
    answer, page = actions.profile.of_source(source, by=LOCAL, lang=lang, html=bool(asked.html))
    write_html(asked.html, page)
    if not write_json(asked.json, answer):
        say_out("cli.profile.summary", lang, rows=answer["rows"], columns=len(answer["columns"]))
        for alert in answer["alerts"]:
            print(f"- {alert['text']}")
    return 0


def check(asked: argparse.Namespace, lang: Lang) -> int:
    """Run the checks; exit 1 where one found an error."""
    source = opened(asked)
    new = opened(asked, asked.new) if asked.new else None
    answer, page = actions.checks.of_source(
        source,
        by=LOCAL,
        target=asked.target,
        group=asked.group,
        time=asked.time,
        new=new,
        fast=asked.fast,
        lang=lang,
        html=bool(asked.html),
    )
    write_html(asked.html, page)
    if not write_json(asked.json, answer):
        for finding in answer["findings"]:
            print(f"{finding['severity'].upper():8s}{finding['code']}  {finding['title']}")
            print(f"        {finding['evidence']}\n        {finding['action']}")
        say_out("cli.check.summary", lang, count=len(answer["findings"]))
    return int(any(f["severity"] == "error" for f in answer["findings"]))


def compare(asked: argparse.Namespace, lang: Lang) -> int:
    """Compare models; exit 1 where no candidate finished."""
    source = opened(asked)
    wishes = {
        "target": asked.target,
        "event": asked.event,
        "models": listed(asked.models),
        "sort": asked.sort,
        "folds": asked.folds,
        "train_size": asked.train_size,
        "group": asked.group,
        "time": asked.time,
        "ignore": listed(asked.ignore),
        "preprocessing": asked.preprocessing,
        "seed": asked.seed,
        "budget": asked.budget,
        "name": asked.name,
    }
    given = {k: v for k, v in wishes.items() if v is not None}
    answer = actions.compare.of_source(source, given, by=LOCAL, emit=lambda kind, **fields: tell(kind, fields, lang))
    if not write_json(asked.json, answer):
        print(
            say("cli.compare.registered" if answer["registered"] else "cli.compare.nothing", lang, model=answer["registered"])
        )
    return 0 if answer["registered"] else 1


def tell(kind: str, fields: dict[str, Any], lang: Lang) -> None:
    """Print a comparison's progress: a line a candidate, as it finishes."""
    if kind == "sorted":
        print(say("cli.compare.sorted", lang, **fields), file=sys.stderr, flush=True)
    if kind == "row":
        row = fields["row"]
        scores = "  ".join(f"{name} {value:.4f}" for name, value in row["metrics"].items() if value is not None)
        reason = Text.from_dict(row["reason"]).say(lang) if row.get("reason") else ""
        seconds = f"{row['seconds']:.1f} s" if row.get("seconds") is not None else ""
        print(f"{row['model']:12s}{seconds:>9s}  {scores}{one_line(reason)}", file=sys.stderr, flush=True)


def explain(asked: argparse.Namespace, lang: Lang) -> int:
    """Explain a model on a file's rows."""
    answer, page = actions.explain.of_source(
        asked.model, opened(asked), by=LOCAL, rows=asked.rows, lang=lang, html=bool(asked.html)
    )
    write_html(asked.html, page)
    if not write_json(asked.json, answer):
        for line in answer["global"]:
            print(f"{line['importance']:12.5g}  {line['feature']}")
    return 0


def predict(asked: argparse.Namespace, lang: Lang) -> int:
    """Score a file; exit 1 where the pre-flight stops it."""
    report = actions.predict.of_source(
        asked.model,
        opened(asked),
        Path(asked.out),
        by=LOCAL,
        reasons=asked.reasons,
        encoding_out=asked.encoding_out,
        force=asked.force,
        lang=lang,
    )
    if not write_json(asked.json, report):
        say_out(
            "cli.predict.summary",
            lang,
            rows_in=report["rows_in"],
            rows_out=report["rows_out"],
            held=report["held"],
            out=asked.out,
        )
        for warning in report["warnings"]:
            print(f"- {warning}")
    return int(bool(report.get("stopped")))


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
    shown = actions.models.show(named(asked), by=LOCAL)
    if not write_json(asked.json, shown):
        print(shown["card"])
    return 0


def models_promote(asked: argparse.Namespace, lang: Lang) -> int:
    """Make a version the champion."""
    name, _, version = named(asked).partition("@")
    record = actions.models.promote(name, version, by=LOCAL)
    if not write_json(asked.json, actions.models.line(record)):
        say_out("cli.models.promoted", lang, model=f"{record.name}@{record.version}")
    return 0


def models_export(asked: argparse.Namespace, lang: Lang) -> int:
    """Write a model as a zip file."""
    out = Path(asked.out or f"{named(asked).partition('@')[0]}.zip")
    actions.models.export(named(asked), out, by=LOCAL)
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
    answer = actions.models.verify(named(asked), by=LOCAL)
    if not write_json(asked.json, answer):
        say_out("cli.models.verified", lang, model=answer["model"], rows=answer["golden_rows"])
    return 0


def models_template(asked: argparse.Namespace, lang: Lang) -> int:
    """Write the input template of a model."""
    out = Path(asked.out or f"{named(asked).partition('@')[0]}_template.xlsx")
    actions.models.template(named(asked), out, by=LOCAL, lang=lang)
    if not write_json(asked.json, {"out": str(out)}):
        say_out("cli.written", lang, out=out)
    return 0


MODELS: dict[str, Verb] = {
    "list": models_list,
    "show": models_show,
    "promote": models_promote,
    "export": models_export,
    "import": models_import,
    "verify": models_verify,
    "template": models_template,
}


def runs(asked: argparse.Namespace, lang: Lang) -> int:
    """List, show or stop runs."""
    if asked.what == "list":
        found = [run_line(job, lang) for job in actions.runs.mine(by=LOCAL)]
        if not write_json(asked.json, {"runs": found}):
            for r in found:
                print(f"{r['id']}  {r['kind']}  {r['state']}  {r['title']}")
        return 0
    if not asked.id:
        raise UsageError("error.cli.run_id")
    if asked.what == "stop":
        actions.runs.stop(asked.id, by=LOCAL)
    shown = run_line(actions.runs.find(asked.id, by=LOCAL), lang)
    if not write_json(asked.json, shown):
        print(f"{shown['id']}  {shown['kind']}  {shown['state']}  {shown['title']}")
    return 0


def run_line(job: Any, lang: Lang) -> dict[str, Any]:
    """Return a run as lists show it."""
    return {
        "id": job.id,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "created": job.created.isoformat(),
        "progress": job.progress,
        "error": job.error.say(lang) if job.error else None,
    }


def status(asked: argparse.Namespace, lang: Lang) -> int:
    """Print the self-check."""
    found = [
        {"name": x.name.say(lang), "state": x.state, "detail": x.detail.say(lang)} for x in actions.status.report(by=LOCAL)
    ]
    if not write_json(asked.json, {"status": found}):
        for line in found:
            print(f"{line['state']:8s}{line['name']}: {line['detail']}")
    return 0


# --- what verbs share --------------------------------------------------------------------------------------------------


def opened(asked: argparse.Namespace, where: str | None = None) -> Source:
    """Read the table that a call names."""
    from workbench.actions import sources

    if getattr(asked, "repairs", "none") != "none":
        raise UsageError("error.cli.no_repairs")
    header = None if asked.header is None else asked.header
    source = sources.open_source(where or asked.data, sheet=asked.sheet, encoding=asked.encoding, header=header)
    return sources.with_roles(source, getattr(asked, "roles", None))


def listed(text: str | None) -> list[str] | None:
    """Split a comma-separated flag."""
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def named(asked: argparse.Namespace) -> str:
    """Return the model a call names, or say that it must."""
    if not asked.model:
        raise UsageError("error.cli.model", what=asked.what)
    return str(asked.model)


def write_json(where: str | None, answer: dict[str, Any]) -> bool:
    """Write the answer to a file, or alone to standard output for ``-``; tell whether it was asked for."""
    if where is None:
        return False
    text = json.dumps(answer, ensure_ascii=False, indent=1, default=str, allow_nan=False)
    if where == "-":
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    else:
        write_whole(Path(where), text)
    return True


def write_html(where: str | None, page: str | None) -> None:
    """Write a printable page where it was asked for."""
    if where and page:
        write_whole(Path(where), page)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise ExperimentError("error.cli.cannot_write", path=str(path), problem=problem.strerror or "") from problem


def say_out(key: str, lang: Lang, **values: object) -> None:
    """Print a sentence."""
    print(say(key, lang, **values))
