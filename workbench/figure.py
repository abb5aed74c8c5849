"""The one look of every chart: colours, fonts, number formats, and the empty chart that says why it is empty."""

from __future__ import annotations

import functools
import textwrap
from typing import TYPE_CHECKING, Any

from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Okabe and Ito's palette without its yellow, which white paper swallows: told apart with any colour vision, in both themes.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8A8F98")
MAIN, ACCENT, QUIET = COLOURS[0], COLOURS[1], COLOURS[6]
# What pushes a prediction up and what pulls it down; also missing values, which are no category.
UP, DOWN, MISSING = COLOURS[5], COLOURS[0], COLOURS[6]
# One grey whose contrast is about 4.4 to 1 on white and on Streamlit's dark page alike: the page's theme may be either.
INK, GRID = "#777C85", "rgba(128, 132, 140, 0.25)"
# Families that hold Japanese on Windows, macOS, Android and Linux; the browser takes the first it has.
FONTS = (
    '"Source Sans", "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", "Yu Gothic", Meiryo, '
    '"IPAexGothic", "Segoe UI", sans-serif'
)
# Both languages write 30,752 and 0.5.
SEPARATORS = ".,"
HEIGHT = 360


def new(title: Text | str, lang: Lang, *, x: Text | str = "", y: Text | str = "", height: int = HEIGHT) -> go.Figure:
    """Return an empty chart in the house's look.

    Parameters
    ----------
    title, x, y : Text or str
        Title and axis titles, with the unit; a text is said in the language.
    lang : {"ja", "en"}
        The reader's language.
    height : int
        Height in pixels; the width is the page's.

    Returns
    -------
    plotly.graph_objects.Figure
        A figure to add traces to.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.update_layout(template=template(), title={"text": said(title, lang)}, height=height, separators=SEPARATORS)
    figure.update_xaxes(title={"text": said(x, lang)})
    figure.update_yaxes(title={"text": said(y, lang)})
    return figure


def empty(title: Text | str, lang: Lang, *, reason: Text | None = None, height: int = 180) -> go.Figure:
    """Return a chart without marks that says why there are none."""
    figure = new(title, lang, height=height)
    text = wrap(said(reason or Text("figure.nothing"), lang), 28 if lang == "ja" else 48)
    figure.add_annotation(text=text, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure


@functools.cache
def template() -> Any:
    """Return the plotly template of every chart of ours."""
    import plotly.graph_objects as go

    axis = {
        "gridcolor": GRID,
        "zerolinecolor": GRID,
        "linecolor": GRID,
        "automargin": True,
        "title": {"standoff": 8},
        "tickfont": {"size": 12},
    }
    layout = go.Layout(
        font={"family": FONTS, "size": 13, "color": INK},
        title={"font": {"size": 16}, "x": 0.0, "xanchor": "left", "xref": "container", "pad": {"l": 4}},
        colorway=COLOURS,
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        xaxis=axis,
        yaxis=axis,
        margin={"l": 56, "r": 24, "t": 56, "b": 48},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "xanchor": "right", "x": 1.0},
        hoverlabel={"font": {"family": FONTS}},
        bargap=0.08,
        separators=SEPARATORS,
        # Diverging for what has a sign, one hue for what has a size.
        colorscale={
            "diverging": [[0.0, COLOURS[0]], [0.5, "#E8E8E8"], [1.0, COLOURS[5]]],
            "sequential": [[0.0, "#E3EEF6"], [1.0, COLOURS[0]]],
        },
    )
    return go.layout.Template(layout=layout)


def number(value: float | None) -> str:
    """Return a number as both languages write it: whole numbers in full, others to four figures.

    Examples
    --------
    >>> number(30752), number(0.123456), number(None)
    ('30,752', '0.1235', '–')
    """
    if value is None or value != value:
        return "–"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def wrap(text: str, width: int) -> str:
    """Return a sentence in lines that fit a chart on half a page."""
    return "<br>".join(textwrap.wrap(text, width))


def shorten(label: object, width: int = 28) -> str:
    """Return a label that leaves room for the chart; the full one belongs in the hover text."""
    text = str(label)
    return text if len(text) <= width else text[: width - 1] + "…"


def said(text: Text | str, lang: Lang) -> str:
    """Return a text in a language, or a plain string as it is, safe inside plotly's small HTML."""
    words = text.say(lang) if isinstance(text, Text) else text
    return words.replace("<", "&lt;")
