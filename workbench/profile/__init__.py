"""What a table holds: facts of every column, the target's story, associations, alerts in sentences, and charts of them."""

from __future__ import annotations

from workbench.profile.summary import profile, to_dict

__all__ = ["profile", "to_dict"]
