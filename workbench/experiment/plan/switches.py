"""The switches of a preparation that an analyst knows, under plain names; whatever they learn is learnt inside the folds.

Not among them is filling a blank from similar rows or from the other columns, and leaving rows with blanks out: such a step
reads several raw columns at once or has no answer for a new row, so no bundle could repeat it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.errors import ExperimentError, closest

# What each switch with words may say; the first is the default.
CHOICES: dict[str, tuple[str, ...]] = {
    "numbers_missing": ("suited", "mean", "median", "mode", "zero"),
    "categories_missing": ("suited", "mode", "own"),
    "scaling": ("suited", "none", "standard", "minmax", "maxabs", "robust"),
    "transformation": ("none", "yeo-johnson", "quantile"),
    "imbalance": ("none", "oversample", "smote"),
    "forest": ("suited", "library"),
}
# Between which values each switch with a number lies; None is off.
BOUNDS: dict[str, tuple[float, float]] = {
    "most_one_hot": (2, 1000),
    "rare": (0.0001, 0.5),
    "multicollinearity": (0.1, 0.9999),
    "outliers": (0.001, 0.5),
    "pca": (0.01, 1000),
}


# Of those, what counts something.
WHOLE = ("most_one_hot",)


@dataclass(frozen=True)
class Switches:
    """How columns are prepared, where it is not left to what suits each family of models."""

    numbers_missing: str = "suited"
    """What fills a blank number."""
    categories_missing: str = "suited"
    """What a blank category counts as: the most frequent one, or one of its own."""
    most_one_hot: int | None = None
    """How many labels of a category get a column each; the others share one."""
    rare: float | None = None
    """Labels below this share of the rows share one column."""
    scaling: str = "suited"
    transformation: str = "none"
    """What makes skewed numbers less so, before they are scaled."""
    low_variance: bool = False
    """Whether columns are left out in which nearly every row has the same value."""
    multicollinearity: float | None = None
    """Of two columns that correlate more than this, the one that says less about the target is left out."""
    outliers: float | None = None
    """The share of the training rows that is left out as unlike all others."""
    imbalance: str = "none"
    """How rare classes are filled up in the training rows."""
    pca: float | int | None = None
    """Principal components instead of columns: so many, or as many as hold this share of the variance."""
    forest: str = "suited"
    """Whether random forests have leaves of ten and half samples, or are as the library makes them."""

    @property
    def is_default(self) -> bool:
        """True where nothing is switched."""
        return self == Switches()

    def changed(self) -> dict[str, Any]:
        """Return what differs from the defaults, by name."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if getattr(self, f.name) != f.default}

    @classmethod
    def from_dict(cls, data: Switches | Mapping[str, Any] | None) -> Switches:
        """Return the switches that plain data describes.

        Raises
        ------
        ExperimentError
            Names a switch that there is not, or a value of the wrong kind.
        """
        if isinstance(data, Switches):
            return data
        if not isinstance(data or {}, Mapping):
            raise ExperimentError("error.experiment.value", name="switches", value=str(data))
        return cls(**{name: read(name, value) for name, value in (data or {}).items()})


SUITED = Switches()


def read(name: str, value: Any) -> Any:
    """Read one switch from plain data, or from text as a command line gives it."""
    if name not in READERS:
        raise ExperimentError("error.experiment.switch", name=name, hint=closest(name, list(READERS)))
    try:
        return READERS[name](value)
    except (TypeError, ValueError, OverflowError) as problem:
        raise ExperimentError("error.experiment.value", name=f"switches.{name}", value=str(value)) from problem


def truth(value: Any) -> bool:
    """Read yes or no."""
    known = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    text = str(value).strip().lower()
    if text not in known:
        raise ValueError(value)
    return known[text]


def number(value: Any) -> float | None:
    """Read an optional number; nothing and ``none`` switch off."""
    return None if value is None or str(value).strip().lower() in ("", "none") else float(value)


def whole(value: Any) -> int | None:
    """Read an optional whole number."""
    read = number(value)
    if read is not None and not read.is_integer():
        raise ValueError(value)
    return None if read is None else int(read)


def components(value: Any) -> float | int | None:
    """Read a share of the variance below 1, or a number of components."""
    read = number(value)
    return int(read) if read is not None and read >= 1 and read.is_integer() else read


# In the order in which a preparation uses them.
READERS: dict[str, Callable[[Any], Any]] = {
    "numbers_missing": str,
    "categories_missing": str,
    "most_one_hot": whole,
    "rare": number,
    "scaling": str,
    "transformation": str,
    "low_variance": truth,
    "multicollinearity": number,
    "pca": components,
    "outliers": number,
    "imbalance": str,
    "forest": str,
}


def problems(switches: Switches, *, is_classification: bool) -> Iterator[ExperimentError]:
    """Yield everything that cannot work, in the order of the switches."""
    for name, known in CHOICES.items():
        if (value := getattr(switches, name)) not in known:
            yield ExperimentError("error.experiment.choice", name=f"switches.{name}", value=value, known=list(known))
    for name, (low, high) in BOUNDS.items():
        value = getattr(switches, name)
        if value is not None and not low <= value <= high:
            yield ExperimentError("error.experiment.bounds", name=f"switches.{name}", value=value, low=low, high=high)
    if isinstance(switches.pca, float) and 1 <= switches.pca <= BOUNDS["pca"][1]:
        yield ExperimentError("error.experiment.components", name="switches.pca", value=str(switches.pca))
    if switches.imbalance != "none" and not is_classification:
        yield ExperimentError("error.experiment.needs_classes", name="switches.imbalance")
