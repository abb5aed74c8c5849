"""A chart saved as a picture in a real browser: the bar's words, both formats, white paper, all within the page's policy."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from workbench.words import say

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]


@pytest.mark.parametrize(("locale", "lang"), [("ja-JP", "ja"), ("en-US", "en")])
def test_a_chart_is_saved_as_png_and_svg_in_the_readers_language(visit: Visit, locale: str, lang: str) -> None:
    page = visit("explain?model=spam-filter", locale=locale)
    said: list[str] = []
    # Streamlit itself asks below a deep link for what is not there; what counts is the policy and our script.
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("pageerror", lambda problem: said.append(str(problem)))
    chart = page.locator(".js-plotly-plot").first
    expect(chart).to_be_visible()

    chart.hover()
    buttons = chart.locator(".modebar-btn")
    expect(buttons).to_have_count(2)
    assert [b.get_attribute("data-title") for b in buttons.all()] == [
        say(f"figure.plotly.{name}", lang) for name in ("png", "svg")
    ]

    with page.expect_download() as taken:
        buttons.nth(0).click()
    assert taken.value.suggested_filename.endswith(".png")
    picture = Image.open(BytesIO(Path(taken.value.path()).read_bytes())).convert("RGBA")
    assert picture.getpixel((2, 2)) == (255, 255, 255, 255)
    assert picture.width >= 2 * (chart.bounding_box() or {})["width"] - 2

    with page.expect_download() as taken:
        buttons.nth(1).click()
    drawn = Path(taken.value.path()).read_text(encoding="utf-8")
    assert taken.value.suggested_filename.endswith(".svg")
    assert drawn.startswith("<svg")
    assert "rgb(255, 255, 255)" in drawn
    # What was lent to the picture is given back.
    assert chart.evaluate("chart => chart.layout.paper_bgcolor ?? null") in (None, "rgba(0, 0, 0, 0)")
    expect(page.get_by_text(say("figure.plotly.saved", lang)).first).to_be_visible()
    assert not said
