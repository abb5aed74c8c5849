"""A printed page stands alone, says everything once, and shows text as text."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

from plotly.offline import get_plotlyjs

from workbench import figure
from workbench.report import page
from workbench.words import Text

HOSTILE = "</script><script>alert(1)</script><!--"


def bars(title: str = "売上", name: Any = 1) -> Any:
    chart = figure.new(title, "ja")
    chart.add_bar(x=[name, 2], y=[3, 4])
    return chart


def data_of(html: str) -> list[dict[str, Any]]:
    """What the charts of a page are drawn from."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    return [json.loads(text) for text in found]


def test_a_page_holds_its_sections_and_escapes_them() -> None:
    table = {"head": ["列"], "rows": [["<img src=x onerror=alert(1)>"]]}

    html = page(Text("task.binary"), [{"title": "<b>", "texts": ["a & b"], "list": ["一"], "table": table}], "ja")

    assert html.startswith('<!doctype html>\n<html lang="ja"><head><meta charset="utf-8">')
    assert "<h1>2つのクラス</h1>" in html
    assert "<h2>&lt;b&gt;</h2><p>a &amp; b</p><ul><li>一</li></ul>" in html
    assert "<img" not in html
    assert "Workbench で作成しました" in html


def test_charts_bring_their_script_once_packed_and_nothing_comes_from_the_network() -> None:
    html = page("t", [{"title": "a", "figures": [bars(), bars()]}, {"title": "b", "figures": [bars()]}], "ja")

    packed = re.findall(r'id="plotly">([^<]+)<', html)
    assert len(packed) == 1
    assert gzip.decompress(base64.b64decode(packed[0])).decode() == get_plotlyjs()
    assert html.count('class="chart"') == len(data_of(html)) == 3
    assert "://" not in html
    assert len(html) < 2_500_000


def test_the_policy_allows_our_scripts_alone() -> None:
    html = page("t", [{"title": "a", "figures": [bars()]}], "ja")

    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    assert policy[1].startswith("default-src 'none'; ")
    assert policy[1].count("'sha256-") == 2
    assert "script-src 'unsafe-inline'" not in policy[1]
    assert not re.search(r"<[^>]+\son[a-z]+=", html)


def test_the_same_page_is_the_same_bytes() -> None:
    parts = [{"title": "a", "figures": [bars()]}]

    assert page("t", parts, "ja") == page("t", parts, "ja")


def test_a_page_without_charts_is_small() -> None:
    html = page("t", [{"title": "a", "texts": ["b"]}], "en")

    assert len(html) < 15_000
    assert 'id="plotly"' not in html


def test_a_label_cannot_close_the_script() -> None:
    html = page("t", [{"title": HOSTILE, "figures": [bars(HOSTILE, HOSTILE)], "anchor": "a"}], "en")

    assert "<script>alert(1)" not in html
    assert "<!--" not in html
    assert data_of(html)[0]["data"][0]["x"][0] == HOSTILE


def test_charts_of_ours_share_one_look() -> None:
    html = page("t", [{"title": "a", "figures": [bars(), bars()]}], "ja")

    assert all("template" not in entry["layout"] for entry in data_of(html))
    assert html.count("Noto Sans CJK JP") == 3  # the style, the letters of a chart, and those of its hover box


def test_a_long_page_has_contents_with_lower_sections_folded() -> None:
    parts = [{"title": "概要"}, {"title": "列"}, {"title": "年齢", "level": 3, "anchor": "column-0"}, {"title": "最後"}]

    html = page("t", parts, "ja")

    assert '<a href="#section-0">概要</a>' in html
    assert '<details><summary>目次（1）</summary><ul><li><a href="#column-0">年齢</a></li></ul></details>' in html
    assert '<section id="column-0"><h3>年齢</h3>' in html
    assert html.count('href="#section-3"') == 1


def test_points_and_rows_lead_to_their_sections() -> None:
    listed = [{"text": "a < b", "to": "column-1", "mark": "warning"}, {"text": "c", "to": None}]
    table = {"head": ["x", "n"], "rows": [["y", "1"], ["z", "2"]], "to": ["column-1", None], "numbers": (1,), "tools": True}

    html = page("t", [{"title": "a", "list": listed, "table": table, "facts": [("行数", "1,000")]}], "ja")

    assert '<li class="warning"><a href="#column-1">a &lt; b</a></li><li>c</li>' in html
    assert '<td><a href="#column-1">y</a></td><td class="number">1</td>' in html
    assert "<table data-tools>" in html
    assert "<dt>行数</dt><dd>1,000</dd>" in html
