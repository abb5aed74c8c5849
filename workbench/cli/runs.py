"""The verb `runs`: what is going on, and how to stop it."""

from __future__ import annotations

import argparse
from typing import Any

from workbench import actions
from workbench.cli import runs_beside, runs_resumed
from workbench.cli.diagnosis import diagnose
from workbench.cli.output import write_json
from workbench.cli.recipes import runs_recipe
from workbench.cli.usage import UsageError
from workbench.principal import LOCAL
from workbench.words import Lang


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
    if asked.what == "recipe":
        return runs_recipe(asked, lang)
    if asked.what == "diagnose":
        return diagnose(asked, lang)
    if asked.what == "compare":
        return runs_beside.compare(asked, lang)
    if asked.what == "resume":
        return runs_resumed.resume(asked, lang)
    if asked.what == "stop":
        actions.runs.stop(asked.id, by=LOCAL)
    shown = run_line(actions.runs.find(asked.id, by=LOCAL), lang)
    board = runs_beside.leaderboard(asked.id, lang) if shown["kind"] == "compare" else {}
    if not write_json(asked.json, shown | board):
        print(f"{shown['id']}  {shown['kind']}  {shown['state']}  {shown['title']}")
        runs_beside.print_rows(board)
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
