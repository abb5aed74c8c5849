"""From a file's bytes to a table with roles and a signature, and back from the store."""

from __future__ import annotations

from workbench.data import datasets, uploads
from workbench.data.dataset import Dataset, DatasetRecord
from workbench.data.kinds import KINDS, Kind, kind_of
from workbench.data.reading import Reading, read
from workbench.data.repairs import Change, Proposal, Repair, Repairs
from workbench.data.roles import Roles
from workbench.data.samples import SAMPLES, Sample, read_sample, sample
from workbench.data.signature import Conformed, Field, Problem, Signature

__all__ = [
    "KINDS",
    "SAMPLES",
    "Change",
    "Conformed",
    "Dataset",
    "DatasetRecord",
    "Field",
    "Kind",
    "Problem",
    "Proposal",
    "Reading",
    "Repair",
    "Repairs",
    "Roles",
    "Sample",
    "Signature",
    "datasets",
    "kind_of",
    "read",
    "read_sample",
    "sample",
    "uploads",
]
