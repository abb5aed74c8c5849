"""The bundle: a model with everything that predicting, explaining and judging it takes, as a folder of plain files.

Reading trusts nothing: first the manifest, then the hash of every file, then the types of the estimator, and at last the model
must say about its golden rows what it said when it was written.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import polars as pl

from workbench.bundle import estimator, golden
from workbench.bundle.card import card
from workbench.bundle.distribution import summarise
from workbench.bundle.fitted import Fitted
from workbench.bundle.manifest import (
    FORMAT,
    MANIFEST,
    OPERATING,
    REPAIRING,
    Manifest,
    dumps,
    json_ready,
    parse,
    read_manifest,
    sha256,
    verified,
    version_id,
)
from workbench.bundle.preparation import check_program, is_plain
from workbench.bundle.replay import Replay
from workbench.data.repairs import Repairs
from workbench.data.signature import Signature
from workbench.errors import BundleError, DataError

BACKGROUND_ROWS, GOLDEN_ROWS = 200, 50
# Fixed, so that the same training gives the same bundle.
BACKGROUND_SEED, GOLDEN_SEED = 20, 50
UNREPAIRED = Repairs()
LIBRARIES = ("numpy", "scikit-learn", "scipy", "polars", "skops", "lightgbm", "xgboost", "catboost")


@dataclass(frozen=True)
class Bundle:
    """A model that has been read and verified."""

    folder: Path
    manifest: Manifest
    program: dict[str, Any]
    model: Any
    signature: Signature
    background: pl.DataFrame
    """Up to 200 training rows, features only: what explanations compare with."""
    golden: pl.DataFrame
    """Up to 50 training rows, features only."""
    replay: Replay
    profile: dict[str, Any]
    """The training data in summary, `distribution.summarise`."""
    contract: dict[str, Any]
    decision: dict[str, Any]
    repairs: Repairs = field(default_factory=Repairs)
    """How the training table's features were repaired: every new row is, the same way, before anything else."""

    @property
    def reference(self) -> str:
        """The model as ``name@version``."""
        return f"{self.manifest.name}@{self.manifest.version}"


def read(folder: Path, *, verify: bool = True) -> Bundle:
    """Read a bundle.

    Parameters
    ----------
    folder : path
        Holds the bundle's files.
    verify : bool
        Predict the golden rows again. Hashes and types are checked in any case.

    Returns
    -------
    Bundle
        Ready to predict.

    Raises
    ------
    BundleError
        If the format is unknown, a file missing, changed or damaged, a type not trusted, or a golden row comes out otherwise.
    """
    manifest = read_manifest(folder)
    contents = verified(folder, manifest)
    program = check_program(parse(contents["preparation.json"], "preparation.json"))
    signature = read_signature(contents["signature.json"])
    model = estimator.load(contents["model.skops"], file="model.skops")
    replay = Replay(program, model, task=manifest.task, labels=manifest.labels, event=manifest.event)
    kept = read_table(contents["golden.parquet"], "golden.parquet", signature)
    if verify:
        golden.check(kept, signature.names, replay, within=manifest.tolerance)
    return Bundle(
        folder=folder,
        manifest=manifest,
        program=program,
        model=model,
        signature=signature,
        background=read_table(contents["background.parquet"], "background.parquet", signature).select(signature.names),
        golden=kept.select(signature.names),
        replay=replay,
        profile=parse(contents["profile.json"], "profile.json"),
        contract=parse(contents["contract.json"], "contract.json"),
        decision=parse(contents["decision.json"], "decision.json"),
        repairs=read_repairs(contents["repairs.json"], signature),
    )


def read_signature(content: bytes) -> Signature:
    """Return the signature of its file."""
    try:
        return Signature.from_dict(parse(content, "signature.json"))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise BundleError("error.bundle.unreadable", file="signature.json") from problem


def read_repairs(content: bytes, signature: Signature) -> Repairs:
    """Return the repairs of their file; one of a column that the model does not have was not written by us."""
    try:
        repairs = Repairs.from_list(parse(content, "repairs.json"))
    except (DataError, KeyError, TypeError, ValueError, AttributeError) as problem:
        raise BundleError("error.bundle.unreadable", file="repairs.json") from problem
    if set(repairs.names) - set(signature.names):
        raise BundleError("error.bundle.unreadable", file="repairs.json")
    return repairs


def read_table(content: bytes, file: str, signature: Signature) -> pl.DataFrame:
    """Return the rows of a Parquet file that has at least the signature's columns."""
    try:
        table = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError, ValueError) as problem:
        raise BundleError("error.bundle.unreadable", file=file) from problem
    if set(signature.names) - set(table.columns):
        raise BundleError("error.bundle.unreadable", file=file)
    return table


def write(
    folder: Path,
    *,
    fitted: Fitted,
    frame: pl.DataFrame,
    signature: Signature,
    name: str,
    plan: dict[str, Any],
    fingerprint: str,
    now: datetime,
    roles: dict[str, Any],
    sample: str | None = None,
    repairs: Repairs = UNREPAIRED,
    contract: Mapping[str, Any] | None = None,
) -> Manifest:
    """Write a bundle; the folder appears whole, and only after what is in it was read back and proved itself.

    Parameters
    ----------
    folder : path
        Must not exist yet, or be empty.
    fitted : Fitted
        The model with its preparation and scores.
    frame : polars.DataFrame
        The training rows: features and target.
    signature : Signature
        The features.
    name : str
        The model's name.
    plan : dict
        How it was trained.
    fingerprint : str
        The training data's.
    now : datetime
        The time of the version, with its zone.
    roles : dict
        What the person said about columns.
    sample : str, optional
        The sample data set a demo model was trained on.
    repairs : Repairs, optional
        How the training rows were repaired; those of the features are kept and replayed on every new row.
    contract : mapping, optional
        The data contract's document, `Contract.to_dict`; what it asks for stands in the signature already.

    Returns
    -------
    Manifest
        Holds the new version's id.

    Raises
    ------
    BundleError
        If the folder is taken, or the bundle would not be readable again: nothing is left behind then.
    """
    origin = {
        "name": name,
        "target": target_of(plan, frame, signature.names),
        "rows": frame.height,
        "preprocessing": plan.get("preprocessing", "suited"),
        "plan": plan,
        "fingerprint": fingerprint,
        "sample": sample,
        "created": now.astimezone(UTC).isoformat(),
    }
    replayed = repairs.only(signature.names)
    with arriving(folder) as scratch:
        contents, tolerance = files(fitted, frame, signature, agreed(signature, roles, replayed, contract), origin, replayed)
        hashes = {file: sha256(content) for file, content in contents.items()}
        kept = {
            "format": format_of(fitted.program, replayed),
            "version": version_id(now, hashes),
            "libraries": libraries(),
            "sha256": hashes,
            "tolerance": tolerance,
        }
        manifest = described(fitted, origin, kept)
        for file, content in contents.items():
            (scratch / file).write_bytes(content)
        (scratch / MANIFEST).write_bytes(dumps(manifest.to_dict()))
        read(scratch)
    return manifest


def format_of(program: Mapping[str, Any], repairs: Repairs) -> int:
    """Return the oldest format whose readers do everything that a bundle asks for."""
    if not is_plain(program):
        return OPERATING
    return REPAIRING if repairs else FORMAT


@contextmanager
def arriving(folder: Path) -> Iterator[Path]:
    """Give a scratch folder that becomes `folder` in one step, or vanishes."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BundleError("error.bundle.taken", folder=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".arriving-", dir=folder.parent))
    try:
        yield scratch
        scratch.chmod(0o755)  # mkdtemp's own mode keeps the server's user out of a shipped model
        try:
            os.replace(scratch, folder)
        except OSError as problem:
            raise BundleError("error.bundle.taken", folder=str(folder)) from problem
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def files(
    fitted: Fitted,
    frame: pl.DataFrame,
    signature: Signature,
    contract: dict[str, Any],
    origin: dict[str, Any],
    repairs: Repairs,
) -> tuple[dict[str, bytes], float]:
    """Return every file's content, and how exactly the golden rows can be predicted again."""
    rows = chosen(frame, signature, GOLDEN_ROWS, GOLDEN_SEED)
    program = check_program(json_ready(fitted.program))
    model = estimator.dump(fitted.model)
    replay = Replay(
        program,
        estimator.cleaned(fitted.model),
        task=fitted.task,
        labels=json_ready(fitted.labels),
        event=json_ready(fitted.event),
    )
    kinds: dict[str, str] = {f.name: f.kind for f in signature.fields}
    return {
        "preparation.json": dumps(program),
        "model.skops": model,
        "signature.json": dumps(signature.to_dict()),
        "repairs.json": dumps(repairs.to_list()),
        "contract.json": dumps(contract),
        "decision.json": dumps({"threshold": 0.5, "costs": None, "calibration": None, "interval": None}),
        "profile.json": dumps(summarise(frame.select(signature.names), kinds)),
        "background.parquet": parquet(chosen(frame, signature, BACKGROUND_ROWS, BACKGROUND_SEED)),
        "golden.parquet": parquet(golden.with_outputs(rows, replay)),
        "card.md": card(fitted, origin, features=len(kinds), repairs=repairs).encode(),
    }, golden.tolerance(rows, replay)


def chosen(frame: pl.DataFrame, signature: Signature, most: int, seed: int) -> pl.DataFrame:
    """Return some training rows, in the form in which rows to be predicted arrive."""
    picked = frame.select(signature.names).sample(min(most, frame.height), seed=seed, shuffle=True)
    return signature.conform(picked).frame


def target_of(plan: dict[str, Any], frame: pl.DataFrame, features: list[str]) -> str:
    """Return the target's name: the plan's, or the one column that is no feature."""
    return str(plan.get("target") or next(c for c in frame.columns if c not in features))


def agreed(signature: Signature, roles: dict[str, Any], repairs: Repairs, contract: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what was agreed about the columns: roles, ranges seen, exclusions, repairs, and the whole document."""
    return {
        **(contract or {}),
        "roles": roles,
        "ranges": {f.name: f.range for f in signature.fields if f.range is not None},
        "excluded": [*roles.get("ids", []), *roles.get("exclude", [])],
        "unknown_at_prediction": roles.get("unknown_at_prediction", []),
        "repairs": repairs.to_list(),
    }


def parquet(frame: pl.DataFrame) -> bytes:
    """Return a frame as a Parquet file."""
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def described(fitted: Fitted, origin: dict[str, Any], kept: dict[str, Any]) -> Manifest:
    """Return the manifest of a model: where it came from, what it learned, and its files."""
    learned = {
        "task": str(fitted.task),
        "labels": fitted.labels,
        "event": fitted.event,
        "estimator": fitted.estimator,
        "title": fitted.title,
        "family": fitted.family,
        "metrics": fitted.metrics,
        "metrics_std": fitted.metrics_std,
        "holdout": fitted.holdout,
        "folds": fitted.folds,
        "params": fitted.params,
    }
    return Manifest.from_dict(json_ready(origin | learned | kept))


def libraries() -> dict[str, str]:
    """Return the versions of the libraries a model may depend on."""
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return found
