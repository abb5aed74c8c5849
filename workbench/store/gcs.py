"""A Google Cloud Storage bucket as a store; the only module that knows the client, whose errors stay here."""

from __future__ import annotations

import base64
import functools
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from google.api_core.exceptions import Forbidden, GoogleAPICallError, NotFound, RetryError, Unauthorized
from google.api_core.exceptions import PreconditionFailed as Refused
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.cloud import storage
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.cloud.storage.retry import DEFAULT_RETRY

from workbench.errors import ObjectNotFound, PreconditionFailed, StoreError
from workbench.store.names import check_name, check_prefix
from workbench.store.protocol import BLOCK, Stat
from workbench.store.sums import checked, compare, extended

# One request carries this much of a streamed object: each costs a round trip. Uploads want a multiple of 256 KiB.
CHUNK = 8 << 20
# Seconds: one request; all its repetitions; and all of them where somebody waits for a self-check.
TIMEOUT = 60
RETRY = DEFAULT_RETRY.with_timeout(120)
QUICKLY = DEFAULT_RETRY.with_timeout(8)
LISTED = "items(name,size,generation,updated,crc32c),prefixes,nextPageToken"
MOST_SHOWN = 200
# Names each write in its object's metadata, so that a writer knows its own again when the answer was lost.
WRITE = "workbench-write"
OCTETS = "application/octet-stream"


class BucketStore:
    """The objects of a bucket below a prefix.

    Parameters
    ----------
    bucket : str
        The bucket's name.
    prefix : str
        Where in the bucket ours begin; empty for the whole bucket.
    """

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self.name, self.prefix = bucket, f"{prefix}/" if prefix else ""

    def __repr__(self) -> str:
        return f"BucketStore('gs://{self.name}/{self.prefix}')"

    @functools.cached_property
    def bucket(self) -> storage.Bucket:
        """The client's bucket; looks for credentials at the first use, so that a start never waits for the network."""
        return storage.Client().bucket(self.name)

    def get(self, name: str, *, start: int = 0, end: int | None = None) -> bytes:
        """Return an object's bytes from `start` to before `end`."""
        if start == 0 and end is None:
            return self.whole(name)
        if end is not None and end <= start:
            self.found(name)
            return b""
        return self.part(name, None, start, end)

    def whole(self, name: str) -> bytes:
        """Read an object and hold it against its sum: the client itself does not where it had to go on after a break."""
        with self.said(name):
            blob = self.bucket.blob(self.full(name))
            data = blob.download_as_bytes(checksum=None, timeout=TIMEOUT, retry=RETRY)
            generation, expected = blob.generation, decoded(blob.crc32c)
            if expected is None and (now := self.stat(name)) and now.generation == generation:
                expected = now.crc32c  # an answer to a part of it does not say
            compare(name, extended(0, data), expected)
            return bytes(data)

    def part(self, name: str, generation: int | None, start: int, end: int | None) -> bytes:
        """Read bytes of one generation, or of the newest; nothing lies beyond an object's end."""
        with self.said(name):
            blob = self.bucket.blob(self.full(name), generation=generation)
            try:
                last = None if end is None else end - 1
                return bytes(blob.download_as_bytes(start=start, end=last, checksum=None, timeout=TIMEOUT, retry=RETRY))
            except GoogleAPICallError as problem:
                if problem.code == requests.codes.requested_range_not_satisfiable:
                    return b""
                raise

    def stat(self, name: str) -> Stat | None:
        """Describe an object, or return None where there is none."""
        with self.said(name):
            blob = self.bucket.get_blob(self.full(name), timeout=TIMEOUT, retry=RETRY)
            return self.described(blob) if blob else None

    def found(self, name: str) -> Stat:
        """Describe an object that must exist."""
        stat = self.stat(name)
        if stat is None:
            raise ObjectNotFound("error.store.no_object", name=name)
        return stat

    def put(self, name: str, data: bytes, *, if_generation: int | None = None) -> Stat:
        """Write an object and describe it."""
        blob = self.marked(name)
        return self.sent(blob, name, if_generation, lambda **how: blob.upload_from_string(data, **how))

    def stream(self, name: str, *, block: int = BLOCK) -> Iterator[bytes]:
        """Return an object's bytes in blocks."""
        return self.blocks(self.found(name), block)

    def blocks(self, stat: Stat, block: int) -> Iterator[bytes]:
        """Read one generation piece by piece, and hold the whole against its sum."""
        pieces = (self.piece(stat, start) for start in range(0, stat.size, CHUNK))
        cut = (piece[at : at + block] for piece in pieces for at in range(0, len(piece), block))
        yield from checked(stat.name, cut, stat.crc32c)

    def piece(self, stat: Stat, start: int) -> bytes:
        """Read a piece of one generation; one that is replaced meanwhile is gone, and a mixture would be worse."""
        try:
            return self.part(stat.name, stat.generation, start, min(start + CHUNK, stat.size))
        except ObjectNotFound as problem:
            raise PreconditionFailed("error.store.changed", name=stat.name) from problem

    def write(self, name: str, blocks: Iterable[bytes], *, if_generation: int | None = None) -> Stat:
        """Write an object of any size in bounded memory."""
        blob = self.marked(name, chunk_size=CHUNK)
        # Not `blob.open`: that finishes the object when the blocks fail half-way.
        return self.sent(blob, name, if_generation, lambda **how: blob.upload_from_file(Blocks(blocks), **how))

    def marked(self, name: str, chunk_size: int | None = None) -> Any:
        """Return the client's object for a new write, marked as this one."""
        with self.said(name):
            blob = self.bucket.blob(self.full(name), chunk_size=chunk_size)
            blob.metadata = {WRITE: secrets.token_hex(8)}
            return blob

    def sent(self, blob: Any, name: str, generation: int | None, send: Callable[..., None]) -> Stat:
        """Send a write with its sum, by which the service refuses what was damaged on the way."""
        try:
            with self.said(name, generation):
                send(content_type=OCTETS, if_generation_match=generation, checksum="crc32c", timeout=TIMEOUT, retry=RETRY)
                return self.described(blob)
        except PreconditionFailed:
            # A write is repeated when its answer was lost, and then finds itself in its own way.
            if (there := self.arrived(blob, name)) is None:
                raise
            return there

    def arrived(self, blob: Any, name: str) -> Stat | None:
        """Describe what a write of ours left, if it is what is there now."""
        with suppress(StoreError), self.said(name):
            there = self.bucket.get_blob(self.full(name), timeout=TIMEOUT, retry=RETRY)
            if there and (there.metadata or {}).get(WRITE) == blob.metadata[WRITE]:
                return self.described(there)
        return None

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Describe every object whose name begins with a prefix, in name order."""
        with self.said(prefix):
            full = self.prefix + check_prefix(prefix)
            for blob in self.bucket.client.list_blobs(self.name, prefix=full, fields=LISTED, timeout=TIMEOUT, retry=RETRY):
                if not blob.name.endswith("/"):  # what the console makes to look like a folder
                    yield self.described(blob)

    def folders(self, prefix: str) -> Iterator[str]:
        """Return the folders directly in a folder."""
        below = f"{check_name(prefix.rstrip('/'))}/" if prefix.rstrip("/") else ""
        with self.said(prefix):
            full = self.prefix + below
            pages = self.bucket.client.list_blobs(
                self.name, prefix=full, delimiter="/", fields=LISTED, timeout=TIMEOUT, retry=RETRY
            )
            found: set[str] = set().union(*(page.prefixes for page in pages.pages))
        yield from sorted(name.removeprefix(full).rstrip("/") for name in found)

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """Remove an object; where there is none, nothing happens."""
        if self.stat(name) is None:
            return
        try:
            with self.said(name, if_generation):
                self.bucket.blob(self.full(name)).delete(if_generation_match=if_generation, timeout=TIMEOUT, retry=RETRY)
        except ObjectNotFound:
            return

    def check(self) -> None:
        """Ask for one object, without much patience."""
        with self.said(self.prefix):
            next(
                iter(self.bucket.client.list_blobs(self.name, prefix=self.prefix, max_results=1, timeout=5, retry=QUICKLY)),
                None,
            )

    def full(self, name: str) -> str:
        """Return an object's name in the bucket."""
        return self.prefix + check_name(name)

    def described(self, blob: Any) -> Stat:
        """Describe the client's object; asked only of answers that hold all of it (a download's headers may not)."""
        name = blob.name.removeprefix(self.prefix)
        return Stat(name, int(blob.size), int(blob.generation), blob.updated, decoded(blob.crc32c))

    @contextmanager
    def said(self, name: str, generation: int | None = None) -> Iterator[None]:
        """Say what the client raises as errors of ours."""
        try:
            yield
        except (GoogleAPICallError, InvalidResponse) as problem:
            raise self.answered(problem, name, generation) from problem
        except DataCorruption as problem:
            raise StoreError("error.store.bucket_damaged", name=name, bucket=self.name) from problem
        except DefaultCredentialsError as problem:
            raise StoreError("error.store.bucket_sign_in", bucket=self.name) from problem
        except (
            RetryError,
            GoogleAuthError,
            requests.RequestException,
            ConnectionError,
            TimeoutError,
        ) as problem:
            raise self.unreachable(problem) from problem

    def answered(self, problem: GoogleAPICallError | InvalidResponse, name: str, generation: int | None) -> StoreError:
        """Say what an answer of the service means; parts of the client raise its status, others the bare response."""
        status = problem.response.status_code if isinstance(problem, InvalidResponse) else problem.code
        if isinstance(problem, Refused) or status == requests.codes.precondition_failed:
            return PreconditionFailed("error.store.exists" if generation == 0 else "error.store.changed", name=name)
        if isinstance(problem, NotFound) or status == requests.codes.not_found:
            gone = "/o/" not in str(problem) or "bucket does not exist" in str(problem)
            return (
                StoreError("error.store.bucket_missing", bucket=self.name)
                if gone
                else ObjectNotFound("error.store.no_object", name=name)
            )
        if isinstance(problem, Forbidden | Unauthorized) or status in (requests.codes.unauthorized, requests.codes.forbidden):
            return StoreError("error.store.bucket_permission", bucket=self.name)
        if status == requests.codes.bad_request and "CRC32C" in str(problem):
            return StoreError("error.store.bucket_damaged", name=name, bucket=self.name)
        return self.unreachable(problem)

    def unreachable(self, problem: Exception) -> StoreError:
        """Say that the service gave no usable answer."""
        reason = f"{type(problem).__name__}: {problem}".splitlines()[0][:MOST_SHOWN]
        return StoreError("error.store.bucket_unreachable", bucket=self.name, problem=reason)


def decoded(crc32c: str | None) -> int | None:
    """Return a sum as the service writes it, as a number."""
    return int.from_bytes(base64.b64decode(crc32c), "big") if crc32c else None


class Blocks:
    """Blocks as the readable file that the client's upload asks for; it is read once, from front to back."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.rest, self.held, self.position = iter(blocks), bytearray(), 0

    def tell(self) -> int:
        """Count what was read."""
        return self.position

    def read(self, size: int) -> bytes:
        """Return exactly so many bytes, or all that is left."""
        while len(self.held) < size and (block := next(self.rest, None)) is not None:
            self.held += block
        data = bytes(self.held[:size])
        del self.held[:size]
        self.position += len(data)
        return data
