"""A deletion as it is written down: what is to go, kept until all of it is gone, and the receipt of what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from workbench.actions import held
from workbench.principal import Principal
from workbench.store import get_json, put_json
from workbench.words import Lang, Text

Choice = Literal["delete", "replace"]
FOLDER = "deletions/"


@dataclass(frozen=True)
class Deletion:
    """A deletion that has begun: everything it takes to finish it, names and counts only."""

    id: str
    name: str
    owner: str
    at: str
    choice: Choice | None
    family: str
    datasets: tuple[str, ...]
    fingerprints: tuple[str, ...]
    """Of these datasets, in their order."""
    uploads: tuple[str, ...]
    rows: int
    models: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    """Models of others that stay."""
    runs: tuple[str, ...]
    batches: tuple[str, ...]

    @classmethod
    def of(cls, data: dict[str, Any]) -> Deletion:
        """Return the deletion of its JSON."""
        pairs = {name: tuple((pair[0], pair[1]) for pair in data[name]) for name in ("models", "kept")}
        lists = {name: tuple(data[name]) for name in ("datasets", "fingerprints", "uploads", "runs", "batches")}
        return cls(**{**data, **pairs, **lists})


@dataclass(frozen=True)
class Receipt:
    """What is gone."""

    name: str
    owner: str
    at: str
    versions: int
    rows: int
    models_deleted: tuple[str, ...]
    models_replaced: tuple[tuple[str, str], ...]
    """Each with what stands in its place."""
    without_champion: tuple[str, ...]
    """Models of which versions remain, but none answers for the name now."""
    runs: int
    batches: int
    uploads: int

    def texts(self) -> list[Text]:
        """Return it in words, a sentence for each kind of thing."""
        said = [Text("forget.receipt.table", name=self.name, count=self.versions)]
        said += [Text("forget.receipt.model_deleted", model=model) for model in self.models_deleted]
        said += [Text("forget.receipt.model_replaced", old=old, new=new) for old, new in self.models_replaced]
        said += [Text("forget.receipt.no_champion", model=model) for model in self.without_champion]
        if self.runs or self.batches:
            said.append(Text("forget.receipt.runs", runs=self.runs, batches=self.batches))
        if self.uploads:
            said.append(Text("forget.receipt.uploads", count=self.uploads))
        return [*said, Text("forget.receipt.stays")]

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        """Return plain data for JSON, with the sentences in a language."""
        return asdict(self) | {"sentences": [text.say(lang) for text in self.texts()]}


def begun(dataset_id: str, *, by: Principal) -> Deletion | None:
    """Return the deletion of a dataset that was interrupted."""
    return next((deletion for deletion in deletions(by=by) if dataset_id in deletion.datasets), None)


def deletions(*, by: Principal) -> Iterator[Deletion]:
    """Yield what this person has begun to delete."""
    for stat in held.store().list(FOLDER):
        known = get_json(held.store(), stat.name)
        if known and known["owner"] == by.who:
            yield Deletion.of(known)


def place(dataset_id: str) -> str:
    """Return where it is said that a dataset is to go."""
    return f"{FOLDER}{dataset_id}.json"


def note(deletion: Deletion) -> None:
    """Write down what is to go, before it is touched."""
    put_json(held.store(), place(deletion.id), asdict(deletion))


def done(deletion: Deletion) -> None:
    """Forget a deletion of which nothing is left to do."""
    held.store().delete(place(deletion.id))
