"""Locations: a folder, a bucket, and what is neither."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workbench.errors import StoreError
from workbench.store import FolderStore, open_store


def test_a_path_is_a_folder(tmp_path: Path) -> None:
    assert isinstance(open_store(str(tmp_path)), FolderStore)
    assert not (tmp_path / "new").exists()


def test_a_bucket_is_opened_without_credentials_or_network() -> None:
    assert repr(open_store("gs://acme-tables/team/a/")) == "BucketStore('gs://acme-tables/team/a/')"
    assert repr(open_store("gs://acme-tables")) == "BucketStore('gs://acme-tables/')"


@pytest.mark.parametrize(
    "location", ["", " ", "s3://bucket", "gs://", "gs:///x", "gs://UPPER/x", "gs://bucket/../x", "gs://bucket/a//b"]
)
def test_what_is_neither_is_refused(location: str) -> None:
    with pytest.raises(StoreError, match=r"is no place to store in. Give a folder, or gs://bucket/prefix"):
        open_store(location)


def test_a_folder_needs_no_cloud_library() -> None:
    script = "import sys, workbench.store as s; s.open_store('x'); print([m for m in sys.modules if m.startswith('google')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
