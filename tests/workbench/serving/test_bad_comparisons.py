"""Comparisons that cannot be, asked for over REST: refused at once, as a problem in the caller's language."""

from __future__ import annotations

import base64

import httpx
import pytest

TUS = {"Tus-Resumable": "1.0.0"}


def send(client: httpx.Client, data: bytes) -> str:
    """Upload a file and return the upload's id."""
    told = f"filename {base64.b64encode('表.csv'.encode()).decode()}"
    place = client.post("/api/v1/uploads", headers=TUS | {"Upload-Length": str(len(data)), "Upload-Metadata": told})
    address = place.headers["location"]
    chunk = TUS | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    assert client.patch(address, content=data, headers=chunk).status_code == 204
    return address.rsplit("/", 1)[1]


def lines(line: str, rows: int = 80) -> bytes:
    """Return a CSV file with one feature `x` and a target `目的`."""
    return "\n".join(["x,目的", *(line.format(i=i, two=i % 2) for i in range(rows))]).encode()


@pytest.mark.parametrize(
    ("data", "plan", "english", "japanese"),
    [
        (lines("{i},はい"), {}, "only one value", "1 種類だけ"),
        (lines("{i},"), {}, "blank in every row", "すべての行が空"),
        (lines("{two},{two}", rows=2), {}, "2 rows have a target", "2 行です"),
        (lines("{two},{two}"), {"folds": 99, "train_size": 7}, "2 settings cannot work", "2 か所"),
        (lines("{two},{two}"), {"event": "😀"}, "not a label", "😀"),
    ],
    ids=["one class", "no target", "two rows", "two wrong settings", "no such event"],
)
def test_what_cannot_be_compared_is_refused_at_once(
    client: httpx.Client, data: bytes, plan: dict[str, object], english: str, japanese: str
) -> None:
    body = {"upload": send(client, data), "target": "目的", **plan}
    for lang, said in (("en", english), ("ja", japanese)):
        answer = client.post("/api/v1/runs", json=body, headers={"Accept-Language": lang})
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert said in answer.json()["detail"]
        assert "Traceback" not in answer.text
