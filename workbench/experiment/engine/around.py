"""What surrounds a comparison: where finished folds are kept, whether new ones begin, and the memory it may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workbench.experiment.race import Nowhere
from workbench.experiment.race.units import Kept
from workbench.jobs import container
from workbench.jobs.container import Memory
from workbench.words import Text


@dataclass(frozen=True)
class Around:
    """The surroundings of a comparison; by itself it keeps nothing and may take what the container has."""

    kept: Kept = field(default_factory=Nowhere)
    begins: bool = True
    """False makes a result of what is kept: nothing is trained but the best, to be handed over."""
    failed: Mapping[str, Text] = field(default_factory=dict)
    """Candidates that have failed already, with the reason: they are not begun again."""
    failed_rows: int | None = None
    """Of how many rows that was: of another number they are begun; None is any."""
    memory: Callable[[], Memory] = container.memory
    end: Callable[[], None] | None = None
    """Ends the process where memory has run out; None leaves that to the kernel."""
    workers: int | None = None
    """Folds side by side; as many as the container gives processors by default."""
