"""The command line: every verb with its flags, one clear line and exit code 2 for bad input, JSON alone on standard output.

Progress goes to standard error. `--json` is written before exit code 1 too. What a verb does is in `actions`; here it is only
asked for and printed.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Sequence

from workbench.cli.flags import build
from workbench.cli.output import must_be_writable, one_line
from workbench.cli.usage import Verb, must_say_something
from workbench.errors import WorkbenchError
from workbench.settings import get_settings, terminal_language
from workbench.words import LANGUAGES, Lang, Text, best_language, say

__all__ = ["main"]


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
        return answered(arguments, lang)
    except KeyboardInterrupt:
        print(say("cli.interrupted", lang), file=sys.stderr)
        return 130
    except BrokenPipeError:
        nobody_reads()
        return 141


def answered(arguments: Sequence[str], lang: Lang) -> int:
    """Run a verb; say what is wrong in one line, with a line for each wrong field."""
    try:
        asked = build(lang).parse_args(arguments)
        must_say_something(asked)
        must_be_writable(asked)
        verb: Verb = asked.run
        return verb(asked, lang)
    except WorkbenchError as problem:
        print(f"{say('cli.error', lang)}: {one_line(problem.say(lang))}", file=sys.stderr)
        for field in problem.fields[:20]:
            print("  " + one_line(Text("cli.field", field=field["field"], problem=field["problem"]).say(lang)), file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except OSError as problem:  # a name that is too long, a full disk, a file that may not be read
        wrong = Text("error.cli.system", path=str(problem.filename or ""), problem=problem.strerror or str(problem))
        print(f"{say('cli.error', lang)}: {one_line(wrong.say(lang))}", file=sys.stderr)
        return 2
    finally:
        sys.stdout.flush()  # here, where a pipe that nobody reads any more is still answered


def nobody_reads() -> None:
    """Let what is still to be said go nowhere: Python would say it at the end, and fail, where a pipe is closed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


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
    return best_language(terminal_language(), setting)
