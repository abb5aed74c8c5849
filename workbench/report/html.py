"""A page that stands alone: contents, sentences, tables and charts in one HTML file that needs no network.

Plotly's script is packed inside (gzip, unpacked by the browser), which makes a file of 2 MB instead of 5; it is there once,
and not at all on a page without charts. A policy in the page forbids every script but ours, and every request.
"""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from workbench import figure as look
from workbench.words import Lang, Text, say

FOLDER = Path(__file__).parent
# White paper and dark ink for a picture of a chart, whatever the page's theme.
PAPER, INK = "#ffffff", "#31333f"
# A table longer than this scrolls in itself.
LONG_TABLE = 25
SCRIPT_WORDS = ("search", "shown", "sort", "too_old")


def page(title: Text | str, sections: Iterable[Mapping[str, Any]], lang: Lang, *, made: str = "") -> str:
    """Return a complete HTML page.

    Parameters
    ----------
    title : Text or str
        The page's heading.
    sections : iterable of mapping
        Each has a ``title`` and any of ``texts`` (paragraphs), ``facts`` (pairs of name and value), ``list`` (strings, or
        mappings with ``text`` and any of ``to``, an anchor, and ``mark``, such as ``warning``), ``table``, ``tables`` and
        ``figures`` (plotly). A table has ``head`` and ``rows`` of strings and any of ``title``, ``numbers`` (places of the
        columns that hold numbers), ``to`` (an anchor or None for each row's first cell) and ``tools`` (searchable and
        sortable). ``anchor`` is where links lead, ``level`` 3 puts a section below the one before. Everything but the
        figures is plain text and is escaped here.
    lang : {"ja", "en"}
        The language of the page.
    made : str, optional
        When it was made, as the footer shows it.

    Returns
    -------
    str
        HTML with plotly's script inside where there are charts.
    """
    parts = list(sections)
    has_charts = any(part.get("figures") for part in parts)
    heading = escape(title.say(lang) if isinstance(title, Text) else title)
    body = "\n".join(section(part, number) for number, part in enumerate(parts))
    footer = escape(say("report.footer", lang, made=made))
    up = f'<a class="up" href="#top" aria-label="{escape(say("report.up", lang))}">↑</a>' if len(parts) > 1 else ""
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(has_charts)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{heading}</title><style>{style()}</style></head>\n"
        f'<body id="top"><h1>{heading}</h1>\n{contents(parts, lang)}{body}\n<footer>{footer}</footer>{up}\n'
        f"{scripts(lang, has_charts)}</body></html>\n"
    )


def contents(parts: list[Mapping[str, Any]], lang: Lang) -> str:
    """Return the list of sections, those of a lower level folded below theirs; nothing for a short page."""
    if len(parts) < 3:
        return ""
    lines: list[str] = []
    below: list[str] = []
    above = ""
    for number, part in enumerate([*parts, {"title": ""}]):
        link = f'<a href="#{anchor(part, number)}">{escape(part["title"])}</a>'
        if part.get("level") == 3:
            below.append(f"<li>{link}</li>")
            continue
        if above:
            lines.append(f"<li>{above}{folded(below, lang)}</li>")
        above, below = link, []
    return f'<nav aria-label="{escape(say("report.contents", lang))}"><ul>{"".join(lines)}</ul></nav>\n'


def folded(lines: list[str], lang: Lang) -> str:
    """Return the sections below one, folded."""
    if not lines:
        return ""
    heading = say("report.columns", lang, title=say("report.contents", lang), count=len(lines))
    return f"<details><summary>{escape(heading)}</summary><ul>{''.join(lines)}</ul></details>"


def anchor(part: Mapping[str, Any], number: int) -> str:
    """Return where a link to a section leads."""
    return escape(str(part.get("anchor") or f"section-{number}"))


def section(part: Mapping[str, Any], number: int) -> str:
    """Return one section."""
    level = part.get("level", 2)
    texts = "".join(f"<p>{escape(text)}</p>" for text in part.get("texts", ()))
    pairs = "".join(f"<div><dt>{escape(n)}</dt><dd>{escape(v)}</dd></div>" for n, v in part.get("facts", ()))
    facts = f"<dl>{pairs}</dl>" if pairs else ""
    points = "".join(point(entry) for entry in part.get("list", ()))
    listed = f"<ul>{points}</ul>" if points else ""
    tables = [part["table"]] if part.get("table") else []
    drawn = "".join(table(content) for content in [*tables, *part.get("tables", ())])
    figures = "".join(chart(figure, f"chart-{number}-{i}") for i, figure in enumerate(part.get("figures", ())))
    heading = f"<h{level}>{escape(part['title'])}</h{level}>"
    return f'<section id="{anchor(part, number)}">{heading}{texts}{facts}{listed}{drawn}{figures}</section>'


def point(entry: str | Mapping[str, Any]) -> str:
    """Return one point of a list."""
    if isinstance(entry, str):
        return f"<li>{escape(entry)}</li>"
    mark = f' class="{escape(entry["mark"])}"' if entry.get("mark") else ""
    return f"<li{mark}>{linked(entry['text'], entry.get('to'))}</li>"


def linked(text: str, to: str | None) -> str:
    """Return a text that leads to an anchor, where there is one."""
    return f'<a href="#{escape(to)}">{escape(text)}</a>' if to else escape(text)


def table(content: Mapping[str, Any]) -> str:
    """Return a table that scrolls in itself on a narrow screen."""
    numbers = set(content.get("numbers", ()))
    marks = [' class="number"' if place in numbers else "" for place in range(len(content["head"]))]
    head = "".join(f"<th{mark}>{escape(str(cell))}</th>" for cell, mark in zip(content["head"], marks, strict=True))
    to = content.get("to") or [None] * len(content["rows"])
    rows = "".join(line(row, marks, target) for row, target in zip(content["rows"], to, strict=True))
    tools = " data-tools" if content.get("tools") else ""
    long = " long" if len(content["rows"]) > LONG_TABLE else ""
    title = f"<h4>{escape(content['title'])}</h4>" if content.get("title") else ""
    return f'{title}<div class="scroll{long}"><table{tools}><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def line(row: Iterable[Any], marks: list[str], to: str | None) -> str:
    """Return one row; its first cell may lead to its section."""
    cells = [str(cell) for cell in row]
    shown = [linked(cells[0], to), *(escape(cell) for cell in cells[1:])] if cells else []
    return "<tr>" + "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(shown, marks, strict=True)) + "</tr>"


def chart(figure: Any, name: str) -> str:
    """Return a chart's place and its data, which the page's script draws when it comes into view."""
    drawn = figure.to_plotly_json()
    layout = dict(drawn["layout"])
    if same_look(layout.get("template")):
        del layout["template"]
    title = look.title_of(figure)
    height = layout.get("height") or look.HEIGHT
    data = safe_json({"data": drawn["data"], "layout": layout})
    return (
        f'<div class="chart" id="{name}" style="min-height: {int(height)}px" data-name="{escape(look.file_name(title))}" '
        f'role="figure" aria-label="{escape(title)}"></div><script type="application/json">{data}</script>'
    )


def same_look(template: Any) -> bool:
    """Tell whether a chart has the template that stands in the page once."""
    return bool(template is not None and dict(template) == look.template().to_plotly_json())


def safe_json(content: Any) -> str:
    """Return JSON that can stand inside a script: no character of it can end one or begin a comment."""
    from plotly.io.json import to_json_plotly

    text = str(to_json_plotly(content))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def scripts(lang: Lang, has_charts: bool) -> str:
    """Return the page's own script with its words, and what charts need."""
    words: dict[str, str] = {name: say(f"report.script.{name}", lang) for name in SCRIPT_WORDS}
    words |= {name: say(f"figure.plotly.{name}", lang) for name in ("png", "svg")}
    held = f'<script type="application/json" id="words">{inert(words)}</script>\n'
    if has_charts:
        shared = {"look": look.template().to_plotly_json(), "config": look.config("", lang), "paper": PAPER, "ink": INK}
        held += f'<script type="application/json" id="look">{safe_json(shared)}</script>\n'
        held += f'<script type="text/plain" id="plotly">{packed_plotly()}</script>\n'
        held += f"<noscript><p>{escape(say('report.no_script', lang))}</p></noscript>\n"
    return f"{held}<script>{own_script()}</script>\n"


def inert(content: Any) -> str:
    """Return plain JSON that can stand inside a script, without plotly's help."""
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def policy(has_charts: bool) -> str:
    """Return the content security policy: our scripts by their hash, no request to anywhere.

    Notes
    -----
    Plotly writes its own styles; pictures of charts pass through ``blob:`` and ``data:``.
    """
    allowed = [digest(own_script()), *([digest(plotly_script())] if has_charts else [])]
    scripts = " ".join(f"'sha256-{value}'" for value in allowed)
    return escape(
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; img-src data: blob:; "
        f"script-src {scripts}",
        quote=False,
    )


@functools.cache
def style() -> str:
    """Return the page's style with the fonts of the charts."""
    return f"body {{ font-family: {look.FONTS}; }}\n" + (FOLDER / "page.css").read_text(encoding="utf-8")


@functools.cache
def own_script() -> str:
    """Return the page's own script."""
    return (FOLDER / "page.js").read_text(encoding="utf-8")


@functools.cache
def plotly_script() -> str:
    """Return plotly's own script: plotly.py brings one bundle only, the whole."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


@functools.cache
def packed_plotly() -> str:
    """Return plotly's script, packed and in letters; the same bytes every time."""
    return base64.b64encode(gzip.compress(plotly_script().encode(), mtime=0)).decode()


@functools.cache
def digest(script: str) -> str:
    """Return the hash by which the policy names a script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
