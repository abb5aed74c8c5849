"""A bundle without rows of its training data: what explanations and proofs take is drawn from the columns' distributions.

Kept is what the model has learned and what its profile says of each column by itself: quantiles to three digits, blank rates,
and labels that at least five rows had. Gone is what belongs to a row: background, golden rows, free text, rarer labels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workbench.bundle import estimator, golden
from workbench.bundle.bundle import Bundle, arriving, parquet, read
from workbench.bundle.manifest import MANIFEST, Manifest, dumps, sha256, verified, version_id
from workbench.bundle.replay import Replay
from workbench.data.bounds import example
from workbench.data.contract import Contract
from workbench.data.fields import DAY, Field
from workbench.data.signature import Signature
from workbench.errors import BundleError
from workbench.words import LANGUAGES, Text

# Fixed, so that the same bundle gives the same replacement.
SEED = 404
# A label that fewer rows had says more about those rows than about the column.
FEWEST = 5
# Where estimators keep the rows they were fitted on: neighbours, support vectors, kernels.
ROWS_OF_ESTIMATORS = ("_fit_X", "support_vectors_", "X_train_", "X_fit_")
# So exact stay quantiles and ends of ranges, which are cells of somebody: nobody's amount to the last digit.
DIGITS = 3
EPOCH = datetime(1970, 1, 1)
Labels = Mapping[str, frozenset[str]]


def is_made_of_rows(model: Any) -> bool:
    """Tell whether an estimator, or one inside it, is nothing without training rows, so that no bundle can do without them."""
    return any(hasattr(model, name) for name in ROWS_OF_ESTIMATORS) or any(map(is_made_of_rows, estimator.inner(model)))


def without_rows(
    bundle: Bundle, folder: Path, *, now: datetime, seed: int = SEED, training: pl.DataFrame | None = None
) -> Manifest:
    """Write a bundle of the same model that holds no row of the training data.

    Parameters
    ----------
    bundle : Bundle
        The model as it is.
    folder : path
        Must not exist yet, or be empty; it appears whole, once it was read back and has proved itself.
    now : datetime
        The time of the new version, with its zone.
    seed : int
        What the rows are drawn by.
    training : polars.DataFrame, optional
        The training data, by which labels are counted; by default the profile's 50 most frequent ones, and no others stay.

    Returns
    -------
    Manifest
        Of the new version: scores, plan and folds stay, `drawn_from` names the old one.

    Raises
    ------
    BundleError
        If the estimator itself is made of rows.

    Notes
    -----
    The estimator is the same, so a row gets the same prediction as before. Only a label that fewer than five training rows
    had is from now on one the model does not know.
    """
    if is_made_of_rows(bundle.model):
        raise BundleError("error.bundle.made_of_rows", model=bundle.reference)
    with arriving(folder) as scratch:
        contents, tolerance = rewritten(bundle, kept_labels(bundle, training), seed)
        hashes = {file: sha256(content) for file, content in contents.items()}
        manifest = replace(
            bundle.manifest,
            version=version_id(now, hashes),
            sha256=hashes,
            tolerance=tolerance,
            drawn_from=bundle.manifest.version,
        )
        for file, content in contents.items():
            (scratch / file).write_bytes(content)
        (scratch / MANIFEST).write_bytes(dumps(manifest.to_dict()))
        read(scratch)
    return manifest


def kept_labels(bundle: Bundle, training: pl.DataFrame | None) -> Labels:
    """Return which labels of each category may stay: those that enough rows had."""
    names = [field.name for field in bundle.signature.fields if field.kind == "category"]
    return {name: frequent(bundle, name) if training is None else counted(training, name) for name in names}


def frequent(bundle: Bundle, name: str) -> frozenset[str]:
    """Return the labels of which the profile says that enough rows had them."""
    facts = bundle.profile["columns"][name]
    known = bundle.profile["rows"] * (1 - facts["missing_rate"])
    return frozenset(entry["value"] for entry in facts["top"] if round(entry["share"] * known) >= FEWEST)


def counted(training: pl.DataFrame, name: str) -> frozenset[str]:
    """Return the labels that enough of the training rows have."""
    labels = training.get_column(name).drop_nulls().cast(pl.String).alias("label").value_counts()
    return frozenset(labels.filter(pl.col("count") >= FEWEST).get_column("label").to_list())


def rewritten(bundle: Bundle, kept: Labels, seed: int) -> tuple[dict[str, bytes], float]:
    """Return every file's content without rows, and how exactly the new golden rows can be predicted again."""
    manifest = bundle.manifest
    program = plain_program(bundle.program, kept)
    profile = plain_profile(bundle.profile, kept)
    signature = Signature(tuple(plain_field(field, profile["columns"][field.name], kept) for field in bundle.signature.fields))
    ranges = {field.name: field.range for field in signature.fields if field.range is not None}
    replay = Replay(program, bundle.model, task=manifest.task, labels=manifest.labels, event=manifest.event)
    random = np.random.default_rng(seed)
    background = drawn(signature, profile, bundle.background.height, random)
    rows = drawn(signature, profile, bundle.golden.height, random)
    contents = verified(bundle.folder, manifest) | {
        "preparation.json": dumps(program),
        "signature.json": dumps(signature.to_dict()),
        "contract.json": dumps({**bundle.contract, "ranges": ranges, **plain_document(bundle.contract, signature)}),
        "profile.json": dumps(profile),
        "background.parquet": parquet(background),
        "golden.parquet": parquet(golden.with_outputs(rows, replay)),
    }
    contents["card.md"] += note(manifest).encode()
    return contents, max(manifest.tolerance, golden.tolerance(rows, replay))


def note(manifest: Manifest) -> str:
    """Return what the card says about it, in both languages."""
    said = Text("bundle.card.drawn", version=manifest.version, fewest=FEWEST)
    return "".join(f"\n{said.say(lang)}\n" for lang in LANGUAGES)


def plain_program(program: Mapping[str, Any], kept: Labels) -> dict[str, Any]:
    """Return a program whose tables list only labels that stay; the others come out as unseen ones do."""
    return {**program, "columns": [plain_column(column, kept) for column in program["columns"]]}


def plain_column(column: dict[str, Any], kept: Labels) -> dict[str, Any]:
    """Return one column of a program."""
    if column["kind"] != "table":
        return column
    labels = kept.get(column["source"], frozenset())
    pairs = [pair for pair in zip(column["values"], column["outputs"], strict=True) if pair[0] in labels]
    return {**column, "values": [value for value, _ in pairs], "outputs": [output for _, output in pairs]}


def plain_document(contract: Mapping[str, Any], signature: Signature) -> dict[str, Any]:
    """Return a contract's document with what the signature still says; nothing where the bundle is older than the document."""
    if "columns" not in contract:
        return {}
    try:
        return Contract.from_dict(contract).with_fields(signature.fields).to_dict()
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise BundleError("error.bundle.unreadable", file="contract.json") from problem


def plain_field(field: Field, facts: Mapping[str, Any], kept: Labels) -> Field:
    """Return a field without anything of a single row: no free text, no rare label, no number to the last digit."""
    if field.kind == "number" and (ends := facts["quantiles"]):
        plain = replace(field, range=(float(ends[0]), float(ends[-1])), example=ends[len(ends) // 2])
        return replace(plain, example=example(plain))
    if field.kind == "text":
        return replace(field, example=example(replace(field, example=None)))
    if field.kind != "category" or field.categories is None:
        return field
    labels = tuple(label for label in field.categories if label in kept[field.name])
    # Without a label left there is nothing that a row could hold to.
    return replace(field, categories=labels, example=labels[0] if labels else None, strict=field.strict and bool(labels))


def plain_profile(profile: Mapping[str, Any], kept: Labels) -> dict[str, Any]:
    """Return a profile without rare labels, its numbers rounded."""
    columns = {
        name: facts | rounded(facts) if facts["kind"] == "number" else facts for name, facts in profile["columns"].items()
    }
    for name, labels in kept.items():
        columns[name] = columns[name] | {"top": [entry for entry in columns[name]["top"] if entry["value"] in labels]}
    return {**profile, "columns": columns}


def rounded(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the quantiles of numbers to a few digits; the ends outwards, so that every training row stays within them."""
    ends = [float(end) for end in facts["quantiles"] if end is not None]
    if not ends:
        return {"quantiles": []}
    span = ends[-1] - ends[0]
    inner = [to_digits(end, span, round) for end in ends[1:-1]]
    return {"quantiles": [to_digits(ends[0], span, math.floor), *inner, to_digits(ends[-1], span, math.ceil)]}


def to_digits(value: float, span: float, whole: Callable[[float], int]) -> float:
    """Return a number to a few digits of itself, or of the column's span where that is smaller; what all rows have stays."""
    if not (size := min(abs(value), span)):
        return value
    places = DIGITS - 1 - math.floor(math.log10(size))
    return float(round(whole(round(value * 10.0**places, 6)) / 10.0**places, max(places, 0)))


def drawn(signature: Signature, profile: Mapping[str, Any], rows: int, random: np.random.Generator) -> pl.DataFrame:
    """Draw rows: each column by itself, so that no row has anything to do with one there was."""
    return pl.DataFrame([column(field, profile["columns"][field.name], rows, random) for field in signature.fields])


def column(field: Field, facts: Mapping[str, Any], rows: int, random: np.random.Generator) -> pl.Series:
    """Draw one column, blank as often as it was."""
    values = DRAWN[field.kind](facts, rows, random)
    blank = random.random(rows) < facts["missing_rate"]
    cells = [None if is_blank else value for value, is_blank in zip(values, blank, strict=True)]
    return pl.Series(field.name, cells, dtype=field.dtype)


def numbers(facts: Mapping[str, Any], rows: int, random: np.random.Generator) -> list[Any]:
    """Draw numbers between the quantiles, whole ones where those are."""
    ends = [float(end) for end in facts["quantiles"] if end is not None]
    found = between(ends, rows, random)
    return [round(value) for value in found] if ends and all(end.is_integer() for end in ends) else found


def moments(facts: Mapping[str, Any], rows: int, random: np.random.Generator) -> list[Any]:
    """Draw moments between the quantiles, days where those are, else to the second."""
    ends = [datetime.fromisoformat(str(end)) for end in facts["quantiles"]]
    naive = [end.astimezone(UTC).replace(tzinfo=None) if end.tzinfo else end for end in ends]
    found = between([(end - EPOCH).total_seconds() for end in naive], rows, random)
    drawn_at = [None if seconds is None else EPOCH + timedelta(seconds=round(seconds)) for seconds in found]
    is_day = all(len(str(end)) == DAY for end in facts["quantiles"])
    return [moment and moment.date() for moment in drawn_at] if is_day else drawn_at


def between(ends: list[float], rows: int, random: np.random.Generator) -> list[Any]:
    """Draw evenly along a curve of quantiles; nothing where the column had nothing."""
    if not ends:
        return [None] * rows
    return list(np.interp(random.random(rows), np.linspace(0, 1, len(ends)), ends).tolist())


def labels(facts: Mapping[str, Any], rows: int, random: np.random.Generator) -> list[Any]:
    """Draw labels as often as each occurred; nothing where none may stay."""
    if not (top := facts["top"]):
        return [None] * rows
    shares = np.array([entry["share"] for entry in top])
    values = [entry["value"] == "true" if facts["kind"] == "boolean" else entry["value"] for entry in top]
    return [values[place] for place in random.choice(len(top), rows, p=shares / shares.sum())]


def nothing(facts: Mapping[str, Any], rows: int, random: np.random.Generator) -> list[Any]:  # noqa: ARG001 - one of several
    """Draw no text: there is no distribution of it, only what somebody wrote."""
    return [None] * rows


DRAWN = {"number": numbers, "date": moments, "category": labels, "boolean": labels, "text": nothing}
