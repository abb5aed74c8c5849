"""The sample tables that ship: finished examples for a first visit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.data.reading import Reading, read
from workbench.data.roles import Roles
from workbench.errors import DataError, closest
from workbench.words import Text

FOLDER = Path(__file__).parent / "samples"
# Far above every sample: they are ours, so no limit of a person applies.
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Sample:
    """A table that ships, with where it comes from and what to predict in it."""

    name: str
    title: Text
    about: Text
    source: str
    licence: str
    file: str
    rows: int
    columns: int
    roles: Roles

    @property
    def target(self) -> str:
        """The column that is predicted."""
        assert self.roles.target is not None
        return self.roles.target

    @property
    def event(self) -> str | None:
        """The label of interest, as text."""
        return self.roles.event

    @property
    def path(self) -> Path:
        """Where the file is."""
        return FOLDER / self.file


SAMPLES: tuple[Sample, ...] = (
    Sample(
        name="credit",
        title=Text("sample.credit.title"),
        about=Text("sample.credit.about"),
        source="UCI Machine Learning Repository, doi:10.24432/C55S3H",
        licence="CC BY 4.0",
        file="credit.parquet",
        rows=30_000,
        columns=25,
        roles=Roles(target="default payment next month", event="1", ids=("ID",)),
    ),
    Sample(
        name="advertising",
        title=Text("sample.advertising.title"),
        about=Text("sample.advertising.about"),
        source="Robyn, github.com/facebookexperimental/Robyn",
        licence="MIT",
        file="advertising.csv",
        rows=208,
        columns=12,
        roles=Roles(target="revenue", time="DATE"),
    ),
    Sample(
        name="spam",
        title=Text("sample.spam.title"),
        about=Text("sample.spam.about"),
        source="UCI Machine Learning Repository, doi:10.24432/C53G6X",
        licence="CC BY 4.0",
        file="spam.parquet",
        rows=4_601,
        columns=58,
        roles=Roles(target="is_spam", event="1"),
    ),
)


def sample(name: str) -> Sample:
    """Return a sample by its name.

    Raises
    ------
    DataError
        If there is none; names those there are.
    """
    for known in SAMPLES:
        if known.name == name:
            return known
    raise DataError("error.data.no_sample", name=name, hint=closest(name, [known.name for known in SAMPLES]))


def read_sample(name: str) -> Reading:
    """Read a sample as any other file is read.

    Raises
    ------
    DataError
        If there is no such sample.
    """
    known = sample(name)
    return read(known.path, name=known.file, max_rows=MOST_ROWS)
