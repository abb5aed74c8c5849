"""A page that stands alone: headings, sentences, tables and charts in one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from workbench.figure import FONTS
from workbench.words import Lang, Text

STYLE = f"""
:root {{ color-scheme: light dark; }}
body {{ font-family: {FONTS}; line-height: 1.6; max-width: 960px; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.6rem; }} h2 {{ font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #8884; }}
.scroll {{ overflow-x: auto; }} table {{ border-collapse: collapse; font-size: 0.9rem; }}
th, td {{ text-align: left; padding: 0.2rem 0.8rem 0.2rem 0; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }}
footer {{ margin-top: 3rem; color: #777c85; font-size: 0.85rem; }}
@media print {{ section {{ break-inside: avoid; }} }}
"""


def page(title: Text | str, sections: Iterable[Mapping[str, Any]], lang: Lang, *, made: str = "") -> str:
    """Return a complete HTML page.

    Parameters
    ----------
    title : Text or str
        The page's heading.
    sections : iterable of mapping
        Each has a ``title`` and any of ``texts`` (paragraphs), ``list`` (points), ``table`` (``head`` and ``rows``) and
        ``figures`` (plotly). Everything but the figures is plain text and is escaped here.
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
    heading = escape(title.say(lang) if isinstance(title, Text) else title)
    body = "\n".join(section(part, number) for number, part in enumerate(parts))
    script = f"<script>{plotly_script()}</script>" if any(part.get("figures") for part in parts) else ""
    footer = escape(Text("report.footer", made=made).say(lang))
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{heading}</title><style>{STYLE}</style>{script}</head>\n"
        f"<body><h1>{heading}</h1>\n{body}\n<footer>{footer}</footer></body></html>\n"
    )


def section(part: Mapping[str, Any], number: int) -> str:
    """Return one section."""
    texts = "".join(f"<p>{escape(text)}</p>" for text in part.get("texts", ()))
    points = "".join(f"<li>{escape(text)}</li>" for text in part.get("list", ()))
    figures = "".join(chart(figure, f"chart-{number}-{i}") for i, figure in enumerate(part.get("figures", ())))
    listed = f"<ul>{points}</ul>" if points else ""
    drawn = table(part["table"]) if part.get("table") else ""
    return f"<section><h2>{escape(part['title'])}</h2>{texts}{listed}{drawn}{figures}</section>"


def table(content: Mapping[str, Any]) -> str:
    """Return a table that scrolls in itself on a narrow screen."""
    head = "".join(f"<th>{escape(str(cell))}</th>" for cell in content["head"])
    rows = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in content["rows"])
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def chart(figure: Any, name: str) -> str:
    """Return a chart's place and drawing; the script itself is on the page once."""
    settings = {"responsive": True, "displaylogo": False}
    return str(figure.to_html(full_html=False, include_plotlyjs=False, div_id=name, config=settings))


def plotly_script() -> str:
    """Return plotly's own script, to stand inside the page."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())
