"""Repairs: what is written for people becomes what can be computed with, proposed in the open and replayed on every new row."""

from __future__ import annotations

from workbench.data.repairs.proposal import Proposal
from workbench.data.repairs.proposing import propose
from workbench.data.repairs.repair import RULES, Repair, Rule
from workbench.data.repairs.repairs import Repaired, Repairs
from workbench.data.repairs.replay import Change

__all__ = ["RULES", "Change", "Proposal", "Repair", "Repaired", "Repairs", "Rule", "propose"]
