"""What the registry says about a version of a model, and who calls it what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workbench.bundle.manifest import Manifest
from workbench.task import Task

CHAMPION = "champion"
# What the champion's alias stands for once its version was deleted: nothing, which is not the same as never given.
VACANT = ""


@dataclass(frozen=True)
class ModelRecord:
    """One version of a model, without the model."""

    name: str
    version: str
    aliases: tuple[str, ...]
    task: Task
    target: str
    created: datetime
    owner: str | None
    """Who registered it; nobody for a model that ships."""
    metrics: dict[str, float | None]
    sort: str | None
    """The metric by which it was chosen."""
    sample: str | None
    shipped: bool
    title: str
    estimator: str
    rows: int = 0
    fingerprint: str = ""
    """The training data's."""
    drawn_from: str | None = None
    """The version this one replaces without rows of the training data."""

    @property
    def reference(self) -> str:
        """The model as ``name@version``."""
        return f"{self.name}@{self.version}"

    @classmethod
    def of(cls, manifest: Manifest, *, aliases: tuple[str, ...], owner: str | None, shipped: bool) -> ModelRecord:
        """Return the record of a bundle's manifest."""
        return cls(
            name=manifest.name,
            version=manifest.version,
            aliases=aliases,
            task=manifest.task,
            target=manifest.target,
            created=moment_of(manifest.created),
            owner=owner,
            metrics=manifest.metrics,
            sort=manifest.plan.get("sort"),
            sample=manifest.sample,
            shipped=shipped,
            title=manifest.title,
            estimator=manifest.estimator,
            rows=manifest.rows,
            fingerprint=manifest.fingerprint,
            drawn_from=manifest.drawn_from,
        )


def moment_of(text: str) -> datetime:
    """Return a manifest's time, in UTC."""
    when = datetime.fromisoformat(text)
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Aliases:
    """A model's aliases and who registered each version: the one object that changes, by compare-and-set."""

    aliases: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    generation: int = 0
    """The store's; 0 where nobody has written yet."""

    @classmethod
    def of(cls, data: Mapping[str, Any] | None, generation: int) -> Aliases:
        """Return the aliases of their JSON."""
        data = data or {}
        return cls(dict(data.get("aliases", {})), dict(data.get("owners", {})), generation)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"aliases": self.aliases, "owners": self.owners}

    @property
    def is_vacant(self) -> bool:
        """True where the champion was deleted, and nobody has chosen another since."""
        return self.aliases.get(CHAMPION) == VACANT

    def registered(self, version: str, who: str) -> Aliases:
        """Return them with one version more; the first becomes champion, but none takes a vacant place by itself."""
        aliases = self.aliases if CHAMPION in self.aliases else {**self.aliases, CHAMPION: version}
        return Aliases(aliases, {**self.owners, version: who}, self.generation)

    def promoted(self, alias: str, version: str) -> Aliases:
        """Return them with an alias that stands for a version."""
        return Aliases({**self.aliases, alias: version}, self.owners, self.generation)

    def without(self, version: str, *, instead: str | None = None) -> Aliases:
        """Return them without a version: another takes its aliases, or they are given up and a champion's place is vacant."""
        owners = {known: who for known, who in self.owners.items() if known != version}
        if not owners:
            return Aliases({}, {}, self.generation)
        given = {alias: instead or VACANT if to == version else to for alias, to in self.aliases.items()}
        aliases = {alias: to for alias, to in given.items() if to or alias == CHAMPION}
        return Aliases(aliases, owners, self.generation)

    def names_of(self, version: str) -> tuple[str, ...]:
        """Return the aliases of a version."""
        return tuple(sorted(alias for alias, to in self.aliases.items() if to == version))
