"""A table as one object of a store: Parquet that goes into the store while it is being encoded."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import polars as pl

from workbench.store import ObjectStore

BLOCK = 1 << 20


def put_frame(store: ObjectStore, name: str, frame: pl.DataFrame) -> None:
    """Store a table in bounded memory; there is none where there was none yet if anything fails.

    Raises
    ------
    PreconditionFailed
        If there is an object of this name.
    """
    store.write(name, encoded(frame), if_generation=0)


def get_frame(store: ObjectStore, name: str) -> pl.DataFrame:
    """Return a stored table; the file it comes by is never in memory as a whole.

    Raises
    ------
    ObjectNotFound
        If there is none.
    """
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "table.parquet"
        with path.open("wb") as file:
            file.writelines(store.stream(name))
        return pl.read_parquet(path)


class Pipe:
    """The writing end of a pipe, with no more than Parquet needs: of a file, polars leaves a copy open when it fails."""

    def __init__(self, file: BinaryIO) -> None:
        self.write, self.flush = file.write, file.flush


def encoded(frame: pl.DataFrame) -> Iterator[bytes]:
    """Yield a table as Parquet, block by block, while what comes next is being encoded.

    Who stops taking blocks ends the encoding: the other end of the pipe is closed.
    """
    end, beginning = os.pipe()

    def encode() -> None:
        with os.fdopen(beginning, "wb", buffering=BLOCK) as file:
            frame.write_parquet(Pipe(file), compression="lz4")  # type: ignore[arg-type]

    with ThreadPoolExecutor(1) as hand, os.fdopen(end, "rb", buffering=0) as pipe:
        encoding = hand.submit(encode)
        while block := pipe.read(BLOCK):
            yield block
        encoding.result()
