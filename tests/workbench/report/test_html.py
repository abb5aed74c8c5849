"""A printed page stands alone and shows text as text."""

from __future__ import annotations

from plotly.offline import get_plotlyjs

from workbench import figure
from workbench.report import page
from workbench.words import Text


def test_a_page_holds_its_sections_and_escapes_them() -> None:
    table = {"head": ["列"], "rows": [["<img src=x onerror=alert(1)>"]]}

    html = page(Text("task.binary"), [{"title": "<b>", "texts": ["a & b"], "list": ["一"], "table": table}], "ja")

    assert html.startswith('<!doctype html>\n<html lang="ja">')
    assert "<h1>2つのクラス</h1>" in html
    assert "<h2>&lt;b&gt;</h2><p>a &amp; b</p><ul><li>一</li></ul>" in html
    assert "<img" not in html
    assert "Workbench で作成しました" in html


def test_charts_bring_their_script_once_and_nothing_comes_from_the_network() -> None:
    chart = figure.new("売上", "ja")
    chart.add_bar(x=[1, 2], y=[3, 4])

    html = page("t", [{"title": "a", "figures": [chart, chart]}, {"title": "b", "figures": [chart]}], "ja")

    assert html.count("plotly.js v") == 1
    assert html.count("Plotly.newPlot(") >= 3
    ours = html.replace(get_plotlyjs(), "")
    assert "http" not in ours


def test_a_page_without_charts_is_small() -> None:
    assert len(page("t", [{"title": "a", "texts": ["b"]}], "en")) < 4_000


def test_a_label_cannot_close_the_script() -> None:
    chart = figure.new("t", "en")
    chart.add_bar(x=["</script><script>alert(1)</script>"], y=[1])

    html = page("t", [{"title": "a", "figures": [chart]}], "en")

    assert "<script>alert(1)" not in html
