"""Large files through the page's control, in Chromium: cut off, reloaded, signed out, refused, cancelled; in the end whole."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, FileChooser, Locator, Page, Response, expect
from playwright.sync_api import TimeoutError as TooSlow

from tests.served import free_port, running_server
from tests.signing import HEADER, signing_team
from workbench.data import uploads
from workbench.store import ObjectStore, open_store
from workbench.words import say

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MB = 1_000_000
LIMIT = 70
ME = "you@localhost"
# As a function: the page's own policy forbids to evaluate text.
IS_AT_REST = "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
Visit = Callable[..., Page]


def ja(key: str, **values: object) -> str:
    return say(key, "ja", **values)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps everything."""
    return tmp_path_factory.mktemp("kept") / "store"


@pytest.fixture(scope="module")
def place(folder: Path) -> Iterator[str]:
    """The address of a server that takes files up to a limit."""
    with running_server(WORKBENCH_STORE=str(folder), WORKBENCH_MAX_UPLOAD_MB=str(LIMIT)) as address:
        yield address


@pytest.fixture
def store(folder: Path) -> ObjectStore:
    """What the server keeps."""
    return open_store(str(folder))


@pytest.fixture
def large(tmp_path: Path) -> Callable[..., Path]:
    """A file of so many MB that is no table, so that nothing is made of it."""

    def making(size: int) -> Path:
        path = tmp_path / "大きな写真 1.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(size * MB - 8))
        return path

    return making


class Sent:
    """What a page has sent: where each chunk began and ended, and the uploads it announced."""

    def __init__(self, page: Page) -> None:
        self.chunks: list[tuple[int, int]] = []
        self.ids: list[str] = []
        page.on("response", self.note)

    def note(self, answer: Response) -> None:
        if answer.request.method == "POST" and answer.url.endswith("/api/v1/uploads") and answer.status == 201:
            self.ids.append(answer.headers["location"].rsplit("/", 1)[1])
        if answer.request.method == "PATCH" and answer.status == 204:
            self.chunks.append((int(answer.request.headers["upload-offset"]), int(answer.headers["upload-offset"])))

    @property
    def bytes(self) -> int:
        return sum(end - start for start, end in self.chunks)


def network(page: Page) -> Callable[[float], None]:
    """What sets the page's way out, in MB a second; 0 is no way at all."""
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def at(speed: float) -> None:
        conditions = {"offline": speed == 0, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed * MB}
        session.send("Network.emulateNetworkConditions", conditions)

    return at


def begin(page: Page, path: Path, *, until: int = 1) -> Sent:
    """Give the control a file, and wait until so many chunks are in."""
    sent = Sent(page)
    page.locator("input[type=file]").first.set_input_files(str(path))
    wait(page, lambda: len(sent.chunks) >= until)
    return sent


def wait(page: Page, is_so: Callable[[], bool], seconds: float = 40) -> None:
    """Wait for what the page's events tell."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        page.wait_for_timeout(50)


def note(page: Page) -> Locator:
    """The control's own sentence."""
    return page.locator("output[role=status]")


def arrived(page: Page, path: Path, seconds: float = 60) -> None:
    """Wait until the control says that all of a file is in."""
    expect(note(page)).to_have_text(
        ja("ui.upload.done", name=path.name, size=path.stat().st_size // MB), timeout=seconds * 1000
    )


def assert_whole(store: ObjectStore, upload: str, path: Path, *, owner: str = ME) -> None:
    """What is in the store is the file."""
    kept, name = uploads.source(store, upload, owner=owner, into=path.parent)
    assert name == path.name
    assert hashlib.sha256(kept.read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_a_japanese_file_goes_up(visit: Visit, place: str, customers: Path) -> None:
    page = visit("data", address=place)
    sent = begin(page, customers)
    expect(page.get_by_role("heading", name=customers.name)).to_be_visible()
    assert sent.chunks == [(0, customers.stat().st_size)]


def test_an_upload_cut_in_the_middle_goes_on_by_itself(
    visit: Visit, place: str, store: ObjectStore, large: Callable[..., Path]
) -> None:
    path = large(60)
    page = visit("data", address=place)
    way = network(page)
    way(20)
    sent = begin(page, path, until=2)
    way(0)
    expect(note(page)).to_have_text(ja("ui.upload.waiting", name=path.name))
    page.wait_for_timeout(2000)
    assert uploads.offset(store, sent.ids[0], owner=ME)[0] < path.stat().st_size
    way(60)
    arrived(page, path)
    assert_whole(store, sent.ids[0], path)
    assert len(sent.ids) == 1
    assert sent.bytes <= path.stat().st_size, "something that was in was sent again"


def test_an_upload_outlives_its_server(visit: Visit, tmp_path: Path, large: Callable[..., Path]) -> None:
    path, port, kept = large(24), free_port(), str(tmp_path / "store")
    with ExitStack() as first:
        address = first.enter_context(running_server(at=port, WORKBENCH_STORE=kept))
        page = visit("data", address=address)
        network(page)(8)
        sent = begin(page, path)
        first.close()
        expect(note(page)).to_have_text(ja("ui.upload.waiting", name=path.name))
    with running_server(at=port, WORKBENCH_STORE=kept):
        arrived(page, path)
        assert_whole(open_store(kept), sent.ids[0], path)
        assert sent.bytes <= path.stat().st_size


def test_a_reloaded_page_goes_on_where_it_was(visit: Visit, place: str, store: ObjectStore, large: Callable[..., Path]) -> None:
    path = large(24)
    page = visit("data", address=place)
    network(page)(8)
    sent = begin(page, path)
    page.reload()
    network(page)(60)
    before = sent.bytes
    again = begin(page, path)
    arrived(page, path)
    there = again.chunks[0][0]
    assert 8 * MB <= before <= there < path.stat().st_size
    assert (again.bytes, again.ids) == (path.stat().st_size - there, [])
    assert_whole(store, sent.ids[0], path)


def test_a_sign_in_that_ends_in_the_middle(browser: Browser, tmp_path: Path, large: Callable[..., Path]) -> None:
    path, kept = large(24), str(tmp_path / "store")
    with signing_team() as team, running_server(**team.environment(WORKBENCH_STORE=kept)) as address:
        context = browser.new_context(locale="ja-JP", extra_http_headers={HEADER: team.token()})
        page = context.new_page()
        page.goto(f"{address}/data")
        expect(page.get_by_role("heading", level=1)).to_have_text(ja("page.data.title"))
        expect(page.locator("input[type=file]")).to_be_attached()
        network(page)(6)
        sent = begin(page, path)
        context.set_extra_http_headers({HEADER: team.token(exp=int(time.time()) - 120)})
        expect(note(page)).to_have_text(ja("ui.upload.signed_out"))
        assert 0 < sent.bytes < path.stat().st_size
        context.set_extra_http_headers({HEADER: team.token()})
        page.get_by_role("button", name=ja("ui.upload.again")).click()
        arrived(page, path)
        assert_whole(open_store(kept), sent.ids[0], path, owner="ana@example.com")
        assert sent.bytes <= path.stat().st_size
        context.close()


def test_a_file_over_the_limit_is_refused_with_both_sizes(visit: Visit, place: str, tmp_path: Path) -> None:
    path = tmp_path / "巨大.csv"
    with path.open("wb") as file:
        file.truncate((LIMIT + 1) * MB)
    page = visit("data", address=place)
    page.locator("input[type=file]").first.set_input_files(str(path))
    expect(note(page)).to_have_text(ja("ui.upload.too_large", name=path.name, size=LIMIT + 1, limit=LIMIT))


def by_keyboard(page: Page, field: Locator) -> FileChooser:
    """Open the choice of a file without a mouse; a rerun that comes in between takes the focus away."""
    for _ in range(5):
        page.wait_for_function(IS_AT_REST)
        field.focus()
        try:
            with page.expect_file_chooser(timeout=10_000) as chosen:
                page.keyboard.press("Space")
            return chosen.value
        except TooSlow:
            continue
    raise AssertionError("the keyboard opens no choice of a file")


def test_a_cancelled_upload_leaves_nothing_and_the_keyboard_is_enough(
    visit: Visit, place: str, store: ObjectStore, large: Callable[..., Path]
) -> None:
    path = large(24)
    page = visit("data", address=place)
    network(page)(10)
    field = page.locator("input[type=file]").first
    sent = Sent(page)
    by_keyboard(page, field).set_files(str(path))
    wait(page, lambda: len(sent.chunks) >= 1)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=ja("ui.upload.cancel"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(note(page)).to_have_text(ja("ui.upload.cancelled", name=path.name))
    expect(field).to_be_focused()
    assert list(store.list(f"uploads/{sent.ids[0]}/")) == []


def test_what_cannot_be_cancelled_now_is_said_so(
    visit: Visit, place: str, store: ObjectStore, large: Callable[..., Path]
) -> None:
    path = large(24)
    page = visit("data", address=place)
    way = network(page)
    way(8)
    sent = begin(page, path)
    way(0)
    page.get_by_role("button", name=ja("ui.upload.cancel")).click()
    expect(note(page)).to_have_text(ja("ui.upload.cancelled_later", name=path.name))
    assert uploads.offset(store, sent.ids[0], owner=ME)[0] >= 8 * MB


def test_a_file_that_changes_meanwhile_is_said(visit: Visit, place: str, large: Callable[..., Path]) -> None:
    path = large(24)
    page = visit("data", address=place)
    network(page)(10)
    begin(page, path)
    path.write_bytes(b"something else")
    expect(note(page)).to_have_text(ja("ui.upload.changed", name=path.name))


def test_an_upload_goes_on_while_another_page_is_read(
    visit: Visit, place: str, store: ObjectStore, large: Callable[..., Path]
) -> None:
    path = large(24)
    page = visit("data", address=place)
    network(page)(12)
    sent = begin(page, path)
    page.get_by_test_id("stSidebarNav").get_by_text(ja("page.explore.title"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ja("page.explore.title"))
    before = sent.bytes
    expect(page.locator("input[type=file]")).to_have_count(0)
    wait(page, lambda: uploads.offset(store, sent.ids[0], owner=ME)[0] == path.stat().st_size)
    assert before < path.stat().st_size
    assert_whole(store, sent.ids[0], path)
    page.get_by_test_id("stSidebarNav").get_by_text(ja("page.data.title"), exact=True).click()
    arrived(page, path)
