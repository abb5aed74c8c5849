"""What the command line writes: sentences, JSON alone on standard output or whole into a file, printable pages."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from workbench.cli.usage import UsageError
from workbench.words import Lang, say

# The flags of every verb that name a file to write, and those that name a table to read.
WRITTEN, READ = ("json", "html", "xlsx", "out"), ("data", "new", "model")


def must_be_writable(asked: argparse.Namespace) -> None:
    """Refuse a place that nothing can be written to before the work begins, and one that would overwrite what is read.

    Raises
    ------
    UsageError
        Names the place.
    """
    read = [Path(given) for name in READ if (given := getattr(asked, name, None))]
    for where in [given for name in WRITTEN if (given := getattr(asked, name, None)) not in (None, "-")]:
        path = Path(where)
        if path.is_dir():
            raise UsageError("error.cli.is_folder", path=where)
        if not path.parent.is_dir():
            raise UsageError("error.cli.no_folder", path=where, folder=str(path.parent))
        if not os.access(path.parent, os.W_OK) and not is_stream(path):
            raise UsageError("error.cli.closed", path=where, folder=str(path.parent))
        if path.is_file() and any(one.is_file() and path.samefile(one) for one in read):
            raise UsageError("error.cli.overwrites", path=where)


def is_stream(path: Path) -> bool:
    """Tell a pipe or a device, which is written to as it is, from a file."""
    return path.exists() and not path.is_file() and not path.is_dir()


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


def write_bytes(where: str | None, content: bytes | None) -> None:
    """Write a file that is no text where it was asked for."""
    if where and content is not None:
        write_whole(Path(where), content)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    with whole(path) as part:
        part.write_bytes(content.encode(errors="replace") if isinstance(content, str) else content)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path beside a file, and move what was written there to its place once the block is through.

    Raises
    ------
    UsageError
        If that cannot be.
    """
    place = path if is_stream(path) else path.resolve()  # what a link leads to is replaced, not the link
    part = place if is_stream(path) else place.with_name(f".{place.name}.part")
    try:
        yield part
        if part != place:
            part.replace(place)
    except OSError as problem:
        raise UsageError("error.cli.cannot_write", path=str(path), problem=problem.strerror or str(problem)) from problem
    finally:
        if part != place:
            with suppress(OSError):  # what could not be made is not there
                part.unlink(missing_ok=True)  # also where somebody interrupts


def say_out(key: str, lang: Lang, **values: object) -> None:
    """Print a sentence."""
    print(say(key, lang, **values))


def one_line(text: str) -> str:
    """Fold a sentence onto one line."""
    return " ".join(text.split())
