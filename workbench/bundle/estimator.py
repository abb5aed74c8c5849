"""Estimators in and out of skops files: nothing is built before every type in the file is known to be harmless."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from workbench.errors import BundleError

# What the candidates need beyond what skops trusts by itself. Nothing outside this list is ever built.
TRUSTED = frozenset(
    {
        "collections.OrderedDict",
        "collections.defaultdict",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMRegressor",
        "xgboost.core.Booster",
        "xgboost.sklearn.XGBClassifier",
        "xgboost.sklearn.XGBRegressor",
        "catboost.core.CatBoostClassifier",
        "catboost.core.CatBoostRegressor",
        "sklearn.tree._tree.Tree",
        "sklearn.utils._bunch.Bunch",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
        "sklearn.gaussian_process.kernels.ConstantKernel",
        "sklearn.gaussian_process.kernels.Product",
        "sklearn.gaussian_process.kernels.RBF",
    }
)
# A forest of a large table is some hundred MB; a small archive that claims more is made to fill the memory.
MOST_BYTES = 2 << 30
# What skops and the estimators' own `__setstate__` raise on files that are not theirs.
DAMAGE = (ValueError, KeyError, TypeError, AttributeError, IndexError, ImportError, OSError, RuntimeError, zipfile.BadZipFile)


def dump(model: Any) -> bytes:
    """Return an estimator as a skops file, without feature names: it takes bare arrays."""
    import skops.io

    return skops.io.dumps(cleaned(model))


def load(content: bytes, *, file: str) -> Any:
    """Build the estimator of a skops file, after the audit of its types.

    Raises
    ------
    BundleError
        Names the types that are not trusted, or the file if it is damaged.
    """
    import skops.io

    try:
        known_size(content)
        needed = skops.io.get_untrusted_types(data=content)
        if foreign := sorted(set(needed) - TRUSTED):
            raise BundleError("error.bundle.untrusted", file=file, types=foreign)
        return skops.io.loads(content, trusted=sorted(needed))
    except DAMAGE as problem:
        raise BundleError("error.bundle.unreadable", file=file) from problem


def known_size(content: bytes) -> None:
    """Refuse an archive that unpacks to more than any model needs."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            raise ValueError("too large")


def cleaned(model: Any) -> Any:
    """Return a copy without feature names, which would warn at every array, and with one thread: rows run side by side."""
    model = copy.deepcopy(model)
    done: set[int] = set()
    waiting = [model]
    while waiting:
        part = waiting.pop()
        if id(part) not in done and hasattr(part, "__dict__"):
            done.add(id(part))
            part.__dict__.pop("feature_names_in_", None)
            if "n_jobs" in part.__dict__:
                part.n_jobs = 1
            waiting += inner(part)
    return model


def inner(part: Any) -> Iterator[Any]:
    """Find the estimators that an estimator holds, in lists, pairs and arrays too."""
    for value in list(vars(part).values()):
        many = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list | tuple) else [value]
        if str(getattr(value, "dtype", "")) == "object":
            many = value.ravel().tolist()
        for one in many:
            for item in one if isinstance(one, tuple) else [one]:
                if hasattr(item, "get_params") or hasattr(item, "estimator"):
                    yield item
