"""Files on their way in: one create-only object per chunk, so that any instance takes the next one.

An upload is `uploads/ID/info.json` and its chunks, each named by where it starts and how long it is. How far an upload is
follows from the names alone: a chunk that was cut off never existed, and a chunk sent twice is the same chunk. One that a
dataset was read from holds `kept.json` too and stays; any other goes when nobody has touched it for a while.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path, PurePosixPath, PureWindowsPath

from workbench.errors import DataError, PreconditionFailed, TooLarge, UploadConflict, UploadNotFound
from workbench.store import ObjectStore, Stat, get_json, put_json

FOLDER = "uploads/"
INFO, KEPT = "info.json", "kept.json"
ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{16}\Z")
CHUNK = re.compile(r"c-(\d{16})-(\d+)\Z")
# Cloud Run refuses requests over 32 MiB.
MOST_BYTES = 30_000_000
# What a stream of ours is cut into.
ADOPTED = 25_000_000
ABANDONED = timedelta(days=2)
MB = 1_000_000
LONGEST_NAME = 200


@dataclass(frozen=True)
class Chunk:
    """One part that is in."""

    start: int
    size: int
    object: str


def create(store: ObjectStore, *, owner: str, size: int, name: str, limit: int, now: datetime | None = None) -> str:
    """Announce a file and return the upload's id.

    Parameters
    ----------
    store : ObjectStore
        Where the chunks go.
    owner : str
        Who may go on with it.
    size : int
        The file's bytes.
    name : str
        What the person calls it; folders in it are dropped.
    limit : int
        The most bytes a file may have.
    now : datetime, optional
        This moment by default.

    Raises
    ------
    TooLarge
        If the file is over the limit.
    DataError
        If the size is none.
    """
    if size <= 0:
        raise DataError("error.data.upload_empty", name=plain_name(name))
    if size > limit:
        raise TooLarge("error.data.upload_limit", name=plain_name(name), size=-(-size // MB), limit=limit // MB)
    moment = now or datetime.now(UTC)
    upload_id = f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(8)}"
    info = {"owner": owner, "size": size, "name": plain_name(name), "created": moment.isoformat()}
    put_json(store, f"{FOLDER}{upload_id}/{INFO}", info, if_generation=0)
    return upload_id


def plain_name(name: str) -> str:
    """Return a file's own name without folders and control characters, of bearable length."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    return "".join(c for c in last if c.isprintable())[-LONGEST_NAME:] or "upload"


def info(store: ObjectStore, upload_id: str, *, owner: str) -> dict[str, str | int]:
    """Return what was announced.

    Raises
    ------
    UploadNotFound
        If there is no such upload, or it is somebody else's: the two look the same.
    """
    found = get_json(store, f"{FOLDER}{upload_id}/{INFO}") if ID.match(upload_id) else None
    if found is None or found["owner"] != owner:
        raise UploadNotFound("error.data.no_upload")
    return dict(found)


def chunks(store: ObjectStore, upload_id: str) -> Iterator[Chunk]:
    """Yield the parts that join on from the start; of two at one place the longer."""
    longest: dict[int, Chunk] = {}
    prefix = f"{FOLDER}{upload_id}/"
    for stat in store.list(prefix + "c-"):
        match = CHUNK.match(stat.name.removeprefix(prefix))
        if match:
            chunk = Chunk(int(match[1]), int(match[2]), stat.name)
            longest[chunk.start] = max(longest.get(chunk.start, chunk), chunk, key=lambda c: c.size)
    at = 0
    while at in longest:
        yield longest[at]
        at += longest[at].size


def reached(store: ObjectStore, upload_id: str) -> int:
    """Return how many bytes are in without a gap."""
    return sum(chunk.size for chunk in chunks(store, upload_id))


def offset(store: ObjectStore, upload_id: str, *, owner: str) -> tuple[int, int]:
    """Return how many bytes are in, and how many there will be.

    Raises
    ------
    UploadNotFound
        If there is no such upload of this owner.
    """
    announced = info(store, upload_id, owner=owner)
    return reached(store, upload_id), int(announced["size"])


def append(store: ObjectStore, upload_id: str, *, owner: str, at: int, data: bytes) -> int:
    """Take one chunk and return how many bytes are in.

    Raises
    ------
    UploadNotFound
        If there is no such upload of this owner.
    UploadConflict
        If the chunk does not join on: ask for the offset and go on from there.
    TooLarge
        If the chunk is over 30 MB, or goes beyond the announced size.
    """
    there, size = offset(store, upload_id, owner=owner)
    if at != there:
        raise UploadConflict("error.data.upload_conflict", at=at, offset=there)
    if len(data) > MOST_BYTES:
        raise TooLarge("error.data.chunk_limit", size=len(data), limit=MOST_BYTES)
    if at + len(data) > size:
        raise TooLarge("error.data.upload_beyond", end=at + len(data), size=size)
    if data:
        try:
            store.put(chunk_name(upload_id, at, len(data)), data, if_generation=0)
        except PreconditionFailed:
            return reached(store, upload_id)  # sent twice at the same time: the other one is in
    return at + len(data)


def chunk_name(upload_id: str, at: int, size: int) -> str:
    """Return the object that holds a chunk."""
    return f"{FOLDER}{upload_id}/c-{at:016d}-{size}"


def abort(store: ObjectStore, upload_id: str, *, owner: str) -> None:
    """Remove an upload that nothing was made of.

    Raises
    ------
    UploadNotFound
        If there is no such upload of this owner.
    UploadConflict
        If a dataset was read from it: it goes with that one.
    """
    info(store, upload_id, owner=owner)
    if is_kept(store, upload_id):
        raise UploadConflict("error.data.upload_kept")
    release(store, upload_id)


def keep(store: ObjectStore, upload_id: str, *, owner: str) -> None:
    """Say that an upload became a dataset's source and stays; said twice it is the same.

    Raises
    ------
    UploadNotFound
        If there is no such upload of this owner.
    """
    info(store, upload_id, owner=owner)
    put_json(store, f"{FOLDER}{upload_id}/{KEPT}", {"owner": owner})


def is_kept(store: ObjectStore, upload_id: str) -> bool:
    """Tell whether a dataset was read from an upload."""
    return store.stat(f"{FOLDER}{upload_id}/{KEPT}") is not None


def release(store: ObjectStore, upload_id: str) -> None:
    """Remove an upload and all that is in, kept or not; its announcement goes first, so that nobody finds half of it.

    Raises
    ------
    UploadNotFound
        If this cannot be an upload's id.
    """
    if not ID.match(upload_id):
        raise UploadNotFound("error.data.no_upload")
    store.delete(f"{FOLDER}{upload_id}/{INFO}")
    for stat in list(store.list(f"{FOLDER}{upload_id}/")):
        store.delete(stat.name)


def sweep(store: ObjectStore, *, now: datetime, older_than: timedelta = ABANDONED) -> list[str]:
    """Remove the uploads that nothing was made of and nobody has touched for a while, and return their ids.

    Parameters
    ----------
    store : ObjectStore
        Where the uploads are.
    now : datetime
        This moment.
    older_than : timedelta
        How long ago the newest object of an upload must have been written.
    """
    swept = []
    for upload_id, stats in groupby(store.list(FOLDER), key=lambda stat: stat.name.split("/")[1]):
        if ID.match(upload_id) and is_abandoned(list(stats), now - older_than) and not is_kept(store, upload_id):
            release(store, upload_id)
            swept.append(upload_id)
    return swept


def is_abandoned(stats: list[Stat], before: datetime) -> bool:
    """Tell from an upload's objects whether nobody needs it."""
    return not any(stat.name.endswith("/" + KEPT) or stat.updated >= before for stat in stats)


def adopt(store: ObjectStore, *, owner: str, name: str, blocks: Iterable[bytes], size: int, limit: int) -> str:
    """Make a whole upload of a stream, a few blocks of it in memory at once, and return its id.

    Parameters
    ----------
    store : ObjectStore
        Where the chunks go.
    owner : str
        Whose upload it becomes.
    name : str
        What the file is called; folders in it are dropped.
    blocks : iterable of bytes
        The file, such as another object's stream.
    size : int
        How many bytes there are.
    limit : int
        The most bytes a file may have.

    Raises
    ------
    TooLarge
        If the file is over the limit, or the stream is longer than was said.
    DataError
        If the size is none.
    UploadConflict
        If the stream is shorter than was said. Whatever fails, nothing is left behind.
    """
    upload_id = create(store, owner=owner, size=size, name=name, limit=limit)
    try:
        rest = Rest(blocks)
        for at in range(0, size, ADOPTED):
            wanted = min(ADOPTED, size - at)
            written = store.write(chunk_name(upload_id, at, wanted), rest.take(wanted), if_generation=0).size
            if written < wanted:
                raise UploadConflict("error.data.upload_incomplete", offset=at + written, size=size)
        if next(rest.take(1), None) is not None:
            raise TooLarge("error.data.upload_beyond", end=size + 1, size=size)
    except BaseException:
        release(store, upload_id)
        raise
    return upload_id


class Rest:
    """What is left of a stream, taken in pieces of any size.

    Parameters
    ----------
    blocks : iterable of bytes
        The stream.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.blocks, self.held = iter(blocks), b""

    def take(self, size: int) -> Iterator[bytes]:
        """Yield the next bytes, so many or as many as are left."""
        while size > 0 and (block := self.held or next(self.blocks, None)) is not None:
            self.held = block[size:]
            size -= len(block) - len(self.held)
            if part := block[: len(block) - len(self.held)]:
                yield part


def source(store: ObjectStore, upload_id: str, *, owner: str, into: Path) -> tuple[Path, str]:
    """Bring a whole upload into a folder.

    Returns
    -------
    tuple of Path and str
        The file, and what the person called it.

    Raises
    ------
    UploadNotFound
        If there is no such upload of this owner.
    UploadConflict
        If it is not whole yet.
    """
    announced = info(store, upload_id, owner=owner)
    parts = list(chunks(store, upload_id))
    there = sum(part.size for part in parts)
    if there != announced["size"]:
        raise UploadConflict("error.data.upload_incomplete", offset=there, size=announced["size"])
    path = into / upload_id
    with path.open("wb") as file:
        for part in parts:
            file.writelines(store.stream(part.object))
    return path, str(announced["name"])
