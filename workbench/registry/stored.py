"""The models in a store: versions that never change, and one small object of aliases that changes by compare-and-set.

A version is written manifest last, so a half-delivered one is not there yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from workbench.bundle.manifest import FILES, MANIFEST, VERSION, Manifest, parse_manifest
from workbench.errors import BundleError, ModelNotFound, NoChampion, ObjectNotFound, PreconditionFailed, RegistryError
from workbench.registry.copies import digest_of, file_digest
from workbench.registry.names import is_name
from workbench.registry.records import CHAMPION, Aliases, ModelRecord
from workbench.store import ObjectStore, get_json, put_json

BLOCK = 1 << 20
# Every loser of a round tries again; so many people do not register at once.
ROUNDS = 60


def keep_nothing(name: str, version: str) -> None:
    """Do nothing about a version that is gone: there are no copies of it here."""


class Stored:
    """Registered models.

    Parameters
    ----------
    store : ObjectStore
        Holds ``models/NAME/VERSION/…`` and ``models/NAME/aliases.json``.
    gone : callable
        Told the name and version of what was known here and is no longer there, so that no copy outlives it.
    """

    def __init__(self, store: ObjectStore, *, gone: Callable[[str, str], object] = keep_nothing) -> None:
        self.store, self.gone = store, gone
        self.manifests: dict[tuple[str, str], tuple[Manifest, str]] = {}

    def names(self) -> list[str]:
        """Return what could be names of models; whether there is a whole version is not asked here."""
        names = [name for name in self.store.folders("models/") if is_name(name)]
        self.notice({known for known in list(self.manifests) if known[0] not in names})
        return names

    def versions(self, name: str) -> list[str]:
        """Return the whole versions of a model, oldest first."""
        if not is_name(name):
            return []
        below = [v for v in self.store.folders(f"models/{name}/") if VERSION.match(v)]
        self.notice({known for known in list(self.manifests) if known[0] == name and known[1] not in below})
        return [v for v in below if (name, v) in self.manifests or self.store.stat(f"{prefix_of(name, v)}/{MANIFEST}")]

    def notice(self, deleted: Iterable[tuple[str, str]]) -> None:
        """Forget versions that were deleted, here or by another process."""
        for name, version in deleted:
            self.manifests.pop((name, version), None)
            self.gone(name, version)

    def champion(self, name: str) -> ModelRecord | None:
        """Return a model's champion, or the newest version that can be read; None where none can."""
        aliases = self.aliases(name)
        return next(self.readable(name, aliases, [aliases.aliases.get(CHAMPION, ""), *self.versions(name)[::-1]]), None)

    def records(self, name: str) -> list[ModelRecord]:
        """Return every version of a model that can be read, newest first."""
        versions = self.versions(name)
        return list(self.readable(name, self.aliases(name), versions[::-1])) if versions else []

    def readable(self, name: str, aliases: Aliases, versions: Iterable[str]) -> Iterator[ModelRecord]:
        """Return the records of those versions whose manifests can be read."""
        for version in versions:
            if VERSION.match(version):
                with suppress(BundleError, ObjectNotFound):
                    yield self.record(name, version, aliases)

    def resolve(self, name: str, which: str) -> ModelRecord | None:
        """Return the record of a version named by itself, by an alias, or not at all; None where there is no such model.

        Raises
        ------
        ModelNotFound
            If the model has no such version or alias; names those it has.
        NoChampion
            If the champion was deleted and nobody has chosen another: which one answers is a person's to say.
        """
        versions = self.versions(name)
        if not versions:
            return None
        aliases = self.aliases(name)
        champion = aliases.aliases.get(CHAMPION)
        if which in ("", CHAMPION) and champion is not None and champion not in versions:
            raise NoChampion(
                "error.registry.no_champion", name=name, versions=[f"{name}@{version}" for version in versions[::-1]]
            )
        version = which if VERSION.match(which) else aliases.aliases.get(which or CHAMPION, "")
        if not which and champion is None:  # registered, but the aliases were not written any more
            version = versions[-1]
        if version not in versions:
            raise ModelNotFound(f"{name}@{which}", [f"{name}@{known}" for known in (*aliases.aliases, *versions[::-1])])
        return self.record(name, version, aliases)

    def record(self, name: str, version: str, aliases: Aliases) -> ModelRecord:
        """Return the record of a version."""
        manifest, _ = self.manifest(name, version)
        return ModelRecord.of(manifest, aliases=aliases.names_of(version), owner=aliases.owners.get(version), shipped=False)

    def manifest(self, name: str, version: str) -> tuple[Manifest, str]:
        """Return a version's manifest and the hash of its bytes; read once, since versions never change.

        Raises
        ------
        ObjectNotFound
            If there is no such version.
        BundleError
            If the manifest cannot be read, or is that of another model.
        """
        if (name, version) not in self.manifests:
            content = self.store.get(f"{prefix_of(name, version)}/{MANIFEST}")
            manifest = parse_manifest(content)
            if (manifest.name, manifest.version) != (name, version):
                raise BundleError("error.bundle.unreadable", file=MANIFEST)
            self.manifests[name, version] = (manifest, hashlib.sha256(content).hexdigest())
        return self.manifests[name, version]

    def add(self, folder: Path, manifest: Manifest, *, who: str) -> None:
        """Deliver a bundle and enter its version; the first of a name becomes champion."""
        for file in (*FILES, MANIFEST):  # the manifest last: it makes the version whole
            self.deliver(folder / file, f"{prefix_of(manifest.name, manifest.version)}/{file}")
        self.change(manifest.name, lambda aliases: aliases.registered(manifest.version, who))

    def deliver(self, path: Path, name: str) -> None:
        """Copy one file into the store, unless the same content is there already."""
        try:
            with path.open("rb") as file:
                self.store.write(name, iter(lambda: file.read(BLOCK), b""), if_generation=0)
        except PreconditionFailed as problem:
            if digest_of(self.store.stream(name)) != file_digest(path):
                raise RegistryError("error.registry.version_taken", name=name) from problem

    def promote(self, name: str, version: str, alias: str) -> None:
        """Give an alias to a version.

        Raises
        ------
        PreconditionFailed
            If somebody else gave the same alias away at this moment.
        """
        before = self.aliases(name).aliases.get(alias)

        def promoted(aliases: Aliases) -> Aliases:
            if aliases.aliases.get(alias) != before:
                raise PreconditionFailed("error.registry.promoted_meanwhile", name=name, alias=alias)
            return aliases.promoted(alias, version)

        self.change(name, promoted)

    def delete(self, name: str, version: str, *, instead: str | None = None) -> None:
        """Delete a version; a second call finishes what a first one began.

        Parameters
        ----------
        name : str
            The model's.
        version : str
            What goes.
        instead : str, optional
            The version that its aliases go over to.
        """
        prefix = prefix_of(name, version)
        for _ in range(2):  # the second time for an alias that was given in between
            self.change(name, lambda aliases: aliases.without(version, instead=instead))
            self.store.delete(f"{prefix}/{MANIFEST}")  # first: without it there is no such version
            self.notice([(name, version)])
        for stat in list(self.store.list(f"{prefix}/")):
            self.store.delete(stat.name)
        self.tidy(name)

    def tidy(self, name: str) -> None:
        """Remove the aliases of a model that has no version any more, unless somebody registers one at this moment."""
        known = self.store.stat(aliases_of(name))
        if known and not list(self.store.folders(f"models/{name}/")):
            with suppress(PreconditionFailed):
                self.store.delete(known.name, if_generation=known.generation)

    def aliases(self, name: str) -> Aliases:
        """Return a model's aliases with the generation that was read."""
        path = aliases_of(name)
        stat = self.store.stat(path)
        # Read after the generation: a change in between makes the write fail, never the other way round.
        return Aliases.of(get_json(self.store, path), stat.generation) if stat else Aliases()

    def change(self, name: str, changed: Callable[[Aliases], Aliases]) -> None:
        """Change a model's aliases, again from the start whenever somebody else was faster."""
        for attempt in range(ROUNDS):
            old = self.aliases(name)
            if (new := changed(old)) == old:
                return
            try:
                put_json(self.store, aliases_of(name), new.to_dict(), if_generation=new.generation)
                return
            except PreconditionFailed:
                if attempt == ROUNDS - 1:
                    raise


def prefix_of(name: str, version: str) -> str:
    """Return where a version's files are in the store."""
    return f"models/{name}/{version}"


def aliases_of(name: str) -> str:
    """Return where a model's aliases are in the store."""
    return f"models/{name}/aliases.json"
