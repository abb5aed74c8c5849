"""How models are judged: folds, metrics, and whether a difference between two models can be told from chance."""

from __future__ import annotations
