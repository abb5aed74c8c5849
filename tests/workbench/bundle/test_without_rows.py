"""A bundle without rows predicts as before, proves itself, and holds no cell of a single person."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from workbench.bundle import Fitted, prepare, read, write
from workbench.bundle.without_rows import FEWEST, is_made_of_rows, to_digits, without_rows
from workbench.data.signature import Signature
from workbench.errors import BundleError
from workbench.experiment import preparation
from workbench.explain import Explainer
from workbench.task import Task

if TYPE_CHECKING:
    from workbench.bundle import Bundle

MakeBundle = Callable[..., "Bundle"]
LATER = datetime(2026, 10, 1, tzinfo=UTC)
CASES = [("lr", "binary"), ("dt", "binary"), ("lightgbm", "multiclass"), ("rf", "regression"), ("lr", "regression")]


@pytest.mark.parametrize(("model", "task"), CASES)
def test_a_row_gets_the_same_prediction_and_an_explanation(
    make_bundle: MakeBundle, customers: Callable[..., pl.DataFrame], tmp_path: Path, model: str, task: str
) -> None:
    before = make_bundle(model, task)
    manifest = without_rows(before, tmp_path / "b", now=LATER)
    after = read(tmp_path / "b")
    rows = before.signature.conform(customers(300, 1)).frame
    one, other = before.replay.outputs(rows), after.replay.outputs(rows)
    assert one.prediction.tolist() == other.prediction.tolist()
    if one.probabilities is not None and other.probabilities is not None:
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
    effects = Explainer(after).effects(rows)
    np.testing.assert_allclose(effects.base + effects.values.sum(axis=1), effects.output)
    assert (manifest.drawn_from, manifest.metrics) == (before.manifest.version, before.manifest.metrics)
    assert manifest.version > before.manifest.version
    assert (after.background.height, after.golden.height) == (before.background.height, before.golden.height)


def test_no_row_of_the_training_data_is_left(
    make_bundle: MakeBundle, customers: Callable[..., pl.DataFrame], tmp_path: Path
) -> None:
    before = make_bundle()
    without_rows(before, tmp_path / "b", now=LATER)
    after = read(tmp_path / "b")
    training = before.signature.conform(customers(300, 1)).frame
    assert before.golden.join(training, on=before.signature.names, how="semi", nulls_equal=True).height == 50
    for kept in (after.background, after.golden):
        assert kept.join(training, on=before.signature.names, how="semi", nulls_equal=True).height == 0
        # an income has a decimal: drawn ones lie between the quantiles and are nobody's
        assert kept.join(training, on=["収入", "登録日"], how="semi").height == 0


def test_the_columns_are_distributed_as_they_were(
    make_bundle: MakeBundle, customers: Callable[..., pl.DataFrame], tmp_path: Path
) -> None:
    before = make_bundle()
    without_rows(before, tmp_path / "b", now=LATER)
    drawn, training = read(tmp_path / "b").background, before.signature.conform(customers(300, 1)).frame
    assert drawn.schema == training.schema
    for name in ("年齢", "収入"):
        spread = float(training[name].std() or 0)  # type: ignore[arg-type]
        assert abs(float(drawn[name].mean() or 0) - float(training[name].mean() or 0)) < spread / 4  # type: ignore[arg-type]
    assert drawn["年齢"].drop_nulls().round(0).to_list() == drawn["年齢"].drop_nulls().to_list()
    assert drawn["登録日"].is_between(training["登録日"].min(), training["登録日"].max()).all()  # type: ignore[arg-type]
    assert set(drawn["都道府県"].unique()) == set(training["都道府県"].unique())
    assert abs(float(drawn["会員"].sum()) / 200 - float(training["会員"].sum()) / 300) < 0.15
    assert abs(drawn["年齢"].null_count() / 200 - training["年齢"].null_count() / 300) < 0.06


def test_the_same_bundle_gives_the_same_replacement(make_bundle: MakeBundle, tmp_path: Path) -> None:
    one = without_rows(make_bundle(), tmp_path / "a", now=LATER)
    assert without_rows(make_bundle(), tmp_path / "b", now=LATER) == one
    assert without_rows(make_bundle(), tmp_path / "c", now=LATER, seed=1).version != one.version


def test_the_card_says_so_in_both_languages(make_bundle: MakeBundle, tmp_path: Path) -> None:
    before = make_bundle()
    without_rows(before, tmp_path / "b", now=LATER)
    card = (tmp_path / "b" / "card.md").read_text(encoding="utf-8")
    assert card.startswith((before.folder / "card.md").read_text(encoding="utf-8"))
    assert f"replaces version {before.manifest.version}" in card
    assert "学習データではありません" in card


# Labels that only a few rows had, and what keeps rows whatever one does.


def bundle_of(frame: pl.DataFrame, folder: Path, *, family: Any = "tree", model: Any = None, notes: bool = False) -> Bundle:
    """Write and read a bundle of names, amounts and, where wanted, free text."""
    from sklearn.tree import DecisionTreeClassifier

    features = frame.drop("解約", *([] if notes else ["備考"]))
    signature = Signature.of(features, features.columns)
    learned = features.drop("備考", strict=False)
    kinds = {f.name: f.kind for f in signature.fields}
    program = preparation.fit(family, learned, kinds)
    y = (frame["解約"] == "はい").to_numpy().astype(int)
    made = (model or DecisionTreeClassifier(max_depth=3, random_state=0)).fit(prepare(program, learned), y)
    write(
        folder,
        fitted=Fitted("dt", "Tree", family, program, made, Task.BINARY, ["いいえ", "はい"], "はい"),
        frame=frame.select([*features.columns, "解約"]),
        signature=signature,
        name="解約",
        plan={"target": "解約"},
        fingerprint="a" * 64,
        now=LATER - timedelta(days=1),
        roles={},
    )
    return read(folder)


def people(rows: int = 60) -> pl.DataFrame:
    """A table in which a column of labels holds some names: of one person, of two visits, and of nobody in particular."""
    names = ["東京太郎", "大阪花子", "大阪花子", *["（匿名）"] * (rows // 2), *["（家族）"] * (rows - 3 - rows // 2)]
    return pl.DataFrame(
        {
            "氏名": names,
            "金額": [float(100 + 7 * i) for i in range(rows)],
            "備考": [f"電話 090-0000-{i:04d}" for i in range(rows)],
            "解約": ["はい" if i % 3 else "いいえ" for i in range(rows)],
        }
    )


@pytest.mark.parametrize("is_counted", [True, False])
def test_names_of_a_few_rows_and_free_text_are_gone_from_every_file(tmp_path: Path, is_counted: bool) -> None:
    frame = people()
    before = bundle_of(frame, tmp_path / "a", notes=True)
    assert "東京太郎" in (tmp_path / "a" / "preparation.json").read_text(encoding="utf-8")
    assert "090-0000" in (tmp_path / "a" / "signature.json").read_text(encoding="utf-8")
    without_rows(before, tmp_path / "b", now=LATER, training=frame if is_counted else None)
    after = read(tmp_path / "b")
    written = "".join(
        p.read_text(encoding="utf-8", errors="replace") for p in (tmp_path / "b").iterdir() if p.suffix != ".skops"
    )
    tables = str(after.background.to_dicts()) + str(pl.read_parquet(tmp_path / "b" / "golden.parquet").to_dicts())
    for secret in ("東京太郎", "大阪花子", "090-0000"):
        assert secret not in written + tables
    assert after.signature.fields[0].categories == ("（匿名）", "（家族）")
    known = frame.filter(pl.col("氏名").str.starts_with("（"))
    assert known.height == 57
    np.testing.assert_array_equal(after.replay.outputs(known).probabilities, before.replay.outputs(known).probabilities)  # type: ignore[arg-type]


def test_a_label_beyond_the_profile_stays_where_the_rows_can_be_counted(tmp_path: Path) -> None:
    labels = [f"店舗{i:02d}" for i in range(60)] * FEWEST
    frame = people(len(labels)).with_columns(pl.Series("氏名", labels))
    before = bundle_of(frame, tmp_path / "a")
    without_rows(before, tmp_path / "b", now=LATER, training=frame)
    assert len(read(tmp_path / "b").signature.fields[0].categories or ()) == 60
    without_rows(before, tmp_path / "c", now=LATER)
    assert len(read(tmp_path / "c").signature.fields[0].categories or ()) == 50


def test_a_model_that_consists_of_rows_cannot_do_without_them(tmp_path: Path) -> None:
    before = bundle_of(people(), tmp_path / "a", family="linear", model=KNeighborsClassifier(3))
    with pytest.raises(BundleError, match="consists of rows of its training data"):
        without_rows(before, tmp_path / "b", now=LATER)
    assert not (tmp_path / "b").exists()
    assert is_made_of_rows(make_pipeline(before.model))


@pytest.mark.parametrize(
    ("value", "span", "low", "high"),
    [
        (31415.9265, 31000.0, 31400.0, 31500.0),
        (139.7671, 25.0, 139.7, 139.8),
        (0.0012345, 5.0, 0.00123, 0.00124),
        (-523.74, 9999.0, -524.0, -523.0),
        (0.0, 12.0, 0.0, 0.0),
        (42.0, 60.0, 42.0, 42.0),
        (7.25, 0.0, 7.25, 7.25),
        (1234567.0, 99.0, 1234567.0, 1234567.0),
    ],
)
def test_a_number_keeps_a_few_digits(value: float, span: float, low: float, high: float) -> None:
    assert (to_digits(value, span, math.floor), to_digits(value, span, math.ceil)) == (low, high)


def test_every_training_row_stays_within_the_ranges(
    make_bundle: MakeBundle, customers: Callable[..., pl.DataFrame], tmp_path: Path
) -> None:
    before = make_bundle()
    without_rows(before, tmp_path / "b", now=LATER)
    after, rows = read(tmp_path / "b"), before.signature.conform(customers(300, 1)).frame
    low, high = after.signature.fields[1].range or (0, 0)
    assert low <= float(rows["収入"].min()) < float(rows["収入"].max()) < high  # type: ignore[arg-type]
    assert after.contract["ranges"]["収入"] == [low, high]
    assert rows["収入"].max() not in after.profile["columns"]["収入"]["quantiles"]


def test_a_column_of_nothing_but_blanks_stays_one(tmp_path: Path) -> None:
    frame = people().with_columns(金額=pl.when(pl.col("金額") < 0).then(pl.col("金額")))
    without_rows(bundle_of(frame, tmp_path / "a"), tmp_path / "b", now=LATER)
    assert read(tmp_path / "b").background["金額"].null_count() == 60
