"""What only a bucket can do wrong: not there, not ours, no credentials, no network."""

from __future__ import annotations

import gc
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from google.auth.exceptions import DefaultCredentialsError
from google.cloud import storage

from tests.gcs_emulator import emulated
from workbench.errors import ObjectNotFound, PreconditionFailed, StoreError
from workbench.store import ObjectStore, open_store
from workbench.store import gcs as gcs_module

# The client leaves the connection of a refused download to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Let what a test leaves behind be found in that test."""
    yield
    gc.collect()


def every_call(store: ObjectStore) -> list[Callable[[], object]]:
    """Each way to reach for the bucket."""
    return [
        lambda: store.get("a"),
        lambda: store.stat("a"),
        lambda: store.put("a", b""),
        lambda: store.write("a", [b"x"]),
        lambda: list(store.list()),
        lambda: list(store.folders("a")),
        lambda: store.delete("a"),
        lambda: list(store.stream("a")),
        store.check,
    ]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up at once where the product would try again."""
    monkeypatch.setattr(gcs_module, "RETRY", gcs_module.RETRY.with_timeout(0.01))
    monkeypatch.setattr(gcs_module, "QUICKLY", gcs_module.QUICKLY.with_timeout(0.01))


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], ObjectStore]]:
    """A service that answers everything with one status."""
    answers = [403]

    class Handler(BaseHTTPRequestHandler):
        def refuse(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps({"error": {"code": answers[0], "message": "no"}}).encode()
            self.send_response(answers[0])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = refuse  # noqa: N815 - the library's names

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.server_address[1]}")

    def answering(status: int) -> ObjectStore:
        answers[0] = status
        return open_store("gs://acme/x")

    yield answering
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_bucket_of_somebody_else_names_the_role(refusing: Callable[[int], ObjectStore]) -> None:
    for call in every_call(refusing(403)):
        with pytest.raises(StoreError, match=r"'acme' refuses this account. Give it the role Storage Object Admin"):
            call()


@pytest.mark.usefixtures("impatient")
def test_a_service_in_trouble_is_said(refusing: Callable[[int], ObjectStore]) -> None:
    for call in every_call(refusing(503)):
        with pytest.raises(StoreError, match=r"'acme' cannot be reached \(.*\)\. Check the network"):
            call()


@pytest.mark.parametrize("generation", [0, 5])
def test_a_condition_that_fails_is_told_from_trouble(refusing: Callable[[int], ObjectStore], generation: int) -> None:
    sentence = "exists in the store already" if generation == 0 else "Somebody else changed 'a'"
    store = refusing(412)
    with pytest.raises(PreconditionFailed, match=sentence):
        store.put("a", b"", if_generation=generation)
    with pytest.raises(PreconditionFailed, match=sentence):
        store.write("a", [b""], if_generation=generation)


@pytest.mark.usefixtures("impatient")
def test_no_network_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{free.getsockname()[1]}")
        for call in every_call(open_store("gs://acme/x")):
            with pytest.raises(StoreError, match=r"'acme' cannot be reached \(.*\)\. Check the network"):
                call()


def test_no_credentials_say_how_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise DefaultCredentialsError("none")

    monkeypatch.setattr(storage, "Client", refuse)
    with pytest.raises(StoreError, match="gcloud auth application-default login"):
        open_store("gs://acme/x").check()


def test_a_bucket_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with emulated() as address:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        store = open_store("gs://absent/x")
        for call in (store.check, lambda: list(store.list()), lambda: store.put("a", b"")):
            with pytest.raises(StoreError, match="There is no bucket 'absent'"):
                call()


def test_what_the_console_leaves_to_look_like_a_folder_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with emulated() as address:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        bucket = storage.Client().create_bucket("acme")
        bucket.blob("x/folder/").upload_from_string(b"")
        store = open_store("gs://acme/x")
        store.put("folder/a", b"")
        bucket.blob("elsewhere").upload_from_string(b"")
        assert [stat.name for stat in store.list()] == ["folder/a"]
        with pytest.raises(ObjectNotFound, match="holds no 'elsewhere'"):
            store.get("elsewhere")
