"""A folder as a store: a file an object, moved into place whole, its modification time being its generation."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from workbench.errors import ObjectNotFound, PreconditionFailed, StoreError
from workbench.store.names import check_name, check_prefix, is_name
from workbench.store.protocol import BLOCK, Stat
from workbench.store.sums import Summed, checked, compare, extended, mark, marked

# Ours inside the root: files on their way in, and locks. No object may be named like it.
PRIVATE = ".store"
# Writers of different names rarely share one of these, and their number stays bounded.
LOCKS = 64
# Seconds for which a writer waits for another one, who needs milliseconds unless compiled code keeps all of its threads from
# running; and seconds between two tries.
LOCKED, AGAIN = 10.0, 0.002
# A folder may vanish between its making and its use, when somebody removes its last object: then once more.
ATTEMPTS = 20
# The smallest first; a file system with coarse clocks rounds the smaller ones away.
TICKS = (1, 1_000, 1_000_000, 2_000_000_000)
# Name with what is above it (a folder's ends in `/`), path, and whether it is a folder.
Entries = list[tuple[str, Path, bool]]
ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class FolderStore:
    """The objects below a folder.

    Parameters
    ----------
    root : path
        Made at the first write.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root).expanduser().resolve()
        self.incoming = self.root / PRIVATE / "incoming"
        self.locks = self.root / PRIVATE / "locks"

    def __repr__(self) -> str:
        return f"FolderStore({str(self.root)!r})"

    def get(self, name: str, *, start: int = 0, end: int | None = None) -> bytes:
        """Return an object's bytes from `start` to before `end`."""
        path = self.path(name)
        with self.said(name), path.open("rb") as file:
            file.seek(start)
            data = file.read() if end is None else file.read(max(0, end - start))
            if start == 0 and end is None:
                compare(name, extended(0, data), marked(file.fileno()))
            return data

    def stat(self, name: str) -> Stat | None:
        """Describe an object, or return None where there is none."""
        path = self.path(name)
        try:
            with self.said(name):
                return described(name, path)
        except ObjectNotFound:
            return None

    def put(self, name: str, data: bytes, *, if_generation: int | None = None) -> Stat:
        """Write an object and describe it."""
        return self.write(name, [data], if_generation=if_generation)

    def stream(self, name: str, *, block: int = BLOCK) -> Iterator[bytes]:
        """Return an object's bytes in blocks."""
        if self.stat(name) is None:
            raise ObjectNotFound("error.store.no_object", name=name)
        return self.blocks(name, block)

    def blocks(self, name: str, block: int) -> Iterator[bytes]:
        """Read an open file to its end: a newer object under this name is another file."""
        with self.said(name), self.path(name).open("rb") as file:
            yield from checked(name, iter(lambda: file.read(block), b""), marked(file.fileno()))

    def write(self, name: str, blocks: Iterable[bytes], *, if_generation: int | None = None) -> Stat:
        """Write an object of any size in bounded memory."""
        path = self.path(name)
        with self.said(name, writing=True), self.arriving(blocks) as arrived, self.lock(name):
            existing = self.existing(name, path)
            expect(name, existing, if_generation)
            date(arrived, existing)
            self.move(arrived, path, name, create_only=if_generation == 0)
            return described(name, path)

    @contextmanager
    def arriving(self, blocks: Iterable[bytes]) -> Iterator[Path]:
        """Write blocks where no reader looks; what is not moved away is removed."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        path = self.incoming / secrets.token_hex(16)
        try:
            with path.open("xb") as file:
                summed = Summed(blocks)
                file.writelines(summed)
                file.flush()
                mark(file.fileno(), summed.total)
                os.fsync(file.fileno())
            yield path
        finally:
            path.unlink(missing_ok=True)

    def move(self, arrived: Path, path: Path, name: str, *, create_only: bool) -> None:
        """Make a written file the object of its name in one step."""
        for _ in range(ATTEMPTS):
            with suppress(FileNotFoundError):
                try:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    # A hard link refuses an existing name by itself, whoever made it and however.
                    (os.link if create_only else os.replace)(arrived, path)
                    return
                except FileExistsError as problem:
                    if path.exists():
                        raise PreconditionFailed("error.store.exists", name=name) from problem
                    if any(folder.is_file() for folder in path.parents):
                        raise
        raise StoreError("error.store.folder_failed", folder=str(self.root), problem=os.strerror(errno.EAGAIN))

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Describe every object whose name begins with a prefix, in name order."""
        folder = check_prefix(prefix).rpartition("/")[0]
        with self.said(prefix, absent=StoreError):
            for name, path in self.walk(self.path(folder) if folder else self.root, folder + "/" if folder else "", prefix):
                with suppress(FileNotFoundError):  # removed since
                    yield described(name, path)

    def walk(self, folder: Path, above: str, prefix: str) -> Iterator[tuple[str, Path]]:
        """Find files below a folder in the order of their whole names, in which ``a-b`` comes before ``a/b``."""
        for name, path, is_folder in self.inside(folder, above):
            if is_folder and (name.startswith(prefix) or prefix.startswith(name)):
                yield from self.walk(path, name, prefix)
            elif not is_folder and name.startswith(prefix):
                yield name, path

    def inside(self, folder: Path, above: str) -> Entries:
        """List what a folder holds of ours: no links, no private files, nothing whose name could not be an object's."""
        try:
            with os.scandir(folder) as entries:
                found = [(e.name, Path(e.path), e.is_dir(follow_symlinks=False)) for e in entries if not e.is_symlink()]
        except FileNotFoundError:
            return []
        except NotADirectoryError:
            # a root below a file holds nothing and never will: that is a store out of reach, not an empty one
            if not self.root.is_dir():
                raise
            return []
        ours = [
            (above + name + "/" * is_folder, path, is_folder) for name, path, is_folder in found if name != PRIVATE or above
        ]
        return sorted((entry for entry in ours if is_name(entry[0].rstrip("/"))), key=lambda entry: entry[0])

    def folders(self, prefix: str) -> Iterator[str]:
        """Return the folders directly in a folder."""
        folder = prefix.rstrip("/")
        with self.said(prefix, absent=StoreError):
            for name, _, is_folder in self.inside(self.path(folder) if folder else self.root, folder + "/" if folder else ""):
                if is_folder:
                    yield name.rstrip("/").rpartition("/")[2]

    def delete(self, name: str, *, if_generation: int | None = None) -> None:
        """Remove an object; where there is none, nothing happens."""
        path = self.path(name)
        if self.stat(name) is None:
            return
        with self.said(name, writing=True), self.lock(name):
            existing = self.existing(name, path)
            if existing:
                expect(name, existing, if_generation)
                path.unlink()
                self.tidy(path.parent)

    def tidy(self, folder: Path) -> None:
        """Remove folders that a deleted object leaves empty."""
        with suppress(OSError):
            while folder != self.root:
                folder.rmdir()
                folder = folder.parent

    def check(self) -> None:
        """Write a file and remove it again."""
        with self.said(PRIVATE, writing=True), self.arriving([b"check"]):
            pass

    def path(self, name: str) -> Path:
        """Return an object's file, which is below the root with every link followed."""
        parts = check_name(name).split("/")
        path = self.root.joinpath(*parts)
        if parts[0] == PRIVATE or not is_held(path, self.root):
            raise StoreError("error.store.outside", name=name, folder=str(self.root))
        return path

    def existing(self, name: str, path: Path) -> Stat | None:
        """Describe the object that a write would replace; a folder of that name cannot be replaced."""
        if path.is_dir():
            raise StoreError("error.store.folder_taken", name=name, folder=str(self.root))
        with suppress(FileNotFoundError, NotADirectoryError):
            return described(name, path)
        return None

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Keep other writers of a name out, in this process and in others."""
        self.locks.mkdir(parents=True, exist_ok=True)
        with (self.locks / str(zlib.crc32(name.encode()) % LOCKS)).open("ab") as file:
            until = time.monotonic() + LOCKED
            while not is_locked(file):
                if time.monotonic() > until:
                    raise StoreError("error.store.folder_locked", name=name)
                time.sleep(AGAIN)
            yield

    @contextmanager
    def said(self, name: str, *, writing: bool = False, absent: type[StoreError] = ObjectNotFound) -> Iterator[None]:
        """Say what the file system refused as errors of ours."""
        try:
            yield
        except OSError as problem:
            is_reachable = self.root.is_dir() or isinstance(problem, FileNotFoundError)
            if isinstance(problem, ABSENT) and not writing and is_reachable:
                raise absent("error.store.no_object", name=name) from problem
            raise refusal(problem, name, self.root) from problem


def described(name: str, path: Path) -> Stat:
    """Describe a file as an object."""
    found = path.stat()
    if path.is_dir():
        raise IsADirectoryError(name)
    updated = datetime.fromtimestamp(found.st_mtime_ns / 1e9, UTC)
    return Stat(name, found.st_size, found.st_mtime_ns, updated, marked(path))


def expect(name: str, existing: Stat | None, generation: int | None) -> None:
    """Refuse a write that somebody else's came before."""
    if generation is not None and generation != (existing.generation if existing else 0):
        raise PreconditionFailed("error.store.exists" if generation == 0 else "error.store.changed", name=name)


def date(path: Path, existing: Stat | None) -> None:
    """Give a written file a generation above the one it replaces, even within one tick of the clock."""
    before = existing.generation if existing else 0
    for tick in TICKS:
        os.utime(path, ns=(max(time.time_ns(), before + tick),) * 2)
        if path.stat().st_mtime_ns > before:
            return


def is_held(path: Path, root: Path) -> bool:
    """Tell whether a path stays below a root with every link followed."""
    try:
        return path.resolve().is_relative_to(root)
    except (
        OSError,
        RuntimeError,
    ):  # a loop of links; or a name longer than the file system allows, which the call itself will say
        return not path.is_symlink()


def is_locked(file: IO[bytes]) -> bool:
    """Take a lock unless somebody has it, and tell whether it was taken; closing the file gives it back."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def refusal(problem: OSError, name: str, root: Path) -> StoreError:
    """Say what a file system refused, and what would do."""
    folder = str(root)
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError("error.store.folder_permission", folder=folder)
    if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreError("error.store.folder_full", folder=folder)
    if problem.errno == errno.ENAMETOOLONG:
        return StoreError("error.store.name", name=name)
    if problem.errno in (errno.ENOTDIR, errno.EEXIST) and not root.is_dir():
        return StoreError("error.store.not_a_folder", folder=folder)
    if problem.errno in (errno.ENOTDIR, errno.EISDIR, errno.EEXIST):
        return StoreError("error.store.folder_taken", name=name, folder=folder)
    return StoreError("error.store.folder_failed", folder=folder, problem=problem.strerror or type(problem).__name__)
