"""The verb `runs resume`: go on with a comparison that ended too early, here, until it is done or Ctrl-C stops it."""

from __future__ import annotations

import argparse
import sys
import time

from workbench import actions
from workbench.cli import runs_beside
from workbench.cli.output import one_line, say_out, write_json
from workbench.principal import LOCAL
from workbench.words import Lang, Text, say

LOOK = 0.5


def resume(asked: argparse.Namespace, lang: Lang) -> int:
    """Resume a comparison and follow it to its end; exit 1 where no model came of it."""
    run = actions.resuming.resume(asked.id, by=LOCAL)
    print(say("cli.runs_kept.resumed", lang, run=run), file=sys.stderr, flush=True)
    try:
        follow(run, lang)
    except KeyboardInterrupt:
        actions.compare.stop(run, by=LOCAL)
        follow(run, lang)
    job = actions.runs.find(run, by=LOCAL)
    board = runs_beside.leaderboard(run, lang)
    registered = (job.result or {}).get("registered")
    answer = {"id": run, "state": job.state, "error": job.error.say(lang) if job.error else None, "registered": registered}
    if not write_json(asked.json, answer | board):
        say_out("cli.runs_kept.ended", lang, state=Text(f"ui.run.{job.state}_short"), title=job.title)
        runs_beside.print_rows(board)
    return 0 if registered else 1


def follow(run: str, lang: Lang) -> None:
    """Print a run's log, a line for each thing that happens, until it has ended."""
    told, is_over = 0, False
    while not is_over:
        is_over = actions.runs.find(run, by=LOCAL).is_settled
        lines = actions.run_log.told(run, by=LOCAL).lines
        for line in lines[told:]:
            print(one_line(line.text.say(lang)), file=sys.stderr, flush=True)
        told = len(lines)
        if not is_over:
            time.sleep(LOOK)
