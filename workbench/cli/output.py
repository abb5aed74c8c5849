"""What the command line writes: sentences, JSON alone on standard output or whole into a file, printable pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from workbench.errors import ExperimentError
from workbench.words import Lang, say


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
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(path)
    except OSError as problem:
        raise ExperimentError("error.cli.cannot_write", path=str(path), problem=problem.strerror or "") from problem
    finally:
        part.unlink(missing_ok=True)  # also where somebody interrupts


def say_out(key: str, lang: Lang, **values: object) -> None:
    """Print a sentence."""
    print(say(key, lang, **values))


def one_line(text: str) -> str:
    """Fold a sentence onto one line."""
    return " ".join(text.split())
