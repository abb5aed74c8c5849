"""An emulated bucket service for tests that honours preconditions and answers several clients at once.

`gcp-storage-emulator` as published ignores every `if…Match` parameter, leaves out the headers that say which generation a
download was, answers a range beyond an object's end with an empty part, and serves one connection at a time. Here one lock
guards the whole service, and each request's conditions are held against the stored object before the package acts on it.
It can also fail as a service or a network does, so many times as it is told, and damage what it keeps.
"""

from __future__ import annotations

import io
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from typing import Any, Literal
from unittest.mock import patch

from gcp_storage_emulator import server
from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.storage import Storage

Trouble = Literal["busy", "dropped", "lost", "cut", "silent"]
NO_OBJECT = {"generation": "0", "metageneration": "0"}
READING = {"GET"}


class ConditionError(Exception):
    """A request's condition does not hold; `status` is the answer it gets."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def wanted(query: dict[str, list[str]], stored: dict[str, Any], method: str) -> int | None:
    """The status that refuses a request, or None where all its conditions hold."""
    for field in NO_OBJECT:
        name = field.capitalize()
        must, must_not = query.get(f"if{name}Match"), query.get(f"if{name}NotMatch")
        if must and must[0] != stored[field]:
            return 412
        if must_not and must_not[0] == stored[field]:
            return 304 if method in READING else 412
    exact = query.get("generation")
    return 404 if exact and method in {"GET", "DELETE"} and exact[0] != stored["generation"] else None


class ConditionalStorage(Storage):
    """The package's storage, which first asks whether the current request may do what it is about to do."""

    def __init__(self) -> None:
        super().__init__(use_memory_fs=True)
        self.guard, self.closing = threading.RLock(), threading.Event()
        self.troubles: list[Trouble] = []
        self.seen: list[str] = []
        self.begin("GET", {})

    def fail(self, how: Trouble, times: int) -> None:
        """Let the next requests fail.

        Parameters
        ----------
        how : str
            ``busy`` answers 503; ``dropped`` closes the connection without having acted, ``lost`` after having acted; ``cut``
            closes it in the middle of the answer; ``silent`` never answers.
        times : int
            How many requests.
        """
        self.troubles, self.seen = [how] * times, []

    def flip(self, bucket: str, name: str, at: int) -> None:
        """Damage one byte of an object and tell nobody."""
        path = self._object_path(bucket, name)
        data = bytearray(self._store.read_bytes(path))
        data[at] ^= 1
        self._store.write_bytes(path, bytes(data))

    def begin(self, method: str, query: dict[str, list[str]]) -> None:
        self.method, self.query, self.answered = method, query, None

    def hold(self, bucket: str, name: str) -> None:
        try:
            stored = super().get_file_obj(bucket, name)
        except NotFound:
            stored = NO_OBJECT
        if status := wanted(self.query, stored, self.method):
            raise ConditionError(status)

    def create_file(self, bucket: str, name: str, *args: Any, **kwargs: Any) -> Any:
        self.hold(bucket, name)
        return super().create_file(bucket, name, *args, **kwargs)

    def delete_file(self, bucket: str, name: str) -> Any:
        self.hold(bucket, name)
        return super().delete_file(bucket, name)

    def get_file_obj(self, bucket: str, name: str) -> Any:
        stored = super().get_file_obj(bucket, name)
        if self.method in {"GET", "PATCH"}:
            self.hold(bucket, name)
            self.answered = stored
        return stored


class ConditionalRouter(server.Router):
    """One request at a time; a refused one is answered as the real service does."""

    def handle(self, method: str) -> None:
        handler = self._request_handler
        with handler.storage.guard:
            handler.storage.seen.append(method)
            trouble = handler.storage.troubles.pop(0) if handler.storage.troubles else None
        if trouble:
            self.fail(method, trouble)
        else:
            self.act(method)

    def fail(self, method: str, trouble: Trouble) -> None:
        handler, wire = self._request_handler, self._request_handler.wfile
        if trouble in {"lost", "cut"}:
            handler.wfile = io.BytesIO()
            self.act(method)
            whole, handler.wfile = handler.wfile.getvalue(), wire
            body = whole.index(b"\r\n\r\n") + 4
            wire.write(whole[: body + (len(whole) - body) // 2] if trouble == "cut" else b"")
        else:
            handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        if trouble == "busy":
            answer(handler, 503)
        if trouble == "silent":
            handler.storage.closing.wait()
        wire.flush()
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)

    def act(self, method: str) -> None:
        handler = self._request_handler
        with handler.storage.guard:
            request = server.Request(handler, method)
            handler.storage.begin(method, request.query)
            try:
                self.refuse_a_range_beyond_the_end(request)
                super().handle(method)
            except ConditionError as refused:
                answer(handler, refused.status)

    def refuse_a_range_beyond_the_end(self, request: server.Request) -> None:
        asked = self._request_handler.headers.get("range", "")
        parts = request.path.split("/o/", 1)
        if asked.startswith("bytes=") and len(parts) == 2:
            bucket, name = parts[0].rpartition("/b/")[2], server.unquote(parts[1])
            try:
                size = len(self._request_handler.storage.get_file(bucket, name))
            except NotFound:
                return
            if int(asked.removeprefix("bytes=").split("-")[0]) >= size:
                raise ConditionError(416)


def answer(handler: Any, status: int) -> None:
    """Send an error in Google's form."""
    body = b"" if status == 304 else json.dumps({"error": {"code": status, "message": "refused"}}).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


class TellingHandler(server.RequestHandler):
    """The package's handler, with the headers that say which generation was read."""

    def end_headers(self) -> None:
        if self.storage.answered:
            self.send_header("X-Goog-Generation", self.storage.answered["generation"])
            self.send_header("X-Goog-Metageneration", self.storage.answered["metageneration"])
        super().end_headers()


class ManyAtOnce(ThreadingHTTPServer):
    """A server whose waiting room holds a whole race of writers."""

    request_queue_size = 128
    daemon_threads = True


@contextmanager
def serving() -> Iterator[tuple[str, ConditionalStorage]]:
    """Serve an empty service on loopback and yield its address, for `STORAGE_EMULATOR_HOST`, and what is behind it."""
    logging.getLogger("gcp_storage_emulator").setLevel(logging.CRITICAL)
    logging.getLogger("api").setLevel(logging.CRITICAL)
    storage = ConditionalStorage()
    with patch.object(server, "Router", ConditionalRouter):  # the package's handler finds its router by this name
        service = ManyAtOnce(("127.0.0.1", 0), partial(TellingHandler, storage))
        thread = threading.Thread(target=service.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{service.server_address[1]}", storage
        finally:
            storage.closing.set()
            service.shutdown()
            service.server_close()
            thread.join()


@contextmanager
def emulated() -> Iterator[str]:
    """Serve an empty service on loopback and yield its address, for `STORAGE_EMULATOR_HOST`."""
    with serving() as (address, _):
        yield address
