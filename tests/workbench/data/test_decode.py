"""The encoding ladder: every step by the files that break detectors."""

from __future__ import annotations

import pytest

from workbench.data.decode import decode
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
