"""The one look of every chart: colours, fonts, number formats, and the empty chart that says why it is empty."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.words import Lang, Text, say

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
# A score from here on needs no digits behind the point; one below this needs more than four, but never more than so many.
LARGE, SMALL, MOST_DIGITS = 1000, 0.01, 9
# Columns of a terminal, where a Japanese character takes two: what fits a phone's 390 px at each size of letters.
TITLE_WIDTH, X_WIDTH, Y_WIDTH = 44, 48, 36
LINE_HEIGHT = 20
MARGIN = {"l": 56, "r": 24, "t": 56, "b": 48}
# A picture of a chart has twice the screen's pixels, for slides and print.
SCALE = 2
LONGEST_FILE_NAME = 80
# What plotly says by itself, in its own words, and our key for each.
PLOTLY_WORDS = {
    "Download plot as a PNG": "png",
    "Download plot": "svg",
    "Preparing image - this may take a few seconds": "preparing",
    "Image download succeeded": "saved",
    "Sorry, there was a problem downloading your image!": "failed",
    "Box Select": "select",
    "Lasso Select": "lasso",
    "Zoom": "zoom",
    "Pan": "pan",
    "Zoom in": "zoom_in",
    "Zoom out": "zoom_out",
    "Reset axes": "reset",
    "Autoscale": "autoscale",
    "Double-click to zoom back out": "zoom_back",
    "Double-click on legend to isolate one trace": "isolate",
    "max:": "max",
    "min:": "min",
    "mean:": "mean",
    "median:": "median",
    "q1:": "q1",
    "q3:": "q3",
    "upper fence:": "upper",
    "lower fence:": "lower",
}
# Characters that never begin a line.
CLINGING = "、。，．）」』】％：；！？…)]},.;:!?%"


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

    heading = folded(title, lang, TITLE_WIDTH)
    more = heading.count("<br>") * LINE_HEIGHT
    # In one go: plotly checks the whole template again at every later change of the layout.
    return go.Figure(
        layout={
            "template": template(),
            "title": {"text": heading},
            "height": height + more,
            "margin": {"t": MARGIN["t"] + more} if more else {},
            "separators": SEPARATORS,
            "xaxis": {"title": {"text": folded(x, lang, X_WIDTH)}},
            "yaxis": {"title": {"text": folded(y, lang, Y_WIDTH)}},
        }
    )


def empty(title: Text | str, lang: Lang, *, reason: Text | None = None, height: int = 180) -> go.Figure:
    """Return a chart without marks that says why there are none."""
    figure = new(title, lang, height=height)
    sentence = (reason or Text("figure.nothing")).say(lang)
    text = "<br>".join(said(line, lang) for line in wrap(sentence, X_WIDTH))
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
        title={"font": {"size": 15}, "x": 0.0, "xanchor": "left", "xref": "container", "pad": {"l": 4}},
        colorway=COLOURS,
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        xaxis=axis,
        yaxis=axis,
        margin=MARGIN,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "xanchor": "right", "x": 1.0},
        hoverlabel={"font": {"family": FONTS}},
        # Plotly would derive these from a background, which ours leaves to the page.
        modebar={"bgcolor": "rgba(0, 0, 0, 0)", "color": INK, "activecolor": MAIN},
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


def score(value: float | None) -> str:
    """Return a metric's value: four digits behind the point, none where it is large, more where it is small.

    Examples
    --------
    >>> score(0.71554), score(12345.6), score(0.0000312)
    ('0.7155', '12,346', '0.00003120')
    """
    return scores([value])[0]


def scores(values: Sequence[float | None], *, like: Iterable[float | None] = (), sign: bool = False) -> list[str]:
    """Return values of a metric, or differences of it, written with the same digits behind the point.

    Parameters
    ----------
    values : sequence of float or None
        What is written; a stroke for what is not there.
    like : iterable of float or None, optional
        Other values of the metric, beside which these stand: a difference needs no more digits than what it is a difference of.
    sign : bool, optional
        Whether what is above 0 has a plus.

    Examples
    --------
    >>> scores([-0.00003, 0.0021], like=[0.88], sign=True)
    ['-0.0000', '+0.0021']
    """
    digits = decimals([*values, *like])
    form = ("+" if sign else "") + (f",.{digits}f" if digits <= MOST_DIGITS else ".3e")
    return ["–" if value is None or value != value else f"{value:{form}}" for value in values]


def decimals(values: Iterable[float | None]) -> int:
    """Return how many digits behind the point a column of scores needs: four, none if they are large, more if all are small.

    Examples
    --------
    >>> decimals([0.7155, None, 0.5]), decimals([12345.6, 0.1]), decimals([0.0000312, 0.00001])
    (4, 0, 8)
    """
    largest = max((abs(value) for value in values if value is not None and value == value), default=0.0)
    if largest >= LARGE:
        return 0
    # A small error is not 0.0000: that is what a perfect model has.
    return 4 if largest == 0 or largest >= SMALL else 3 - math.floor(math.log10(largest))


def config(title: str, lang: Lang, *, select: bool = False) -> dict[str, Any]:
    """Return what plotly is to offer around a chart: a picture of it, in the reader's words, and nothing else.

    Parameters
    ----------
    title : str
        The chart's title; the picture's file is named after it.
    lang : {"ja", "en"}
        The reader's language.
    select : bool, optional
        Offer to select points as well.

    Returns
    -------
    dict
        Plotly's ``config``, as JSON can carry it.

    Notes
    -----
    Neither Streamlit's plotly nor plotly.py's carries Japanese, and Streamlit adds a button with English words to every bar but
    one whose buttons are all named.
    """
    chosen = [["select2d", "lasso2d"]] if select else []
    return {
        "displayModeBar": "hover",
        "displaylogo": False,
        "modeBarButtons": [*chosen, ["toImage"]],
        "toImageButtonOptions": {"format": "png", "scale": SCALE, "filename": file_name(title)},
        "locale": lang,
        "locales": {lang: locale(lang)},
    }


@functools.cache
def locale(lang: Lang) -> dict[str, Any]:
    """Return plotly's words and its names of months and days in a language."""
    from babel import Locale

    names = Locale(lang)
    months, days = names.months["format"], names.days["format"]
    weekdays = [6, 0, 1, 2, 3, 4, 5]  # plotly's week begins with Sunday
    return {
        "dictionary": {theirs: say(f"figure.plotly.{ours}", lang) for theirs, ours in PLOTLY_WORDS.items()},
        "format": {
            "months": [months["wide"][i] for i in range(1, 13)],
            "shortMonths": [months["abbreviated"][i] for i in range(1, 13)],
            "days": [days["wide"][i] for i in weekdays],
            "shortDays": [days["abbreviated"][i] for i in weekdays],
            "date": "%Y-%m-%d",
        },
    }


def title_of(figure: go.Figure) -> str:
    """Return a chart's title as plain words on one line."""
    one_line = re.sub(r"(?<=[\u2e80-\uffef])<br>(?=[\u2e80-\uffef])", "", str(figure.layout.title.text or ""))
    return one_line.replace("<br>", " ").replace("&lt;", "<")


def file_name(title: str) -> str:
    """Return a title as a file's name on every system, without its ending.

    Examples
    --------
    >>> file_name('売上/月: "税込"')
    '売上_月_税込'
    """
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f\s]+', "_", unicodedata.normalize("NFC", title)).strip("._")
    return plain[:LONGEST_FILE_NAME].strip("._") or "chart"


def folded(text: Text | str, lang: Lang, width: int) -> str:
    """Return a text in a language, in lines of at most so many columns and of like length, safe inside plotly's small HTML."""
    words = text.say(lang) if isinstance(text, Text) else text
    lines = wrap(words, width)
    if len(lines) > 1:
        even = wrap(words, min(width, columns(words) // len(lines) + 6))
        lines = even if len(even) == len(lines) else lines
    return "<br>".join(said(line, lang) for line in lines)


def wrap(text: str, width: int) -> list[str]:
    """Return a text in lines of so many columns, a wide character counting two.

    Examples
    --------
    >>> wrap("one two three", 8)
    ['one two', 'three']
    """
    lines = [""]
    for piece in re.findall(r"\s+|[^\s\u2e80-\uffef]+|[\u2e80-\uffef]", text):
        while columns(piece) > width:
            cut = fitting(piece, width)
            lines, piece = [*lines, cut], piece[len(cut) :]
        if columns(lines[-1] + piece) > width and lines[-1] and piece not in CLINGING:
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    return [line.strip() for line in lines if line.strip()]


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def fitting(text: str, width: int) -> str:
    """Return the beginning of a text that fits so many columns."""
    for end in range(len(text) + 1):
        if columns(text[:end]) > width:
            return text[: end - 1]
    return text


def shorten(label: object, width: int = 28) -> str:
    """Return a label that leaves room for the chart, a wide character counting two; the full one belongs in the hover text."""
    text = str(label)
    return text if columns(text) <= width else fitting(text, width - 1) + "…"


def said(text: Text | str, lang: Lang) -> str:
    """Return a text in a language, or a plain string as it is, safe inside plotly's small HTML."""
    words = text.say(lang) if isinstance(text, Text) else text
    return words.replace("<", "&lt;")
