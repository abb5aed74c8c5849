"""The flags of a comparison's preparation, and the plan that they say."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from workbench import actions
from workbench.principal import LOCAL
from workbench.words import Lang, say

if TYPE_CHECKING:
    from workbench.actions.plan_choices import Switch


def add(parser: argparse.ArgumentParser, lang: Lang) -> None:
    """Add a flag for every switch, and for what decides about rows."""
    group = parser.add_argument_group(say("cli.help.preparation", lang))
    group.add_argument("--preprocessing", choices=("suited", "pycaret"), help=say("cli.help.preprocessing", lang))
    group.add_argument("--sample", type=int, metavar="ROWS", help=say("cli.help.sample", lang))
    group.add_argument("--class-weight", choices=("none", "balanced"), help=say("cli.help.class_weight", lang))
    for one in actions.plan_choices.switches(by=LOCAL):
        # A text of help is a format for argparse.
        about: dict[str, Any] = {"help": one.title.say(lang).replace("%", "%%"), "dest": f"switch_{one.name}"}
        if one.kind == "truth":
            group.add_argument(flag(one), action="store_const", const=True, **about)
        elif one.kind == "choice":
            group.add_argument(flag(one), choices=one.choices, **about)
        else:
            group.add_argument(flag(one), metavar="NUMBER", **about)


def flag(one: Switch) -> str:
    """Return a switch's flag."""
    return f"--{one.name.replace('_', '-')}"


def given(asked: argparse.Namespace) -> dict[str, Any]:
    """Return what was said about preparation, by the plan's names; None where nothing was."""
    switches = {one.name: getattr(asked, f"switch_{one.name}") for one in actions.plan_choices.switches(by=LOCAL)}
    said = {name: value for name, value in switches.items() if value is not None}
    plain = {name: getattr(asked, name) for name in ("preprocessing", "sample", "class_weight")}
    return {**plain, "switches": said or None}
