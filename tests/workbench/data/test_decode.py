"""The encoding ladder: every step by the files that break detectors."""

from __future__ import annotations

import pytest

from workbench.data.decode import decode, unmarked
from workbench.errors import UnreadableFile

NAMES = "氏名,都道府県\n髙橋①,東京都\n﨑山㈱,大阪府～\n"


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        (NAMES, "utf-8", "utf-8"),
        (NAMES, "utf-8-sig", "utf-8-sig"),
        (NAMES, "cp932", "cp932"),
        ("氏名,都道府県\n高橋,東京都\nさくら,カナ\n", "euc_jp", "euc_jp"),
        (NAMES, "utf-16", "utf-16"),
        ("id,name\n" * 5000 + "1,髙﨑①\n", "cp932", "cp932"),
        ("id,name\n1,ﾔﾏﾀﾞ ﾀﾛｳ\n2,ｽｽﾞｷ ﾊﾅｺ\n", "cp932", "cp932"),
        ("nom,Année\nRené,2020\nZoé,2021\n", "cp1252", "cp1252"),
        ("product,price\nWidget ©,10 €\nGadget™,20 £\n", "cp1252", "cp1252"),
        ("Straße,Größe\nMünchen,1\nKöln,2\n", "cp1252", "cp1252"),
        ("plain,ascii\n1,2\n", "ascii", "utf-8"),
    ],
)
def test_an_encoding_is_found_and_the_text_is_right(text: str, written: str, found: str) -> None:
    decoded = decode(text.encode(written))
    assert decoded.encoding == found
    assert decoded.data.decode("utf-8") == text


def test_a_given_encoding_wins_over_the_ladder() -> None:
    assert decode("é".encode("latin-1"), "latin-1").data == "é".encode()


def test_shift_jis_is_read_as_windows_writes_it() -> None:
    assert decode("髙".encode("cp932"), "Shift_JIS").encoding == "cp932"


def test_an_unknown_encoding_names_the_known_ones() -> None:
    with pytest.raises(UnreadableFile, match=r"'utf8x' is not known.*utf-8"):
        decode(b"a", "utf8x")


def test_a_codec_that_is_no_encoding_is_unknown() -> None:
    with pytest.raises(UnreadableFile, match="'base64' is not known"):
        decode(b"a", "base64")


def test_a_wrong_encoding_names_the_line() -> None:
    with pytest.raises(UnreadableFile, match="not written in utf-8: line 2"):
        decode("a,b\n東京,1\n".encode("cp932"), "utf-8")


def test_bytes_of_no_encoding_ask_for_one() -> None:
    with pytest.raises(UnreadableFile, match="Choose one of: utf-8"):
        decode(b"a,b\n\x81\x20\x8d,\xff\xfd\n")


@pytest.mark.parametrize(
    "text", [NAMES.replace("髙", "高").replace("﨑", "崎").replace("①", "1").replace("㈱", "社"), "a,b\n1,さくら\n"]
)
def test_old_japanese_mail_is_known_by_its_escapes(text: str) -> None:
    text = text.replace("～", "〜")
    found = decode(text.encode("iso2022_jp"))
    assert found.encoding == "iso2022_jp"
    assert found.data.decode("utf-8") == text


def test_half_width_kana_behind_escapes_are_read() -> None:
    assert decode("a\nﾔﾏﾀﾞ\n".encode("iso2022_jp_ext")).data.decode("utf-8") == "a\nﾔﾏﾀﾞ\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [NAMES * 20, "id,name\n1,x\n", "id,氏名\n1,山田\n" * 200])
def test_utf16_without_a_mark_is_known_by_its_zeros(text: str, encoding: str) -> None:
    found = decode(text.encode(encoding))
    assert found.encoding == encoding
    assert found.data.decode("utf-8") == text


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x00\x02" * 500, b"a\x00b\x00\x00\x00\n\x00" * 50, b"MZ\x90\x00\x03\x00\x00\x00" * 90]
)
def test_binary_zeros_are_no_utf16(data: bytes) -> None:
    assert unmarked(data) is None


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-16-le", "iso2022_jp"])
@pytest.mark.parametrize("block", [1, 3, 64])
def test_a_character_may_lie_across_blocks(encoding: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.data.decode.BLOCK", block)
    text = "氏名,都道府県\n高橋,東京都\nさくら,カナ\n" * 3
    assert decode(text.encode(encoding)).data.decode("utf-8") == text


def test_a_wrong_encoding_names_the_line_beyond_the_first_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.data.decode.BLOCK", 7)
    with pytest.raises(UnreadableFile, match="not written in cp932: line 4"):
        decode("東京\n大阪\n京都\n".encode("cp932") + b"a\x81\x20\n", "cp932")
