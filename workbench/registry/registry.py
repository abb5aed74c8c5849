"""Models by name: those that ship and those that were registered, their versions, and which of them is champion."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from workbench.bundle.manifest import read_manifest
from workbench.errors import ModelNotFound, ObjectNotFound, RegistryError
from workbench.principal import Principal
from workbench.registry.copies import check_hashes, drop_copies, local_copy
from workbench.registry.names import check_name
from workbench.registry.records import CHAMPION, ModelRecord
from workbench.registry.shipped import Shipped
from workbench.registry.stored import Stored, prefix_of
from workbench.store import ObjectStore

ALIAS = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")


class Registry:
    """The models of one store, beside those that ship.

    Parameters
    ----------
    store : ObjectStore
        Where registered models are.
    shipped : path
        A folder of bundles that come with the product: always listed, never changed.
    cache : path
        Where local copies of stored bundles are kept.
    """

    def __init__(self, store: ObjectStore, *, shipped: Path, cache: Path) -> None:
        self.shipped, self.cache = Shipped(shipped), cache
        self.stored = Stored(store, gone=lambda name, version: drop_copies(cache, name, version))

    def list(self) -> list[ModelRecord]:
        """List the champion of every model, those that ship first, each part by name.

        Of a model without a champion the newest version stands in the list, without that alias.
        """
        shipped = self.shipped_models()
        taken = {record.name for record in shipped}
        stored = [self.stored.champion(name) for name in self.stored.names() if name not in taken]
        return [*shipped, *(record for record in stored if record is not None)]

    def shipped_models(self) -> Sequence[ModelRecord]:
        """List the models that come with the product, which need no store."""
        return [record for name in self.shipped.bundles() if (record := self.shipped.record(name))]

    def versions(self, name: str) -> tuple[ModelRecord, ...]:
        """List every version of a model, newest first.

        Raises
        ------
        ModelNotFound
            Names the closest models.
        """
        name = unicodedata.normalize("NFC", name)
        if shipped := self.shipped.record(name):
            return (shipped,)
        if not (found := self.stored.records(name)):
            raise ModelNotFound(name, self.names())
        return tuple(found)

    def resolve(self, reference: str) -> ModelRecord:
        """Return the record of ``NAME``, ``NAME@VERSION`` or ``NAME@ALIAS``; the champion where only a name is given.

        Raises
        ------
        ModelNotFound
            Names the closest models, or the model's own versions and aliases.
        NoChampion
            If only a name is given, and the version that answered for it was deleted.
        """
        name, _, which = unicodedata.normalize("NFC", reference.strip()).partition("@")
        if shipped := self.shipped.record(name):
            if which in ("", CHAMPION, shipped.version):
                return shipped
            raise ModelNotFound(reference, [shipped.reference, f"{name}@{CHAMPION}"])
        if record := self.stored.resolve(name, which):
            return record
        raise ModelNotFound(name, self.names())

    def folder(self, record: ModelRecord) -> Path:
        """Return a local copy of a version's bundle: in place if it ships, else fetched once.

        Raises
        ------
        ModelNotFound
            If the version is no longer there.
        BundleError
            If what arrived is not what the manifest promises.
        """
        if record.shipped:
            if path := self.shipped.path(record.name):
                return path
            raise ModelNotFound(record.name, self.names())
        try:
            manifest, digest = self.stored.manifest(record.name, record.version)
            return local_copy(self.stored.store, prefix_of(record.name, record.version), self.cache, manifest, digest)
        except ObjectNotFound as problem:
            raise ModelNotFound(record.reference, self.names()) from problem

    def add(self, folder: Path, *, by: Principal) -> ModelRecord:
        """Register a bundle; the first version of a name becomes champion.

        Adding the same bundle again, after a connection broke, finishes what was begun.

        Raises
        ------
        RegistryError
            If the name cannot be used, or belongs to a model that ships.
        BundleError
            If the folder holds no whole bundle.
        """
        by.require("analyst")
        manifest = read_manifest(folder)
        check_hashes(folder, manifest)
        name = self.check_name(manifest.name)
        if name != manifest.name:
            raise RegistryError("error.registry.name", name=manifest.name, proposed=name)
        self.stored.add(folder, manifest, who=by.who)
        return self.resolve(f"{name}@{manifest.version}")

    def promote(self, name: str, version: str, *, by: Principal, alias: str = CHAMPION) -> ModelRecord:
        """Give an alias to a version.

        Raises
        ------
        ModelNotFound
            If there is no such version.
        RegistryError
            If the model ships, or the alias cannot be one.
        PreconditionFailed
            If somebody else gave the same alias away at this moment.
        """
        by.require("analyst")
        if not ALIAS.match(alias):
            raise RegistryError("error.registry.alias", alias=alias)
        record = self.resolve(f"{name}@{version}")
        if record.shipped:
            raise RegistryError("error.registry.shipped_fixed", name=record.name)
        self.stored.promote(record.name, record.version, alias)
        return self.resolve(record.reference)

    def delete(self, record: ModelRecord, *, by: Principal) -> None:
        """Delete a version with everything it holds; again, to finish what was begun.

        The champion's place stays vacant: no other version answers for the name before somebody promotes it.

        Raises
        ------
        RegistryError
            If the model ships.
        """
        self.change_allowed(record, by)
        self.stored.delete(record.name, record.version)

    def replace(self, record: ModelRecord, folder: Path, *, by: Principal) -> ModelRecord:
        """Put a bundle that holds none of its rows in a version's place: its aliases go over, then the version is deleted.

        Parameters
        ----------
        record : ModelRecord
            What goes.
        folder : path
            What `bundle.without_rows` made of it.
        by : Principal
            Who asks; the owner stays whoever registered the model.

        Raises
        ------
        RegistryError
            If the model ships, or the folder holds no replacement of this version.
        """
        self.change_allowed(record, by)
        manifest = read_manifest(folder)
        check_hashes(folder, manifest)
        if (manifest.name, manifest.drawn_from) != (record.name, record.version):
            raise RegistryError("error.registry.no_replacement", model=record.reference)
        self.stored.add(folder, manifest, who=record.owner or by.who)
        self.stored.delete(record.name, record.version, instead=manifest.version)
        return self.resolve(f"{manifest.name}@{manifest.version}")

    def finish(self, name: str, version: str, *, by: Principal) -> None:
        """Finish a deletion, or a replacement, that was interrupted once the version itself was gone."""
        by.require("analyst")
        self.stored.delete(name, version, instead=self.replacement(name, version))

    def replacement(self, name: str, version: str) -> str | None:
        """Return the version that was made to replace another."""
        return next((record.version for record in self.stored.records(name) if record.drawn_from == version), None)

    def is_vacant(self, name: str) -> bool:
        """Tell whether a model has versions, but no champion since it was deleted."""
        return self.stored.aliases(name).is_vacant and bool(self.stored.versions(name))

    def change_allowed(self, record: ModelRecord, by: Principal) -> None:
        """Refuse who may not change models, and any change of one that ships."""
        by.require("analyst")
        if record.shipped:
            raise RegistryError("error.registry.shipped_fixed", name=record.name)

    def all_versions(self) -> Sequence[ModelRecord]:
        """List every version of every registered model; those that ship are not among them."""
        shipped = {record.name for record in self.shipped_models()}
        return [record for name in self.stored.names() if name not in shipped for record in self.stored.records(name)]

    def check_name(self, name: str) -> str:
        """Return a name that a new version may have, in its composed form.

        Raises
        ------
        RegistryError
            If it cannot be a name, or belongs to a model that ships.
        """
        name = check_name(name)
        if self.shipped.record(name):
            raise RegistryError("error.registry.shipped_name", name=name)
        return name

    def names(self) -> tuple[str, ...]:
        """Return the names of all models, those that ship first."""
        return tuple(record.name for record in self.list())
