"""Models are found by name, version and alias, and nobody's work gets lost when two are at it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench.bundle import read, read_manifest
from workbench.bundle.without_rows import without_rows
from workbench.errors import (
    AccessDenied,
    BundleError,
    ModelNotFound,
    NoChampion,
    PreconditionFailed,
    RegistryError,
    WorkbenchError,
)
from workbench.principal import Principal
from workbench.registry import Registry
from workbench.registry.records import Aliases
from workbench.registry.stored import Stored
from workbench.store import ObjectStore

MakeBundle = Callable[..., Path]
LATER = datetime(2026, 10, 1, tzinfo=UTC)


def test_an_empty_registry_lists_nothing(registry: Registry) -> None:
    assert registry.list() == []


def test_the_first_version_becomes_champion(registry: Registry, make_bundle: MakeBundle, analyst: Principal) -> None:
    record = registry.add(make_bundle(), by=analyst)
    assert record.aliases == ("champion",)
    assert (record.name, record.owner, record.shipped, record.sort, record.target) == (
        "解約",
        analyst.who,
        False,
        "AUC",
        "解約",
    )
    assert registry.list() == [record] == list(registry.versions("解約"))


def test_a_later_version_waits_for_its_promotion(registry: Registry, make_bundle: MakeBundle, analyst: Principal) -> None:
    first = registry.add(make_bundle(), by=analyst)
    second = registry.add(make_bundle(), by=analyst)
    assert second.aliases == ()
    assert registry.resolve("解約").version == first.version
    assert [r.version for r in registry.versions("解約")] == [second.version, first.version]
    promoted = registry.promote("解約", second.version, by=analyst)
    assert promoted.aliases == ("champion",)
    assert registry.resolve("解約").version == second.version
    assert registry.resolve(first.reference).aliases == ()


def test_a_model_is_found_by_version_and_by_alias(registry: Registry, make_bundle: MakeBundle, analyst: Principal) -> None:
    record = registry.add(make_bundle("ガス"), by=analyst)
    registry.promote("ガス", record.version, alias="before-audit", by=analyst)
    for reference in ("ガス", "カ\u3099ス", record.reference, "ガス@champion", "ガス@before-audit"):
        assert registry.resolve(reference).version == record.version


def test_an_unknown_name_names_the_closest(registry: Registry, make_bundle: MakeBundle, analyst: Principal) -> None:
    registry.add(make_bundle("churn"), by=analyst)
    with pytest.raises(ModelNotFound, match=r"no model 'chrun'. Closest names: churn"):
        registry.resolve("chrun")
    with pytest.raises(ModelNotFound, match="Closest names: churn"):
        registry.versions("churm")


@pytest.mark.parametrize("which", ["20200101T000000Z-000000", "challenger", "x/../y"])
def test_an_unknown_version_names_those_there_are(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, which: str
) -> None:
    registry.add(make_bundle("churn"), by=analyst)
    with pytest.raises(ModelNotFound, match="churn@"):
        registry.resolve(f"churn@{which}")


@pytest.mark.parametrize("reference", ["../../etc", "a/b", "", "@champion", ".store", "x" * 300])
def test_a_hostile_reference_finds_nothing(registry: Registry, reference: str) -> None:
    with pytest.raises(ModelNotFound, match="There is no model"):
        registry.resolve(reference)


# What ships.


def test_what_ships_comes_first_and_is_champion(
    registry: Registry, shipped: Path, make_bundle: MakeBundle, analyst: Principal
) -> None:
    registry.add(make_bundle("a-first-by-name"), by=analyst)
    found = registry.list()
    assert [r.name for r in found] == ["demo-credit", "a-first-by-name"]
    assert (found[0].shipped, found[0].aliases, found[0].owner, found[0].sample) == (True, ("champion",), None, "demo")
    assert registry.folder(found[0]) == shipped
    assert (
        registry.resolve("demo-credit@champion") == registry.resolve(found[0].reference) == registry.versions("demo-credit")[0]
    )


def test_the_name_of_what_ships_is_refused(
    registry: Registry, shipped: Path, make_bundle: MakeBundle, analyst: Principal
) -> None:
    with pytest.raises(RegistryError, match=r"comes with the workbench\. Choose another name"):
        registry.add(make_bundle("demo-credit"), by=analyst)
    with pytest.raises(RegistryError, match="comes with the workbench"):
        registry.check_name("demo-credit")


def test_what_ships_cannot_be_promoted(registry: Registry, shipped: Path, analyst: Principal) -> None:
    with pytest.raises(RegistryError, match="cannot be changed"):
        registry.promote("demo-credit", read_manifest(shipped).version, by=analyst)
    with pytest.raises(ModelNotFound, match="demo-credit@"):
        registry.resolve("demo-credit@20200101T000000Z-000000")


def test_a_damaged_folder_among_what_ships_hides_no_other(registry: Registry, shipped: Path) -> None:
    (shipped.parent / "broken").mkdir()
    (shipped.parent / "broken" / "manifest.json").write_text("{")
    (shipped.parent / "README.md").write_text("")
    assert [r.name for r in registry.list()] == ["demo-credit"]


# Adding.


def test_a_viewer_changes_nothing(registry: Registry, make_bundle: MakeBundle, analyst: Principal, viewer: Principal) -> None:
    folder = make_bundle()
    with pytest.raises(AccessDenied, match="may look and predict"):
        registry.add(folder, by=viewer)
    record = registry.add(folder, by=analyst)
    with pytest.raises(AccessDenied, match="may look and predict"):
        registry.promote(record.name, record.version, by=viewer)


@pytest.mark.parametrize("name", ["../evil", "a/b", "顧客,[x]", ".store", "x@y", "カ\u3099ス"])
def test_a_bundle_with_a_hostile_name_is_not_added(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_path: Path, name: str
) -> None:
    folder = make_bundle(name)
    before = everything(tmp_path)
    with pytest.raises(RegistryError, match="cannot be a model's name"):
        registry.add(folder, by=analyst)
    assert everything(tmp_path) == before


def test_a_damaged_bundle_is_not_added(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore
) -> None:
    folder = make_bundle()
    (folder / "card.md").write_text("other")
    with pytest.raises(BundleError, match=r"not the ones that were written: card\.md"):
        registry.add(folder, by=analyst)
    (folder / "card.md").unlink()
    with pytest.raises(BundleError, match=r"card\.md"):
        registry.add(folder, by=analyst)
    assert list(tmp_store.list()) == []


def test_two_people_adding_at_once_both_end_up_registered(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, stranger: Principal
) -> None:
    folders = [make_bundle(seed=i) for i in range(6)]
    start = threading.Barrier(len(folders))

    def add(i: int) -> str:
        start.wait()
        return registry.add(folders[i], by=(analyst, stranger)[i % 2]).version

    with ThreadPoolExecutor(len(folders)) as pool:
        versions = list(pool.map(add, range(len(folders))))
    found = registry.versions("解約")
    assert [r.version for r in found] == sorted(versions, reverse=True)
    assert {r.owner for r in found} == {analyst.who, stranger.who}
    assert sum("champion" in r.aliases for r in found) == 1


def test_adding_the_same_bundle_again_finishes_what_was_begun(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore
) -> None:
    folder = make_bundle()
    version = read_manifest(folder).version
    tmp_store.put(f"models/解約/{version}/card.md", (folder / "card.md").read_bytes())
    record = registry.add(folder, by=analyst)
    assert registry.add(folder, by=analyst) == record
    assert read(registry.folder(record)).manifest.version == version


def test_another_content_in_the_same_place_is_refused(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore
) -> None:
    folder = make_bundle()
    tmp_store.put(f"models/解約/{read_manifest(folder).version}/card.md", b"other")
    with pytest.raises(RegistryError, match="already something else"):
        registry.add(folder, by=analyst)
    assert registry.list() == []


def test_a_half_delivered_version_is_not_listed(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore
) -> None:
    first, second = make_bundle(), make_bundle()
    record = registry.add(first, by=analyst)
    version = read_manifest(second).version
    tmp_store.put(f"models/解約/{version}/model.skops", (second / "model.skops").read_bytes())
    tmp_store.put("models/alone/20260901T000000Z-000000/model.skops", b"x")
    assert registry.list() == [record]
    assert list(registry.versions("解約")) == [record]
    with pytest.raises(ModelNotFound, match=record.version):
        registry.resolve(f"解約@{version}")


def test_a_version_without_aliases_is_still_found(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    tmp_store.delete("models/解約/aliases.json")
    assert registry.resolve("解約").version == record.version
    assert [r.version for r in registry.list()] == [record.version]


def test_a_manifest_that_cannot_be_read_hides_no_other_version(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    later = "20990101T000000Z-000000"
    tmp_store.put(f"models/解約/{later}/manifest.json", b'{"format": 99}')
    assert registry.list() == [record]
    with pytest.raises(BundleError, match="format 99"):
        registry.resolve(f"解約@{later}")


# Promoting.


@pytest.mark.parametrize("alias", ["", "Champion", "a b", "20260901T000000Z-000000", "x" * 41, "../x"])
def test_what_cannot_be_an_alias_is_refused(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, alias: str
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    with pytest.raises(RegistryError, match="cannot be an alias"):
        registry.promote(record.name, record.version, alias=alias, by=analyst)


def test_an_unknown_version_is_not_promoted(registry: Registry, make_bundle: MakeBundle, analyst: Principal) -> None:
    registry.add(make_bundle(), by=analyst)
    with pytest.raises(ModelNotFound, match="解約@20200101T000000Z-000000"):
        registry.promote("解約", "20200101T000000Z-000000", by=analyst)


def test_a_race_of_promotions_keeps_one_winner(registry: Registry, make_bundle: MakeBundle, analyst: Principal) -> None:
    versions = [registry.add(make_bundle(), by=analyst).version for _ in range(5)]
    start = threading.Barrier(len(versions))

    def promote(version: str) -> str | WorkbenchError:
        start.wait()
        try:
            return registry.promote("解約", version, by=analyst).version
        except PreconditionFailed as late:
            return late

    with ThreadPoolExecutor(len(versions)) as pool:
        answers = list(pool.map(promote, versions))
    holders = [r.version for r in registry.versions("解約") if "champion" in r.aliases]
    assert len(holders) == 1
    assert holders[0] in answers
    assert all("has just changed" in str(a) for a in answers if isinstance(a, WorkbenchError))


def test_a_promotion_that_comes_second_is_told(
    tmp_store: ObjectStore, registry: Registry, make_bundle: MakeBundle, analyst: Principal
) -> None:
    first, second, third = (registry.add(make_bundle(), by=analyst).version for _ in range(3))

    class Overtaken(Stored):
        """Somebody else promotes between the look and the write."""

        def change(self, name: str, changed: Callable[[Aliases], Aliases]) -> None:
            registry.promote(name, second, by=analyst)
            super().change(name, changed)

    with pytest.raises(PreconditionFailed, match="Somebody else has just changed 'champion'"):
        Overtaken(tmp_store).promote("解約", third, "champion")
    assert registry.resolve("解約").version == second != first


def test_a_registration_meanwhile_does_not_stop_a_promotion(
    tmp_store: ObjectStore, registry: Registry, make_bundle: MakeBundle, analyst: Principal
) -> None:
    _, second = (registry.add(make_bundle(), by=analyst).version for _ in range(2))
    third = make_bundle()

    class Overtaken(Stored):
        """Somebody else registers between the look and the write."""

        def change(self, name: str, changed: Callable[[Aliases], Aliases]) -> None:
            registry.add(third, by=analyst)
            super().change(name, changed)

    Overtaken(tmp_store).promote("解約", second, "champion")
    assert registry.resolve("解約").version == second
    assert len(registry.versions("解約")) == 3


# Local copies.


def test_a_stored_bundle_is_copied_once_and_whole(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_path: Path
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    folder = registry.folder(record)
    assert read(folder).reference == record.reference
    stamp = (folder / "manifest.json").stat().st_mtime_ns
    assert registry.folder(record) == folder
    assert (folder / "manifest.json").stat().st_mtime_ns == stamp
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [folder.name]
    assert folder.name == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def test_many_who_want_the_same_copy_get_it(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_path: Path
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    with ThreadPoolExecutor(6) as pool:
        folders = set(pool.map(lambda _: registry.folder(record), range(6)))
    assert len(folders) == 1
    assert read(folders.pop()).reference == record.reference
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_copy_with_another_manifest_is_fetched_again(registry: Registry, make_bundle: MakeBundle, analyst: Principal) -> None:
    record = registry.add(make_bundle(), by=analyst)
    folder = registry.folder(record)
    (folder / "manifest.json").write_text("{}")
    assert read(registry.folder(record)).reference == record.reference


def test_a_store_that_gives_other_bytes_gives_no_copy(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore, tmp_path: Path
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    tmp_store.put(f"models/{record.name}/{record.version}/card.md", b"other")
    with pytest.raises(BundleError, match=r"not the ones that were written: card\.md"):
        registry.folder(record)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_version_that_was_removed_meanwhile_is_not_found(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    for stat in list(tmp_store.list("models/")):
        tmp_store.delete(stat.name)
    with pytest.raises(ModelNotFound, match="There is no model"):
        registry.folder(record)


def test_a_new_registry_over_the_same_store_sees_the_same(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore, tmp_path: Path
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    assert Registry(tmp_store, shipped=tmp_path / "none", cache=tmp_path / "c2").list() == [record]


# Deleting and replacing.


def test_a_deleted_version_leaves_nothing(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore, tmp_path: Path
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    registry.folder(record)
    registry.delete(record, by=analyst)
    assert registry.list() == []
    assert list(tmp_store.list()) == []
    assert list((tmp_path / "cache").iterdir()) == []
    registry.delete(record, by=analyst)
    assert list(tmp_store.list()) == []
    again = registry.add(make_bundle(), by=analyst)
    assert again.aliases == ("champion",)


def test_no_other_version_answers_for_a_deleted_champion(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal
) -> None:
    first, second = registry.add(make_bundle("churn"), by=analyst), registry.add(make_bundle("churn"), by=analyst)
    registry.promote("churn", first.version, alias="audited", by=analyst)
    registry.delete(registry.resolve("churn"), by=analyst)
    assert registry.is_vacant("churn")
    for reference in ("churn", "churn@champion"):
        with pytest.raises(NoChampion, match=rf"Choose one on the models page, or name it: churn@{second.version}"):
            registry.resolve(reference)
    with pytest.raises(ModelNotFound, match="no model 'churn@audited'"):
        registry.resolve("churn@audited")
    assert [(r.version, r.aliases) for r in registry.list()] == [(second.version, ())]
    third = registry.add(make_bundle("churn"), by=analyst)
    assert third.aliases == ()
    with pytest.raises(NoChampion, match="has been chosen since"):
        registry.resolve("churn")
    registry.promote("churn", second.version, by=analyst)
    assert registry.resolve("churn").version == second.version


def test_deleting_another_version_leaves_the_champion(registry: Registry, make_bundle: MakeBundle, analyst: Principal) -> None:
    first, second = registry.add(make_bundle(), by=analyst), registry.add(make_bundle(), by=analyst)
    registry.delete(second, by=analyst)
    assert registry.resolve("解約") == first
    assert list(registry.versions("解約")) == [first]


def test_what_ships_and_what_a_viewer_asks_stays(
    registry: Registry, shipped: Path, make_bundle: MakeBundle, analyst: Principal, viewer: Principal
) -> None:
    with pytest.raises(RegistryError, match="cannot be changed"):
        registry.delete(registry.resolve("demo-credit"), by=analyst)
    record = registry.add(make_bundle(), by=analyst)
    with pytest.raises(AccessDenied, match="may look and predict"):
        registry.delete(record, by=viewer)
    assert registry.list()[1] == record


def test_an_interrupted_deletion_looks_deleted_and_can_be_finished(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    remove = type(tmp_store).delete

    def fails_at_rows(store: ObjectStore, name: str, **options: int) -> None:
        if name.endswith("golden.parquet"):
            raise PreconditionFailed("error.store.changed", name=name)
        remove(store, name, **options)

    monkeypatch.setattr(type(tmp_store), "delete", fails_at_rows)
    with pytest.raises(PreconditionFailed, match="golden"):
        registry.delete(record, by=analyst)
    monkeypatch.undo()
    for now in (registry, Registry(tmp_store, shipped=registry.shipped.folder, cache=registry.cache)):
        assert now.list() == []
    registry.finish(record.name, record.version, by=analyst)
    assert list(tmp_store.list()) == []


def test_another_process_drops_its_copy_of_what_was_deleted(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_store: ObjectStore, tmp_path: Path
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    other = Registry(tmp_store, shipped=tmp_path / "none", cache=tmp_path / "other")
    assert other.folder(other.resolve("解約")).is_dir()
    registry.delete(record, by=analyst)
    with pytest.raises(ModelNotFound, match="There is no model"):
        other.resolve("解約")
    assert list((tmp_path / "other").iterdir()) == []


def test_a_replacement_takes_the_aliases_over(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, stranger: Principal, tmp_store: ObjectStore, tmp_path: Path
) -> None:
    record = registry.add(make_bundle(), by=stranger)
    registry.promote(record.name, record.version, alias="audited", by=analyst)
    manifest = without_rows(read(registry.folder(record)), tmp_path / "plain", now=LATER)
    assert registry.replacement(record.name, record.version) is None
    new = registry.replace(record, tmp_path / "plain", by=analyst)
    assert (new.version, new.drawn_from, new.aliases, new.owner) == (
        manifest.version,
        record.version,
        ("audited", "champion"),
        stranger.who,
    )
    assert list(registry.versions("解約")) == [new]
    assert not list(tmp_store.list(f"models/解約/{record.version}"))
    assert registry.replacement(record.name, record.version) == new.version


def test_an_alias_that_moved_meanwhile_stays_where_it_went(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal, tmp_path: Path
) -> None:
    first, second = registry.add(make_bundle(), by=analyst), registry.add(make_bundle(), by=analyst)
    without_rows(read(registry.folder(first)), tmp_path / "plain", now=LATER)
    registry.promote("解約", second.version, by=analyst)
    assert registry.replace(first, tmp_path / "plain", by=analyst).aliases == ()
    assert registry.resolve("解約").version == second.version


def test_only_a_replacement_of_this_version_takes_its_place(
    registry: Registry, make_bundle: MakeBundle, analyst: Principal
) -> None:
    record = registry.add(make_bundle(), by=analyst)
    with pytest.raises(RegistryError, match="no replacement"):
        registry.replace(record, make_bundle(), by=analyst)
    assert registry.resolve("解約") == record


def everything(root: Path) -> set[Path]:
    """Every file below a folder but the store's own."""
    return {p for p in root.rglob("*") if p.is_file() and ".store" not in p.parts}
