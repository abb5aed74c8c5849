"""What a table shows of its columns' roles: ids, group, time and constants, with reasons; names that sound like a target."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from workbench.data.kinds import Kind
from workbench.data.roles import PARTS, Roles
from workbench.words import Text

# A few rows show whether looking at all of them is worth the time.
LOOK = 2_000
# Shorter tables have different values in every row by chance.
FEW_ROWS = 20
NEARLY_ALL = 0.99
LONGEST_ID = 64
CODE = r"^[^\s,、。]+$"
# A group repeats: often enough to matter, not so often that it is a class.
FEWEST_GROUPS, FEWEST_EACH, MOST_EACH = 10, 1.5, 100.0
ORDERED = 0.99
MOST_TARGETS = 3
# A compound key: what stands before its last separator, and the separator. A date in front of a number is none.
COMPOUND = r"^(.+)([_\-/:#.])\w+$"
SEPARATORS = ("_", "-", "/", ":", "#", ".", " ", "|", "－", "ー", "・", "＿")
DATE_LIKE = r"^(19|20)\d{2}[-/.]?\d{1,2}([-/.]?\d{1,2})?$"

ID_WORDS = frozenset("id ids uuid guid key no index idx rowid".split())  # noqa: SIM905
ID_JAPANESE = re.compile(r"番号|コード|識別|連番|キー")
ENTITY = frozenset(
    """customer client user patient member person account household company subject student employee borrower applicant
    device machine vehicle store shop session respondent""".split()  # noqa: SIM905
)
ENTITY_JAPANESE = re.compile(
    r"顧客|会員|患者|利用者|ユーザー?|社員|従業員|学生|生徒|契約者?|世帯|口座|企業|取引先|店舗|機器|車両|被験者|申込者"
)
# These repeat and have codes, but rows that share one do not belong together.
NO_ENTITY = frozenset("zip postal post area region city country state product item category type status class code".split())  # noqa: SIM905
NO_ENTITY_JAPANESE = re.compile(r"郵便|地域|都道府県|市区町村|国|商品|品目|分類|区分|種別|種類")
TIME = frozenset("date datetime timestamp time day month year yearmonth ym ymd dt week period".split())  # noqa: SIM905
TIME_JAPANESE = re.compile(
    "^(年月日?|日付|日時|時刻|年度?|月|週)$|(取引|売上|購入|計上|申込|受注|受付|来店|計測|測定|記録|観測|発生)(年月日|日時|日)$"
)
BIRTH = re.compile(r"birth|dob|生年|誕生", re.IGNORECASE)
TARGET = frozenset(
    "target y label outcome response default churn churned attrition survived fraud converted conversion cancelled".split()  # noqa: SIM905
)
TARGET_JAPANESE = re.compile(
    "目的変数|正解|ラベル|解約|退会|離反|離脱|延滞|貸倒|債務不履行|成約|受注有無|購入有無|応答|不正|異常|離職|退職"
)


@dataclass(frozen=True)
class Suggestions:
    """Roles that a person may take over, with the reasons."""

    roles: Roles
    why: dict[str, Text] = field(default_factory=dict)
    """Column -> why it was given its role."""
    targets: tuple[str, ...] = ()
    """Columns that sound like a target, the likeliest first: offered, never chosen."""


def suggest(frame: pl.DataFrame, kinds: Mapping[str, Kind]) -> Roles:
    """Return the roles that can be seen in a table; never a target.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    kinds : mapping
        The kind of each of its columns.
    """
    return suggestions(frame, kinds).roles


def suggestions(frame: pl.DataFrame, kinds: Mapping[str, Kind]) -> Suggestions:
    """Return the roles that can be seen in a table, with the reasons and the names that sound like a target.

    Notes
    -----
    A column without any difference is to be left out. An id is a code that differs in at least 99 % of the rows, or a number
    that counts them. A group is an entity's code that repeats 1.5 to 100 times; the time is a complete date that the rows
    stand in the order of, or whose name says so. There is at most one group and one time, and none where it is a close call.
    """
    if not frame.height:
        return Suggestions(Roles())
    constants = {c.name: reason for c in frame if (reason := constant(c))}
    left = [c for c in frame if c.name not in constants]
    ids = {c.name: reason for c in left if (reason := id_like(c, kinds[c.name]))}
    keys = [c for c in left if c.name in ids]
    left = [c for c in left if c.name not in ids]
    group, time, part = best_group(left, kinds), only_time(left, kinds), None
    if group is None and (compound := compound_group(keys)):
        group, part = compound
        ids.pop(group[0])
    roles = Roles(
        exclude=tuple(constants),
        ids=tuple(ids),
        group=group[0] if group else None,
        group_part=part,
        time=time[0] if time else None,
    )
    why = constants | ids | dict(filter(None, (group, time)))
    return Suggestions(roles, why, targets(c for c in left if c.name not in why and kinds[c.name] not in ("text", "date")))


def merged(roles: Roles, seen: Suggestions) -> Roles:
    """Return roles with what was seen of columns that have no role yet; what a person said stays."""
    taken = {roles.target, roles.group, roles.time, *roles.ids, *roles.exclude}
    new = replace(
        seen.roles,
        ids=tuple(name for name in seen.roles.ids if name not in taken),
        exclude=tuple(name for name in seen.roles.exclude if name not in taken),
    )
    single = {role: None if (name := getattr(new, role)) in taken else name for role in ("group", "time")}
    group = roles.group or single["group"]
    # A compound key that is not needed as a group still names its rows.
    key = (seen.roles.group,) if seen.roles.group_part and seen.roles.group not in (group, *taken) else ()
    return replace(
        roles,
        ids=(*roles.ids, *new.ids, *filter(None, key)),
        exclude=(*roles.exclude, *new.exclude),
        group=group,
        group_part=roles.group_part if roles.group else seen.roles.group_part,
        time=roles.time or single["time"],
    )


def constant(column: pl.Series) -> Text | None:
    """Return why a column is to be left out: it is the same in every row."""
    if column.null_count() == len(column):
        return Text("roles.why.blank")
    if len(column) < 2 or column.head(LOOK).n_unique() > 1 or column.n_unique() > 1:
        return None
    return Text("roles.why.constant", value=str(column[0])[:40])


def id_like(column: pl.Series, kind: Kind) -> Text | None:
    """Return why a column names its rows."""
    rows = len(column)
    if column.dtype.is_integer():
        if column.null_count() or not nearly_unique(column.head(LOOK)) or sounds_like_time(column.name):
            return None
        if counts(column) and (rows >= FEW_ROWS or sounds_like_id(column.name)):
            return Text("roles.why.id_counting", low=str(column.min()), high=str(column.max()))
        is_id = sounds_like_id(column.name) and nearly_unique(column)
    else:
        named = sounds_like_id(column.name)
        is_text = column.dtype == pl.String and (kind == "text" or named or rows >= FEW_ROWS)
        is_id = is_text and (rows >= FEW_ROWS or named) and is_code(column.head(LOOK)) and nearly_unique(column)
    return Text("roles.why.id_unique", distinct=f"{column.drop_nulls().n_unique():,}", rows=f"{rows:,}") if is_id else None


def nearly_unique(column: pl.Series) -> bool:
    """Whether nearly every row has a value of its own."""
    filled = column.drop_nulls()
    return len(filled) >= NEARLY_ALL * len(column) and filled.n_unique() >= NEARLY_ALL * len(column)


def is_code(column: pl.Series) -> bool:
    """Whether texts are codes, not names or sentences: without spaces, nearly all with a digit, each one different."""
    filled = column.drop_nulls()
    if not len(filled) or not nearly_unique(column):
        return False
    plain = filled.str.contains(CODE) & filled.str.contains(r"\d") & (filled.str.len_chars() <= LONGEST_ID)
    return float(plain.mean() or 0.0) >= NEARLY_ALL  # type: ignore[arg-type]


def counts(column: pl.Series) -> bool:
    """Whether whole numbers count the rows."""
    first, last = column[0], column[-1]
    return last - first == len(column) - 1 and bool((column.diff().slice(1) == 1).all())


def best_group(columns: Iterable[pl.Series], kinds: Mapping[str, Kind]) -> tuple[str, Text] | None:
    """Return the entity whose rows belong together, where there is one."""
    found = []
    for column in columns:
        named = entity_rank(column.name)
        is_code = column.dtype == pl.String or column.dtype.is_integer()
        if named and is_code and kinds[column.name] != "boolean" and len(filled := column.drop_nulls()):
            distinct = filled.n_unique()
            if distinct >= FEWEST_GROUPS and FEWEST_EACH <= (each := len(filled) / distinct) <= MOST_EACH:
                text = Text("roles.why.group", each=f"{each:.1f}", distinct=f"{distinct:,}")
                found.append((named, distinct, column.name, text))
    return max(found, key=lambda one: one[:2])[2:] if found else None


def compound_group(columns: Iterable[pl.Series]) -> tuple[tuple[str, Text], dict[str, str]] | None:
    """Return an entity whose name is the front of a key that is different in every row, where there is one.

    Returns
    -------
    tuple or None
        The column and why, and the part of it: ``mouse7_3`` is the third row of ``mouse7``.
    """
    for column in columns:
        if column.dtype != pl.String or not entity_rank(column.name) or (part := common_part(column.head(LOOK))) is None:
            continue
        named = column.drop_nulls().str.extract(COMPOUND, 1).drop_nulls()
        distinct = named.n_unique()
        is_date = float(named.str.contains(DATE_LIKE).mean() or 0.0) > 1 - NEARLY_ALL  # type: ignore[arg-type]
        if not is_date and distinct >= FEWEST_GROUPS and FEWEST_EACH <= (each := len(named) / distinct) <= MOST_EACH:
            example = str(column.drop_nulls()[0])[:40]
            values = {"each": f"{each:.1f}", "distinct": f"{distinct:,}", "separator": part["separator"]}
            text = Text("roles.why.group_part", **values, example=example, name=str(named[0])[:40])
            return (column.name, text), part
    return None


def common_part(column: pl.Series) -> dict[str, str] | None:
    """Return the front of a compound key, if nearly all values have one with the same separator."""
    filled = column.drop_nulls()
    found = filled.str.extract(COMPOUND, 2).drop_nulls()
    if len(found) < NEARLY_ALL * len(filled) or found.n_unique() != 1:
        return None
    return {"part": "before", "separator": str(found[0])}


def parts_of(column: pl.Series) -> list[dict[str, str]]:
    """Return the parts of a key that may name a group, the front first: for every separator that most of its values hold."""
    filled = column.drop_nulls().head(LOOK)
    if filled.dtype != pl.String or not len(filled):
        return []
    held = [mark for mark in SEPARATORS if float(filled.str.contains(mark, literal=True).mean() or 0) > 0.5]  # type: ignore[arg-type]
    return [{"part": part, "separator": mark} for mark in held for part in PARTS]


def entity_rank(name: str) -> int:
    """Return how much a name sounds like the id of somebody: 2 with whose it is, 1 without, 0 not at all."""
    words = tokens(name)
    if set(words) & NO_ENTITY or NO_ENTITY_JAPANESE.search(name) or not sounds_like_id(name):
        return 0
    if set(words) & ENTITY or ENTITY_JAPANESE.search(name):
        return 2
    # "days since the id was published" is no id: the word stands first or last in one.
    return int(words[0] in ID_WORDS or words[-1] in ID_WORDS or not name.isascii())


def only_time(columns: Iterable[pl.Series], kinds: Mapping[str, Kind]) -> tuple[str, Text] | None:
    """Return the date that orders the rows, where exactly one does."""
    dates = [
        c for c in columns if kinds[c.name] == "date" and not c.null_count() and not BIRTH.search(c.name) and c.n_unique() > 1
    ]
    in_order = [c for c in dates if is_ordered(c)]
    if len(in_order) == 1:
        return in_order[0].name, Text("roles.why.time")
    named = [c for c in in_order or dates if sounds_like_time(c.name)]
    return (named[0].name, Text("roles.why.time_name")) if len(named) == 1 else None


def is_ordered(column: pl.Series) -> bool:
    """Whether rows stand in the order of a date."""
    if len(column) < FEW_ROWS:
        return False
    steps = column.diff().slice(1).to_physical()
    return max(float((steps >= 0).mean() or 0), float((steps <= 0).mean() or 0)) >= ORDERED  # type: ignore[arg-type]


def targets(columns: Iterable[pl.Series]) -> tuple[str, ...]:
    """Return the columns whose name sounds like what one predicts; a whole name before a part of one."""
    ranked = [(rank, c.name) for c in columns if (rank := target_rank(c.name))]
    return tuple(name for _, name in sorted(ranked, key=lambda one: -one[0])[:MOST_TARGETS])


def target_rank(name: str) -> int:
    """Return how much a name sounds like a target."""
    words, whole = set(tokens(name)), unicodedata.normalize("NFKC", name).strip()
    if words == (words & TARGET) and words:
        return 3
    if match := TARGET_JAPANESE.search(whole):
        return 3 if match[0] == whole else 2
    return 1 if words & (TARGET - {"y", "label", "response"}) else 0


def sounds_like_id(name: str) -> bool:
    """Whether a name is one of ids."""
    return bool(set(tokens(name)) & ID_WORDS or ID_JAPANESE.search(unicodedata.normalize("NFKC", name)))


def sounds_like_time(name: str) -> bool:
    """Whether a name is one of moments."""
    return bool(set(tokens(name)) & TIME or TIME_JAPANESE.search(unicodedata.normalize("NFKC", name)))


def tokens(name: str) -> list[str]:
    """Return the words of a name: customerId, CUSTOMER_ID and "customer id" have the same two."""
    plain = unicodedata.normalize("NFKC", name)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])(?=[A-Za-z])", " ", plain)
    return [word.casefold() for word in re.split(r"[\W_]+", apart) if word]
