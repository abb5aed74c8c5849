"""Tables belong to who opened them; samples open once; a demonstration stores nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from workbench import actions
from workbench.actions import held
from workbench.data import Repair, Roles
from workbench.errors import AccessDenied, ColumnNotFound, DataError, DatasetNotFound, TooLarge
from workbench.principal import LOCAL, Principal


@pytest.fixture
def bring_file() -> Callable[..., str]:
    """Upload a text and return the upload's id."""

    def bringing(text: str, name: str = "店.csv") -> str:
        data = text.encode("cp932")
        upload = actions.uploads.create(by=LOCAL, size=len(data), name=name)
        actions.uploads.append(upload, by=LOCAL, at=0, data=data)
        return upload

    return bringing


def test_an_upload_becomes_a_dataset_and_stays_as_long_as_it(bring: Callable[..., str]) -> None:
    dataset = actions.datasets.get(bring(120), by=LOCAL)
    assert (dataset.rows, dataset.name, dataset.reading["encoding"]) == (120, "顧客.csv", "cp932")
    assert list(held.store().list(f"uploads/{dataset.source['upload']}/"))
    actions.datasets.delete(dataset.id, by=LOCAL)
    assert not list(held.store().list("uploads/"))


def test_somebody_elses_table_is_not_found(bring: Callable[..., str], stranger: Principal) -> None:
    dataset = bring()
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.get(dataset, by=stranger)
    assert actions.datasets.mine(by=stranger) == []


def test_a_sample_is_opened_once(analyst: Principal) -> None:
    assert actions.datasets.open_sample("advertising", by=analyst) == actions.datasets.open_sample("advertising", by=analyst)
    assert [d.name for d in actions.datasets.mine(by=analyst)] == ["advertising"]


def test_a_viewer_sees_a_sample_but_keeps_nothing(viewer: Principal) -> None:
    dataset = actions.datasets.open_sample("advertising", by=viewer)
    assert actions.datasets.get(dataset, by=viewer).rows == 208
    assert not list(held.store().list("datasets/"))
    with pytest.raises(AccessDenied, match=r"viewer@example\.com may look and predict"):
        actions.datasets.set_roles(dataset, Roles(target="revenue"), by=viewer)


def test_a_demonstration_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    held.clear()
    dataset = actions.datasets.open_sample("spam", by=LOCAL)
    with pytest.raises(AccessDenied, match="read-only demonstration"):
        actions.compare.start({}, dataset_id=dataset, by=LOCAL)
    with pytest.raises(AccessDenied, match="read-only demonstration"):
        actions.uploads.create(by=LOCAL, size=10, name="a.csv")
    assert not list(held.store().list(""))


def test_roles_that_name_no_column_are_refused_and_nothing_changes(bring: Callable[..., str]) -> None:
    dataset = bring()
    with pytest.raises(ColumnNotFound, match="Closest names: 解約"):
        actions.datasets.set_roles(dataset, Roles(target="解役"), by=LOCAL)
    assert actions.datasets.get(dataset, by=LOCAL).roles.target == "解約"


def test_a_file_over_the_limit_is_refused_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_MAX_UPLOAD_MB", "1")
    held.clear()
    with pytest.raises(TooLarge, match="1"):
        actions.uploads.create(by=LOCAL, size=2_000_000, name="big.csv")


def test_a_deleted_table_is_gone(bring: Callable[..., str]) -> None:
    dataset = bring()
    actions.datasets.delete(dataset, by=LOCAL)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.get(dataset, by=LOCAL)


def test_what_changes_something_leaves_an_audit_line(bring: Callable[..., str]) -> None:
    dataset = bring()
    lines = [json.loads(held.store().get(stat.name)) for stat in held.store().list("audit/")]
    assert [line["verb"] for line in lines] == ["dataset_opened", "roles_set"]
    assert {line["by"] for line in lines} == {LOCAL.who}
    assert {line["dataset"] for line in lines} == {dataset}


def test_a_shared_table_is_seen_by_a_viewer_and_changed_by_nobody_else(
    bring: Callable[..., str], viewer: Principal, stranger: Principal
) -> None:
    dataset = bring()
    assert actions.datasets.shared(by=viewer) == []
    actions.datasets.share(dataset, by=LOCAL, shared=True)
    assert actions.datasets.get(dataset, by=viewer).rows == 300
    assert [r.id for r in actions.datasets.shared(by=viewer)] == [dataset]
    assert (actions.datasets.mine(by=viewer), actions.datasets.shared(by=LOCAL)) == ([], [])
    assert [r.id for r in actions.datasets.versions(dataset, by=viewer)] == [dataset]
    for change in (
        lambda: actions.datasets.set_roles(dataset, Roles(), by=stranger),
        lambda: actions.datasets.share(dataset, by=stranger, shared=False),
        lambda: actions.datasets.delete(dataset, by=stranger),
    ):
        with pytest.raises(AccessDenied, match="only its owner can change it"):
            change()
    actions.datasets.share(dataset, by=LOCAL, shared=False)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.get(dataset, by=viewer)


def test_nothing_of_somebody_elses_table_is_told(bring: Callable[..., str], stranger: Principal) -> None:
    dataset = bring()
    for look in (
        actions.datasets.record,
        actions.datasets.proposals,
        actions.datasets.misfits,
        actions.datasets.versions,
    ):
        with pytest.raises(DatasetNotFound, match=dataset):
            look(dataset, by=stranger)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.misfits_file(dataset, "en", by=stranger)
    with pytest.raises(DatasetNotFound, match=dataset):
        actions.datasets.share(dataset, by=stranger, shared=True)


def test_repairs_are_proposed_for_the_table_as_it_was_read(bring_file: Callable[..., str]) -> None:
    first = actions.datasets.from_upload(bring_file("店,額\n 東京,1\n大阪 ,2\n"), by=LOCAL)
    (offered,) = [p for p in actions.datasets.proposals(first, by=LOCAL) if p.repair.rule == "spaces"]
    second = actions.datasets.revise(first, by=LOCAL, repairs=[offered.repair])
    assert actions.datasets.get(second, by=LOCAL).frame["店"].to_list() == ["東京", "大阪"]
    assert offered in actions.datasets.proposals(second, by=LOCAL)


def test_rows_that_did_not_fit_are_kept_with_their_lines(bring_file: Callable[..., str]) -> None:
    whole = actions.datasets.from_upload(bring_file("a,b\n1,2\n3,4\n"), by=LOCAL)
    assert actions.datasets.misfits(whole, by=LOCAL).columns == ["line", "problem", "content"]
    assert actions.datasets.misfits(whole, by=LOCAL).is_empty()
    torn = actions.datasets.from_upload(bring_file("a,b,c\n1,2,3\n4,5\n6,7,8\n" + "1,2,3\n" * 20), by=LOCAL)
    assert actions.datasets.misfits(torn, by=LOCAL)["line"].to_list() == [3]
    lines = actions.datasets.misfits_file(torn, "ja", by=LOCAL).decode("utf-8-sig").splitlines()
    assert lines == ["行番号,問題,元の行", '3,セルが足りない,"4,5"']


def test_rows_that_did_not_fit_run_nothing_in_a_spreadsheet(bring_file: Callable[..., str]) -> None:
    torn = actions.datasets.from_upload(bring_file("a,b,c\n1,2,3\n=1+1\n6,7,8\n" + "1,2,3\n" * 20), by=LOCAL)
    assert actions.datasets.misfits_file(torn, "en", by=LOCAL).decode("utf-8-sig").splitlines() == [
        "Line,What is wrong,The row as it stands",
        "3,too few cells,'=1+1",
    ]


def test_a_sample_that_is_only_looked_at_can_be_asked_everything(viewer: Principal, stranger: Principal) -> None:
    dataset = actions.datasets.open_sample("advertising", by=viewer)
    assert actions.datasets.misfits(dataset, by=viewer).is_empty()
    assert isinstance(actions.datasets.proposals(dataset, by=viewer), list)
    assert [r.id for r in actions.datasets.versions(dataset, by=viewer)] == [dataset]
    assert actions.datasets.get(dataset, by=stranger).owner == stranger.who
    with pytest.raises(AccessDenied, match=r"viewer@example\.com may look and predict"):
        actions.datasets.share(dataset, by=viewer, shared=True)
    with pytest.raises(AccessDenied, match="read-only"):
        actions.datasets.share(dataset, by=stranger, shared=True)


def test_a_file_of_the_inbox_is_taken_in_and_stays_there(analyst: Principal, viewer: Principal) -> None:
    held.store().put("inbox/2026/売上 表.csv", "店,額\n東京,1\n".encode("cp932"))
    held.store().put("secrets/keys.csv", b"a,b\n1,2\n")
    assert [stat.name for stat in actions.datasets.inbox(by=analyst)] == ["inbox/2026/売上 表.csv"]
    assert actions.datasets.inbox(by=viewer) == []
    upload = actions.datasets.from_inbox("inbox/2026/売上 表.csv", by=analyst)
    made = actions.datasets.get(actions.datasets.from_upload(upload, by=analyst), by=analyst)
    assert (made.name, made.rows, made.source) == ("売上 表.csv", 1, {"upload": upload})
    assert held.store().stat("inbox/2026/売上 表.csv")
    with pytest.raises(AccessDenied, match="may look and predict"):
        actions.datasets.from_inbox("inbox/2026/売上 表.csv", by=viewer)


@pytest.mark.parametrize(
    "name", ["secrets/keys.csv", "inbox/../secrets/keys.csv", "", "inbox/", "/etc/passwd", "inbox/keys.csv"]
)
def test_nothing_else_of_the_store_is_taken_in(name: str, analyst: Principal) -> None:
    held.store().put("secrets/keys.csv", b"a,b\n1,2\n")
    held.store().put("inbox/key.csv", b"a,b\n1,2\n")
    with pytest.raises(DataError, match="The inbox has no file"):
        actions.datasets.from_inbox(name, by=analyst)
    assert not list(held.store().list("uploads/"))


def test_a_file_of_the_inbox_over_the_limit_is_refused(analyst: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_MAX_UPLOAD_MB", "1")
    held.clear()
    held.store().put("inbox/big.csv", b"1" * 1_000_001)
    with pytest.raises(TooLarge, match="limit is 1 MB"):
        actions.datasets.from_inbox("inbox/big.csv", by=analyst)
    assert not list(held.store().list("uploads/"))


def test_a_table_with_too_many_columns_is_refused(bring_file: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_MAX_COLUMNS", "2")
    held.clear()
    with pytest.raises(TooLarge, match="3 columns; at most 2"):
        actions.datasets.from_upload(bring_file("a,b,c\n1,2,3\n"), by=LOCAL)


def test_everything_that_changes_something_is_in_the_log_of_deeds(bring_file: Callable[..., str]) -> None:
    held.store().put("inbox/a.csv", "店,額\n 東京,1\n大阪,2\n".encode())
    first = actions.datasets.from_upload(actions.datasets.from_inbox("inbox/a.csv", by=LOCAL), by=LOCAL)
    second = actions.datasets.revise(first, by=LOCAL, repairs=[Repair("店", "spaces", {})])
    actions.datasets.share(second, by=LOCAL, shared=True)
    actions.datasets.share(second, by=LOCAL, shared=False)
    actions.datasets.delete(second, by=LOCAL)
    lines = [json.loads(held.store().get(stat.name)) for stat in held.store().list("audit/")]
    assert [line["verb"] for line in lines] == [
        "inbox_taken", "dataset_opened", "dataset_revised", "dataset_shared", "dataset_unshared", "dataset_deleted",
    ]  # fmt: skip
    assert (lines[2]["dataset"], lines[2]["family"], lines[2]["version"]) == (second, first, 2)
    assert not [line for line in lines if "東京" in json.dumps(line, ensure_ascii=False)]
