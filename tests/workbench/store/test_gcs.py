"""What only a bucket can do wrong: not there, not ours, no credentials, no network."""

from __future__ import annotations

import gc
import io
import json
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from google.auth.exceptions import DefaultCredentialsError
from google.cloud import storage

from tests.gcs_emulator import ConditionalRouter, ConditionalStorage, Trouble, emulated, serving
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


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ConditionalStorage]:
    """What is behind the bucket `acme`, whose store tries again soon and up to three seconds."""
    quick = gcs_module.RETRY.with_delay(initial=0.02, maximum=0.1)
    monkeypatch.setattr(gcs_module, "RETRY", quick.with_timeout(3))
    monkeypatch.setattr(gcs_module, "QUICKLY", quick.with_timeout(3))
    with serving() as (address, behind):
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        # The client asks for the bucket in the background, for traces; that request would take a part of the trouble.
        monkeypatch.setenv("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
        storage.Client().create_bucket("acme")
        yield behind


@pytest.mark.parametrize("how", ["busy", "dropped"])
def test_trouble_that_passes_is_not_noticed(service: ConditionalStorage, how: Trouble) -> None:
    store = open_store("gs://acme/x")
    store.put("a", b"1")
    for call in every_call(store):
        service.fail(how, 3)
        call()
        assert len(service.seen) >= 4, "three that failed, and one that did not"
        store.put("a", b"1")


def test_a_long_write_goes_on_where_trouble_came(service: ConditionalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gcs_module, "CHUNK", 256 * 1024)
    store = open_store("gs://acme/x")
    data = os.urandom(1_000_000)

    def blocks() -> Iterator[bytes]:
        for at in range(0, len(data), 100_000):
            if at == 500_000:
                service.fail("busy", 2)
            yield data[at : at + 100_000]

    store.write("long", blocks())
    assert service.seen.count("PUT") >= 4, "two refused, two or more taken"
    assert store.get("long") == data


@pytest.mark.parametrize("times", [1, 2])
def test_a_download_that_breaks_off_goes_on_and_is_whole(service: ConditionalStorage, times: int) -> None:
    store = open_store("gs://acme/x")
    data = os.urandom(300_000)
    store.put("a", data)
    service.fail("cut", times)
    assert store.get("a") == data
    service.fail("cut", times)
    assert store.get("a", start=10, end=200_000) == data[10:200_000]


def test_a_download_that_broke_off_is_held_against_its_sum_too(service: ConditionalStorage) -> None:
    store = open_store("gs://acme/x")
    store.put("a", os.urandom(300_000))
    service.flip("acme", "x/a", 299_000)
    service.fail("cut", 1)
    with pytest.raises(StoreError, match="'a' in the store is damaged"):
        store.get("a")


@pytest.mark.parametrize("generation", [None, 0])
def test_a_write_whose_answer_was_lost_has_happened_once(service: ConditionalStorage, generation: int | None) -> None:
    store = open_store("gs://acme/x")
    service.fail("lost", 1)
    put = store.put("once", b"mine", if_generation=generation)
    assert store.stat("once") == put
    service.fail("lost", 1)
    changed = store.put("once", b"again", if_generation=put.generation)
    assert store.stat("once") == changed
    service.fail("lost", 1)
    store.delete("once", if_generation=changed.generation)
    assert store.stat("once") is None


def test_somebody_elses_same_write_is_still_a_refusal(service: ConditionalStorage) -> None:
    store = open_store("gs://acme/x")
    store.put("once", b"same")
    service.fail("dropped", 1)
    with pytest.raises(PreconditionFailed, match="exists in the store already"):
        store.put("once", b"same", if_generation=0)


@pytest.mark.parametrize("how", ["busy", "dropped", "silent"])
def test_trouble_that_stays_is_one_clear_error(
    service: ConditionalStorage, monkeypatch: pytest.MonkeyPatch, how: Trouble
) -> None:
    monkeypatch.setattr(gcs_module, "TIMEOUT", 0.1)
    monkeypatch.setattr(gcs_module, "RETRY", gcs_module.RETRY.with_timeout(0.3))
    service.fail(how, 100)
    with pytest.raises(StoreError, match=r"'acme' cannot be reached \(.*\)\. Check the network") as said:
        open_store("gs://acme/x").get("a")
    assert type(said.value) is StoreError
    assert "接続できません" in said.value.say("ja")
    assert len(service.seen) >= 2, "it was tried again before that"


def test_pauses_grow_up_to_a_bound(service: ConditionalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep, here = time.sleep, threading.current_thread()
    monkeypatch.setattr(
        time, "sleep", lambda seconds: pauses.append(seconds) if threading.current_thread() is here else sleep(seconds)
    )
    monkeypatch.setattr(random, "uniform", lambda _, longest: longest)
    service.fail("busy", 4)
    open_store("gs://acme/x").put("a", b"")
    assert pauses == [0.02, 0.04, 0.08, 0.1]


def test_what_the_service_finds_damaged_on_the_way_is_said(
    service: ConditionalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store("gs://acme/x")
    store.put("a", b"old")
    kept = ConditionalRouter.act

    def damaging(self: Any, method: str) -> None:
        if method == "POST":
            length = int(self._request_handler.headers["Content-Length"])
            body = self._request_handler.rfile.read(length).replace(b"payload", b"paYload")
            self._request_handler.rfile = io.BytesIO(body)
        kept(self, method)

    monkeypatch.setattr(ConditionalRouter, "act", damaging)
    with pytest.raises(StoreError, match=r"'a' was damaged on its way into the bucket 'acme' and was not stored"):
        store.put("a", b"payload")
    monkeypatch.setattr(ConditionalRouter, "act", kept)
    assert store.get("a") == b"old"
