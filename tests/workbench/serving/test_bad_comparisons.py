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
        (lines("7,{two}"), {}, "Left out: x (the same value in every row)", "x(すべての行が同じ値)"),
        (lines("{i},{two}"), {"ignore": ["x"]}, "Left out: x (left out by you", "x(除外の指定)"),
    ],
    ids=["one class", "no target", "two rows", "two wrong settings", "no such event", "a constant", "nothing left"],
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


def test_a_large_file_is_read_in_a_child_and_what_cannot_be_compared_is_refused_all_the_same(client: httpx.Client) -> None:
    body = {"upload": send(client, lines("{i}.123456789012345678901234567890,はい", rows=250_000)), "target": "目的"}
    answer = client.post("/api/v1/runs", json=body, headers={"Accept-Language": "ja"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), answer.text
    assert "1 種類だけ" in answer.json()["detail"]
    newest = client.get("/api/v1/runs").json()["runs"][0]
    assert (newest["kind"], newest["state"], newest["title"]) == ("read", "finished", "表.csv")


def test_a_large_file_that_is_no_table_is_refused_with_the_reason(client: httpx.Client) -> None:
    answer = client.post("/api/v1/runs", json={"upload": send(client, b"PK\x03\x04" + bytes(11_000_000)), "target": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "data"), answer.text
    assert answer.json()["detail"]
