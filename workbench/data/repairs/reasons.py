"""What a proposal says for itself: the cells it changes, examples, its effect on the column, and whether it is recommended."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from workbench.data.repairs.chain import Chain, Kind, Stage
from workbench.data.repairs.proposal import Proposal
from workbench.data.repairs.repair import Repair
from workbench.data.typed import typed
from workbench.words import Text

MOST_EXAMPLES = 3
# So many values are named in a sentence, and so much of each.
MOST_NAMED, MOST_LETTERS = 8, 40
LETTERS = frozenset({"width", "kana", "nfkc"})
FORM_NAMES = {
    "%Y.%m.%d": "dots",
    "%Y%m%d": "digits",
    "%d/%m/%Y": "day_first",
    "%m/%d/%Y": "month_first",
}


@dataclass(frozen=True)
class Outcome:
    """What the repairs of a column together make of it."""

    kind: Kind
    becomes: bool
    """Whether it becomes a column of numbers or dates, all of it or but for what a type would blank."""
    rest: int
    """How many cells a type would blank."""
    firm: bool
    """Whether nothing speaks against one of the repairs on the way there."""


def proposals(chain: Chain, kind: Kind) -> list[Proposal]:
    """Return the proposals of a chain of repairs.

    Parameters
    ----------
    chain : Chain
        The repairs of one column.
    kind : {"number", "date"}
        What it may become by them.

    Returns
    -------
    list of Proposal
        One for each stage.
    """
    outcome = outcome_of(chain, kind)
    left = chain.cells.text
    rows = int(chain.raw.counts.sum())
    return [
        Proposal(
            repair=stage.repair,
            cells=chain.raw.count(stage.changed),
            rows=rows,
            examples=examples(stage, chain.raw.counts),
            why=why(stage, chain.raw.count(stage.changed), outcome),
            recommended=is_recommended(stage, outcome, helps=bool(left.filter(stage.changed).is_not_null().any())),
        )
        for stage in chain.stages
    ]


def outcome_of(chain: Chain, kind: Kind) -> Outcome:
    """Tell what the stages of a chain together make of the column."""
    types = [stage for stage in chain.stages if stage.repair.rule == "type"]
    rest = sum(chain.raw.count(stage.changed) for stage in types)
    before, after = typed(chain.raw.text).series.dtype, typed(chain.cells.text).series.dtype
    firm = all(stage.sure for stage in chain.stages if stage.repair.rule == "unit")
    return Outcome(kind, becomes=after not in (before, pl.String), rest=rest, firm=firm)


def examples(stage: Stage, counts: pl.Series) -> tuple[tuple[str, str | None], ...]:
    """Return the most frequent cells a stage changes, before and after."""
    cells = pl.DataFrame({"before": stage.before, "after": stage.after, "n": counts}).filter(stage.changed)
    often = cells.group_by("before", "after").agg(pl.col("n").sum()).sort("n", "before", descending=[True, False])
    return tuple(often.select("before", "after").head(MOST_EXAMPLES).rows())


def is_recommended(stage: Stage, outcome: Outcome, *, helps: bool) -> bool:
    """Whether a stage does good and no harm; it helps a column where what it changes is not blanked in the end."""
    rule = stage.repair.rule
    if rule in {"type", "missing", "spaces"}:
        return stage.sure and rule != "type"
    settles = outcome.becomes and outcome.firm and helps
    return settles or (rule in LETTERS and stage.merges is not None)


def why(stage: Stage, count: int, outcome: Outcome) -> Text:
    """Say what a repair found and what it changes."""
    repair = stage.repair
    if repair.rule == "missing":
        told = effect(stage, outcome)
        return Text(f"repair.why.{named(stage)}", count=count, values=quoted(repair.options["values"]), effect=told)
    if repair.rule == "type":
        shown = [before for before, _ in examples(stage, pl.Series([1] * len(stage.before)))]
        return Text("repair.why.type", count=count, kind=Text(f"repair.kind.{repair.options['kind']}"), values=quoted(shown))
    return Text(f"repair.why.{repair.rule}", count=count, effect=effect(stage, outcome), **details(repair))


def details(repair: Repair) -> dict[str, object]:
    """Return what fills the sentence of a rule beside the count."""
    if repair.rule == "unit":
        return {"unit": repair.options["unit"]}
    if repair.rule == "date":
        form = repair.options["form"]
        return {"form": Text(f"repair.form.{FORM_NAMES.get(form, form)}")}
    return {}


def named(stage: Stage) -> str:
    """Name the sentence for values that stand for nothing: words or numbers, sure or not."""
    numbers = all(value.lstrip("-").replace(".", "").isdigit() for value in stage.repair.options["values"])
    return f"missing_{'codes' if numbers else 'words'}{'' if stage.sure else '_doubtful'}"


def effect(stage: Stage, outcome: Outcome) -> Text:
    """Say what a repair does for its column."""
    if outcome.becomes and not outcome.rest:
        return Text(f"repair.effect.{outcome.kind}")
    if outcome.becomes:
        return Text(f"repair.effect.nearly_{outcome.kind}", count=outcome.rest)
    if stage.merges:
        return Text("repair.effect.merges", before=stage.merges[0], after=stage.merges[1])
    if stage.repair.rule == "missing":
        return Text("repair.effect.blank")
    return Text("repair.effect.looks" if stage.repair.rule in LETTERS | {"spaces"} else "repair.effect.rest")


def quoted(values: list[str]) -> list[str]:
    """Return the first of some values in quotes, long ones cut short."""
    shown = [f"'{value[:MOST_LETTERS]}{'…' if len(value) > MOST_LETTERS else ''}'" for value in values[:MOST_NAMED]]
    return [*shown, *(["…"] if len(values) > MOST_NAMED else [])]
