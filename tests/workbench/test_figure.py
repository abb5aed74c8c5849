"""Every chart has one look, holds Japanese, and can be read in both themes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from workbench import figure
from workbench.words import Lang, Text, say


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_chart_says_its_title_and_axes_in_the_language() -> None:
    chart = figure.new(Text("task.binary"), "ja", x=Text("task.regression"), y="円")

    assert chart.layout.title.text == "2つのクラス"
    assert (chart.layout.xaxis.title.text, chart.layout.yaxis.title.text) == ("数値", "円")


def test_charts_are_transparent_and_name_fonts_that_hold_japanese() -> None:
    layout = figure.new("t", "ja").layout.template.layout

    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
    assert "Noto Sans CJK JP" in layout.font.family
    assert layout.font.family.endswith("sans-serif")


@pytest.mark.parametrize("paper", ["#FFFFFF", "#0E1117"])
def test_text_and_marks_stand_out_in_both_themes(paper: str) -> None:
    assert contrast(figure.INK, paper) > 4
    assert all(contrast(colour, paper) > 2 for colour in figure.COLOURS)


def test_an_empty_chart_says_why() -> None:
    chart = figure.empty("t", "en", reason=Text("figure.nothing"))

    assert chart.layout.annotations[0].text == "There is nothing to draw here."
    assert not chart.data
    json.dumps(chart.to_plotly_json(), default=str)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(30752, "30,752"), (0.123456, "0.1235"), (None, "–"), (float("nan"), "–"), (12345.678, "12,345.68"), (1e20, "1e+20")],
)
def test_numbers_are_written_as_both_languages_write_them(value: float | None, shown: str) -> None:
    assert figure.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.71554, "0.7155"),
        (0.0, "0.0000"),
        (12345.6, "12,346"),
        (0.0000312, "0.00003120"),
        (-0.00002, "-0.00002000"),
        (3.21e-14, "3.210e-14"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_a_small_score_is_never_written_as_nought(value: float | None, shown: str) -> None:
    assert figure.score(value) == shown


def test_a_difference_has_its_sign_and_the_digits_of_what_it_is_a_difference_of() -> None:
    assert figure.scores([0.002, -0.00004, None], like=[0.88], sign=True) == ["+0.0020", "-0.0000", "–"]
    assert figure.scores([0.000002, -0.00004], like=[0.0001], sign=True) == ["+0.0000020", "-0.0000400"]
    assert figure.scores([-1234.5, 3.2], sign=True) == ["-1,234", "+3"]


def test_a_column_of_small_scores_has_the_digits_that_tell_them_apart() -> None:
    assert [figure.decimals(values) for values in ([0.7, None], [], [0.0], [2500.0, 0.1], [3e-5, 1e-6])] == [4, 4, 4, 0, 8]


def test_long_labels_leave_room_and_wide_characters_count_two() -> None:
    assert figure.shorten("あ" * 40) == "あ" * 13 + "…"
    assert figure.shorten("a" * 40) == "a" * 27 + "…"
    assert figure.shorten("短い") == "短い"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("あいう。えお", ["あいう。", "えお"]),
        ("日本語。です", ["日本語。", "です"]),
        ("x" * 20, ["x" * 8, "x" * 8, "x" * 4]),
        ("", []),
    ],
)
def test_lines_break_where_a_reader_breaks_them(text: str, lines: list[str]) -> None:
    assert figure.wrap(text, 8) == lines


def test_a_long_title_takes_lines_and_the_room_for_them() -> None:
    chart = figure.new("とても長い列の名前です" * 5, "ja")

    assert chart.layout.title.text.count("<br>") == 2
    assert chart.layout.height == figure.HEIGHT + 2 * figure.LINE_HEIGHT
    assert chart.layout.margin.t == figure.MARGIN["t"] + 2 * figure.LINE_HEIGHT
    assert figure.title_of(chart) == "とても長い列の名前です" * 5


def test_a_title_folded_inside_a_sign_stays_safe() -> None:
    chart = figure.new("<" * 50, "en")

    assert "<" not in chart.layout.title.text.replace("<br>", "")
    assert figure.title_of(chart).replace(" ", "") == "<" * 50


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("売上 2024", "売上_2024"),
        ("../../etc/passwd", "etc_passwd"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("\x00\n", "chart"),
        ("", "chart"),
        ("長" * 300, "長" * 80),
    ],
)
def test_a_picture_is_named_after_its_title_safely(title: str, name: str) -> None:
    assert figure.file_name(title) == name


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_bar_of_a_chart_saves_a_picture_in_the_readers_words(lang: Lang) -> None:
    config = figure.config("売上", lang)

    assert config["modeBarButtons"] == [["toImage"]]
    assert config["toImageButtonOptions"] == {"format": "png", "scale": 2, "filename": "売上"}
    words = config["locales"][config["locale"]]["dictionary"]
    assert words["Download plot as a PNG"] == say("figure.plotly.png", lang)
    assert len(config["locales"][lang]["format"]["months"]) == 12
    assert json.loads(json.dumps(config)) == config


def test_a_chart_to_select_from_has_the_buttons_for_it() -> None:
    assert figure.config("t", "ja", select=True)["modeBarButtons"] == [["select2d", "lasso2d"], ["toImage"]]


def test_letters_on_a_chart_are_large_enough_for_a_projector() -> None:
    layout = figure.template().layout

    assert min(layout.font.size, layout.xaxis.tickfont.size, layout.yaxis.tickfont.size) >= 12


def test_a_label_cannot_bring_markup_into_a_chart() -> None:
    assert figure.new("<b>x", "en").layout.title.text == "&lt;b>x"


def test_importing_the_look_does_not_import_plotly() -> None:
    code = "import sys, workbench.figure; sys.exit('plotly' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
