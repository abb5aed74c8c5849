"""YAML as plain data with the line of every key: no tags, no aliases, nothing constructed; a text stays what somebody wrote.

YAML 1.1 makes a boolean of ``no``, a number of ``12:30`` and a date of ``2024-01-01``. Labels and column names look like that,
so only ``true``, ``false``, ``null`` and plain decimal numbers are more than text here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from workbench.errors import ExperimentError
from workbench.words import Text

Path = tuple[str | int, ...]

TAG = "tag:yaml.org,2002:"
MOST_SHOWN = 60
# A recipe has five levels.
MOST_DEEP = 30
# What a scalar without quotation marks may be besides text, by how it begins and how it reads.
KNOWN: dict[str, tuple[str, re.Pattern[str]]] = {
    "null": ("~nN", re.compile(r"(?:~|null|Null|NULL)\Z")),
    "bool": ("tTfF", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")),
    "int": ("-+0123456789", re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")),
    "float": ("-+0123456789.", re.compile(r"(?:[-+]?[0-9]{1,20}\.[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][-+][0-9]{1,3})?\Z")),
}


@dataclass
class Document:
    """Plain data, and the line on which each key or entry stands."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    """Counted from 1."""
    problems: list[tuple[Path, Text]] = field(default_factory=list)
    """Keys that stand twice, and what is no plain data."""


class Composer(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # ten times as fast where it is there
    """PyYAML's safe loader up to the tree of nodes, with fewer kinds of values."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own


for kind, (starts, pattern) in KNOWN.items():
    Composer.add_implicit_resolver(TAG + kind, pattern, list(starts))
# An empty value is nothing.
Composer.add_implicit_resolver(TAG + "null", re.compile(r"\Z"), [""])


def read(text: str) -> Document:
    """Read YAML.

    Raises
    ------
    ExperimentError
        If it is no YAML, names the line.
    """
    found = Document()
    try:
        must_be_plain(text)
        node = yaml.compose(text, Loader=Composer)
        found.data = None if node is None else value_of(node, (), found)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise ExperimentError(
            "error.recipe.not_yaml", line=mark.line + 1 if mark else 1, problem=problem.problem or problem.context or ""
        ) from problem
    except yaml.reader.ReaderError as problem:
        # The quick reader counts bytes.
        read = text.encode()[: problem.position] if yaml.__with_libyaml__ else text[: problem.position].encode()
        line = read.count(b"\n") + 1
        raise ExperimentError("error.recipe.not_yaml", line=line, problem=problem.reason) from problem
    return found


def must_be_plain(text: str) -> None:
    """Refuse references to other places, and what is nested so deeply that reading it would take very long."""
    depth = 0
    for event in yaml.parse(text, Loader=Composer):
        if isinstance(event, yaml.AliasEvent):
            raise ExperimentError("error.recipe.alias", line=event.start_mark.line + 1, name=event.anchor)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEEP:
            raise ExperimentError("error.recipe.deep", line=event.start_mark.line + 1)


def value_of(node: yaml.Node, path: Path, found: Document) -> Any:
    """Return what a node holds, noting lines and problems."""
    found.lines.setdefault(path, node.start_mark.line + 1)
    tag = node.tag.removeprefix(TAG)
    if isinstance(node, yaml.MappingNode) and tag == "map":
        return dict(pairs(node, path, found))
    if isinstance(node, yaml.SequenceNode) and tag == "seq":
        return [value_of(one, (*path, i), found) for i, one in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode) and tag in (*KNOWN, "str"):
        return scalar(tag, node.value, path, found)
    found.problems.append((path, Text("error.recipe.tag", tag=node.tag.replace(TAG, "!!"))))
    return None


def pairs(node: yaml.MappingNode, path: Path, found: Document) -> Iterator[tuple[str, Any]]:
    """Yield a mapping's entries; keys are text as it was written."""
    seen: set[str] = set()
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        here = (*path, name)
        found.lines[here] = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or name in seen:
            found.problems.append((here, Text("error.recipe.twice" if name in seen else "error.recipe.key")))
            continue
        seen.add(name)
        yield name, value_of(value, here, found)


def scalar(tag: str, text: str, path: Path, found: Document) -> Any:
    """Return a single value; a tag that somebody wrote by hand may not fit it."""
    if tag == "str":
        return text
    if not (text == "" and tag == "null") and not KNOWN[tag][1].match(text):
        found.problems.append((path, Text("error.recipe.tag", tag="!!" + tag)))
        return None
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    number = int(text) if tag == "int" else float(text)
    if not math.isfinite(number):
        found.problems.append((path, Text("error.recipe.value", value=text[:MOST_SHOWN])))
        return None
    return number
