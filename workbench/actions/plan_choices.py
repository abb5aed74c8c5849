"""What a comparison's plan may say about preparation: every switch with its choices or bounds, as forms and flags need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.experiment.plan.switches import BOUNDS, CHOICES, READERS, WHOLE
from workbench.principal import Principal
from workbench.words import Text

Kind = Literal["choice", "number", "whole", "truth"]
# What only makes sense where classes are predicted.
FOR_CLASSES = ("imbalance",)
# What each family of models decides for itself while nothing is said.
LEFT_TO_MODELS = ("most_one_hot", "rare")
# What PyCaret's own preparation has no say in.
SUITED_ONLY = ("forest",)


@dataclass(frozen=True)
class Switch:
    """One switch of a preparation."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    """The default first."""
    low: float | None = None
    high: float | None = None
    is_for_classes: bool = False
    is_left_to_models: bool = False
    """Whether it is not off while nothing is said, but as it suits each model."""

    @property
    def title(self) -> Text:
        """Its name for the screen."""
        return Text(f"switch.{self.name}.title")

    @property
    def help(self) -> Text:
        """What it does, in a sentence or two."""
        return Text(f"switch.{self.name}.help")

    def choice(self, value: str) -> Text:
        """Return one of its choices for the screen."""
        return Text(f"switch.{self.name}.{value.replace('-', '_')}")


def switches(*, by: Principal) -> tuple[Switch, ...]:
    """Return every switch, in the order in which a preparation uses them."""
    by.require("viewer")
    return tuple(switch(name) for name in READERS)


def switch(name: str) -> Switch:
    """Return one switch by its name."""
    if name in CHOICES:
        return Switch(name, "choice", CHOICES[name], is_for_classes=name in FOR_CLASSES)
    if name not in BOUNDS:
        return Switch(name, "truth")
    low, high = BOUNDS[name]
    return Switch(name, "whole" if name in WHOLE else "number", low=low, high=high, is_left_to_models=name in LEFT_TO_MODELS)
