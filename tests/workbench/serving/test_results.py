"""Names of downloads, whatever script they are in."""

from __future__ import annotations

import pytest

from workbench.serving.results import disposition


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.csv", "attachment; filename=\"a.csv\"; filename*=UTF-8''a.csv"),
        ("結果 1.csv", "attachment; filename=\"__ 1.csv\"; filename*=UTF-8''%E7%B5%90%E6%9E%9C%201.csv"),
        ('a"b\r\nX: y.csv', "attachment; filename=\"a_b__X: y.csv\"; filename*=UTF-8''a%22b%0D%0AX%3A%20y.csv"),
    ],
)
def test_download_keeps_its_name(name: str, header: str) -> None:
    assert disposition(name) == header
