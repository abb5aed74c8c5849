"""What programs may ask for over REST, as models that check a body and document it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Format = Literal["xlsx", "csv", "parquet"]
Encoding = Literal["utf-8-sig", "utf-8", "cp932"]


class Body(BaseModel):
    """A body without surprises: an unknown field is a mistake and said to be one."""

    model_config = ConfigDict(extra="forbid")


class Predict(Body):
    """Rows to predict."""

    rows: list[dict[str, Any]] = Field(description="One object a row, by the names of the schema.")
    reasons: int = Field(default=0, ge=0, le=100, description="How many reasons a row gets.")
    partial: bool = Field(default=False, description="Give bad rows back without a prediction instead of refusing all of them.")


class Source(Body):
    """The table that something is started on: one of the three."""

    dataset: str | None = Field(default=None, description="A dataset's id.")
    upload: str | None = Field(default=None, description="A finished upload's id.")
    sample: str | None = Field(default=None, description="A sample's name.")


class StartRun(Source):
    """A comparison to start."""

    plan: dict[str, Any] = Field(
        default_factory=dict,
        description=(
            "What differs from the defaults, by the plan's names: target, event, models, sort, folds, train_size, group, time, "
            "ignore, seed, budget, name, sample, class_weight (none, balanced), preprocessing (suited, pycaret), and switches, "
            'an object such as {"scaling": "standard", "numbers_missing": "median", "rare": 0.01}.'
        ),
    )

    @model_validator(mode="before")
    @classmethod
    def recipe(cls, data: Any) -> Any:
        """Take a recipe, which holds its plan's names beside the source, as a plan."""
        if not isinstance(data, dict) or "plan" in data:
            return data
        own = {*Source.model_fields}
        return {k: v for k, v in data.items() if k in own} | {"plan": {k: v for k, v in data.items() if k not in own}}


class StartBatch(Source):
    """A file to score."""

    model: str = Field(description="NAME, NAME@VERSION or NAME@ALIAS.")
    out: Format = Field(default="xlsx", description="The format of the result.")
    reasons: int = Field(default=3, ge=0, le=100, description="How many reasons a row gets.")
    encoding_out: Encoding = Field(default="utf-8-sig", description="The encoding of a CSV result.")
    force: bool = Field(default=False, description="Score past a stop: a missing column counts as blank.")


def documented(body: type[Body]) -> dict[str, Any]:
    """Return the part of the OpenAPI document that describes a body."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": body.model_json_schema()}}}}
