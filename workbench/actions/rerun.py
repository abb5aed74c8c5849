"""A recipe run again: on its own table to the same numbers, or on new rows, with the new model beside the champion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from workbench.actions import agreement, audit, champions, compare, held, predict, prepare, shelf, sources, winner
from workbench.actions.agreement import Agreement
from workbench.actions.champions import Beside
from workbench.data import Dataset, Roles
from workbench.data import datasets as tables
from workbench.data.repairs import Repairs
from workbench.data.role_sheet import read_roles
from workbench.errors import DataError, ExperimentError, WorkbenchError
from workbench.experiment.champion import Heard
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.recipe import Recipe
from workbench.principal import Principal
from workbench.registry import ModelRecord, clean_name
from workbench.words import Lang, Text

# Arithmetic on another machine differs in the last digits.
SAME_WITHIN = 1e-6
Tell = Callable[[Text], None]


@dataclass(frozen=True)
class Arrived:
    """The table that a recipe is run on."""

    made: Dataset
    """As it is learned from, repaired."""
    raw: Callable[[Sequence[str]], pl.DataFrame]
    """Its rows as a prediction reads them, some columns as text; for new rows only."""
    agreed: Agreement
    sample: str | None = None
    is_same: bool | None = None
    """Whether it is the recipe's own table; None where the recipe does not say which that was."""


def run(
    recipe: Recipe,
    *,
    by: Principal,
    emit: compare.Emit,
    tell: Tell,
    data: str | None = None,
    near: Sequence[Path] = (),
    name: str | None = None,
    reading: Mapping[str, Any] | None = None,
    repairs: str | None = None,
    roles: str | None = None,
    lang: Lang = "en",
) -> dict[str, Any]:
    """Run a recipe again in this process, which is the command line's: PyCaret changes it.

    Parameters
    ----------
    recipe : Recipe
        What to do.
    by : Principal
        Who asks; an analyst.
    emit : callable
        Told what happens.
    tell : callable
        Told what was repaired and left out, sentence by sentence, before anything is trained.
    data : str, optional
        New rows, as the command line names a table; by default the recipe's own table.
    near : sequence of path, optional
        Where the recipe's own table may be as a file.
    name : str, optional
        The new model's name; the recipe's by default.
    reading : mapping, optional
        How the new rows are read, where not as the recipe says.
    repairs, roles : str, optional
        What is repaired and what the columns are for, as the command line's flags say it, instead of what the recipe says.
    lang : {"ja", "en"}
        The language of the sentences.

    Returns
    -------
    dict
        The contract's keys of `compare`, and `data`, `repeated`, `champion` and `said`. The best model is registered, and no
        version is promoted for it.

    Raises
    ------
    DataError
        If the table cannot be found or read, or lacks the target, the group or the time.
    ExperimentError
        If the plan cannot work on it.
    """
    from workbench.experiment.engine.around import Around  # brings the engine's libraries

    audit.allow_change(by)
    given = {key: value for key, value in (reading or {}).items() if value is not None}
    if not data and (given or repairs is not None):
        raise ExperimentError("error.recipe.needs_data")
    how = {**recipe.reading, **given}
    if data:
        arrived = new_rows(recipe, data, how, by=by, tell=tell, asked=repairs)
    else:
        arrived = own_table(recipe, near, by=by, tell=tell)
    recipe = recipe.with_roles(read_roles(Path(roles), arrived.made.columns)) if roles else recipe
    plan, kept_roles, gone = recipe.on(arrived.made.columns)
    if gone:
        tell(Text("recipe.gone", count=len(gone), columns=gone))
    plan = replace(plan, name=name or plan.name or clean_name(Path(arrived.made.name).stem)).checked(arrived.made.frame)
    plan = replace(plan, name=held.registry().check_name(plan.name))
    champion = None if arrived.is_same or not data else champions.of((recipe.plan.name, plan.name))
    heard = Heard()
    compared = compare.run(arrived.made.frame, plan, emit=emit, around=Around(kept=heard))
    record = kept(compared, arrived, kept_roles, by=by)
    beside = judged(champion, compared, heard, arrived, by=by, near=near, reading=dict(recipe.reading))
    repeated = repetition(recipe, compared) if arrived.is_same is not False else None
    said = [*repeated_texts(repeated), *(beside.texts if beside else no_champion(data, arrived)), *registered(record, champion)]
    return compare.result(compared, record) | {
        "data": {"name": arrived.made.name, "rows": arrived.made.rows, "fingerprint": arrived.made.fingerprint}
        | {"same": arrived.is_same},
        "repeated": repeated,
        "champion": beside.to_dict() if beside else None,
        "said": [text.say(lang) for text in said],
    }


def new_rows(recipe: Recipe, data: str, how: dict[str, Any], *, by: Principal, tell: Tell, asked: str | None = None) -> Arrived:
    """Read new rows, and make the recipe's repairs on them as far as they have the columns, or those that were asked for."""
    source = sources.open_source(data, **how)
    columns = source.reading.frame.columns
    repairs = recipe.repairs.only(columns) if asked is None else prepare.wanted(source, asked)
    if asked is None and (absent := [column for column in recipe.repairs.names if column not in columns]):
        tell(Text("recipe.unrepaired", count=len(absent), columns=absent))
    made = made_of(source, repairs, by=by, tell=tell)

    def raw(text: Sequence[str]) -> pl.DataFrame:
        again = sources.open_source(data, **how, text=text).reading.frame if text else source.reading.frame
        return again if again.height == made.rows else source.reading.frame

    agreed = Agreement(source.name, reading=source.settings, repairs=repairs)
    return Arrived(made, raw, agreed, source.sample, made.fingerprint == recipe.data.fingerprint)


def made_of(source: sources.Source, repairs: Repairs, *, by: Principal, tell: Tell) -> Dataset:
    """Return a table that was read as a dataset that is not stored, repaired, and say what was repaired."""
    for text in (ready := prepare.made(source, repairs)).made:
        tell(text)
    made = tables.make(ready.source.reading, name=source.name, owner=by.who)
    return replace(made, repairs=repairs)


def own_table(recipe: Recipe, near: Sequence[Path], *, by: Principal, tell: Tell) -> Arrived:
    """Find the table that a recipe was made with: the sample, a stored table of the same content, or a file.

    Raises
    ------
    DataError
        If it is nowhere, or a file of its name holds something else by now.
    """
    known, wanted = recipe.data, recipe.data.fingerprint
    for one in shelf.listed() if wanted else ():
        if one.fingerprint == wanted and (one.owner == by.who or one.shared):
            dataset = shelf.opened(one.id, by=by)
            return Arrived(dataset, nothing_raw, agreement.of_dataset(dataset), known.sample, True)
    places = [f"{sources.SAMPLE}{known.sample}"] if known.sample else [str(path) for path in near if path.is_file()]
    for place in places:
        source = sources.open_source(place, **recipe.reading)
        repairs = recipe.repairs.only(source.reading.frame.columns)
        made = made_of(source, repairs, by=by, tell=tell)
        if made.fingerprint == wanted or not wanted:
            agreed = Agreement(source.name, reading=source.settings, repairs=repairs)
            return Arrived(made, nothing_raw, agreed, source.sample, True if wanted else None)
    if places:
        raise DataError("error.recipe.changed", name=places[0])
    raise DataError("error.recipe.no_table", name=known.name or "–")


def nothing_raw(_text: Sequence[str]) -> pl.DataFrame:
    """Return no rows: a repetition is held against its own numbers."""
    return pl.DataFrame()


def kept(compared: Comparison, arrived: Arrived, roles: Roles, *, by: Principal) -> ModelRecord | None:
    """Register the best model with what was agreed."""
    return winner.keep(
        compared,
        arrived.made.frame,
        fingerprint=arrived.made.fingerprint,
        roles=roles,
        repairs=arrived.made.repairs,
        by=by,
        sample=arrived.sample,
        agreed=arrived.agreed,
    )


def judged(
    champion: ModelRecord | None,
    compared: Comparison,
    heard: Heard,
    arrived: Arrived,
    *,
    by: Principal,
    near: Sequence[Path],
    reading: dict[str, Any],
) -> Beside | None:
    """Return the champion beside the new model, where there is one."""
    if champion is None:
        return None
    try:
        text = predict.texts(held.bundle(champion))
    except WorkbenchError as problem:
        return Beside(champion, Text(problem.key, **problem.values))
    raw = arrived.raw(text)
    return champions.beside(champion, compared, heard, arrived.made.frame, raw, by=by, near=near, reading=reading)


def repetition(recipe: Recipe, compared: Comparison) -> dict[str, Any] | None:
    """Return whether the same numbers came out, where the recipe says which those were."""
    if not recipe.result:
        return None
    fitted = compared.fitted
    model = fitted.estimator if fitted else None
    pairs = [
        (before, now.get(metric))
        for kind, now in (("metrics", fitted.metrics if fitted else {}), ("holdout", fitted.holdout if fitted else {}))
        for metric, before in (recipe.result.get(kind) or {}).items()
    ]
    apart = [abs(a - b) / max(abs(a), 1.0) for a, b in pairs if a is not None and b is not None]
    same = (
        recipe.result.get("model") == model
        and all((a is None) == (b is None) for a, b in pairs)
        and all(one <= SAME_WITHIN for one in apart)
    )
    return {"same": same, "numbers": len(apart), "largest_difference": max(apart, default=None), "model": model}


def repeated_texts(repeated: Mapping[str, Any] | None) -> list[Text]:
    """Return the sentence on a repetition."""
    if repeated is None:
        return []
    if repeated["same"]:
        return [Text("recipe.repeated.same", count=repeated["numbers"])]
    largest = repeated["largest_difference"]
    return [Text("recipe.repeated.not", largest="–" if largest is None else f"{largest:.3g}")]


def no_champion(data: str | None, arrived: Arrived) -> list[Text]:
    """Return the sentence where new rows are beside nothing."""
    return [Text("recipe.beside.none")] if data and not arrived.is_same else []


def registered(record: ModelRecord | None, champion: ModelRecord | None) -> list[Text]:
    """Return what was registered, and who is champion: nobody is promoted by a recipe."""
    if record is None:
        return []
    if "champion" in record.aliases:
        return [Text("recipe.registered.first", model=record.reference)]
    if champion is not None and champion.name == record.name:
        return [Text("recipe.registered.beside", model=record.reference, champion=champion.reference)]
    return [Text("recipe.registered.plain", model=record.reference)]
