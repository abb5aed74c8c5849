"""A bundle survives the zip, and a hostile zip writes nothing anywhere."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.bundle import pack, read, unpack
from workbench.bundle.manifest import FILES
from workbench.errors import BundleError


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(FILES), st.binary(max_size=300)), st.binary(max_size=50))
def test_unpacking_gives_what_was_packed(files: dict[str, bytes], manifest: bytes) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        (root / "in").mkdir()
        files = files | {"manifest.json": manifest}
        for name, content in files.items():
            (root / "in" / name).write_bytes(content)
        pack(root / "in", root / "b.zip")
        unpack(root / "b.zip", root / "out")
        assert {p.name: p.read_bytes() for p in (root / "out").iterdir()} == files


def test_a_real_bundle_survives(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "b.zip")
    unpack(tmp_path / "b.zip", tmp_path / "again")
    assert read(tmp_path / "again").manifest == read(folder).manifest


def test_the_same_bundle_gives_the_same_zip(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "1.zip")
    pack(folder, tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_a_folder_without_a_bundle_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="holds no model"):
        pack(tmp_path, tmp_path / "b.zip")
    assert not list(tmp_path.iterdir())


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(
        st.sampled_from(
            ["../card.md", "/etc/passwd", "a/../../card.md", "..\\card.md", "card.md/", "C:card.md", "card.md\0x", "./card.md"]
        ),
        st.text(min_size=1, max_size=20).filter(lambda name: name.split("\0")[0] not in (*FILES, "manifest.json", "")),
    )
)
def test_hostile_names_never_leave_the_folder(name: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        try:
            make_zip(root / "b.zip", {"manifest.json": b"{}", name: b"x"})
        except UnicodeEncodeError:
            return
        if name.split("\0")[0] in FILES:  # zipfile itself cuts there
            return
        with pytest.raises(BundleError, match="fixed list of files"):
            unpack(root / "b.zip", root / "out")
        assert [p.name for p in root.iterdir()] == ["b.zip"]


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("manifest.json", "{}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("manifest.json", "{}")
    with pytest.raises(BundleError, match="fixed list of files"):
        unpack(tmp_path / "b.zip", tmp_path / "out")


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    make_zip(tmp_path / "b.zip", {"manifest.json": b"{}", "model.skops": b"\0" * 5_000_000})
    with pytest.raises(BundleError, match="larger than 4 MB"):
        unpack(tmp_path / "b.zip", tmp_path / "out", most_bytes=4 << 20)
    assert not (tmp_path / "out").exists()


def test_an_entry_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    make_zip(tmp_path / "b.zip", {"manifest.json": b"{}" * 5_000})
    content = (tmp_path / "b.zip").read_bytes()
    lying = content.replace((10_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != content
    (tmp_path / "b.zip").write_bytes(lying)
    with pytest.raises(BundleError, match="not a zip file that can be read"):
        unpack(tmp_path / "b.zip", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip"])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(BundleError, match="not a zip file that can be read"):
        unpack(tmp_path / "b.zip", tmp_path / "out")


def test_a_taken_folder_is_left_alone(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "b.zip")
    with pytest.raises(BundleError, match="exists already"):
        unpack(tmp_path / "b.zip", folder)


def make_zip(path: Path, files: dict[str, bytes]) -> None:
    """Write a zip with any names."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
