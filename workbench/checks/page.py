"""A check report as sections of a printable page, in the reader's language: for those who decide and were not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from workbench import figure
from workbench.checks import charts
from workbench.checks.advice.loop import Answer
from workbench.checks.arrival import page as arrival_page
from workbench.checks.check import SEVERITIES, Check, CheckReport, Finding
from workbench.data import Roles
from workbench.data.decisions import Decision, Key, latest
from workbench.words import Lang, Text, moment

Section = dict[str, Any]

# Names of columns in a heading; the sentence below has all of them.
MOST_NAMES = 3
# A page with more charts is slow to open, and nobody reads as far.
MOST_CHARTS = 60


def sections(
    report: CheckReport,
    lang: Lang,
    *,
    about: Sequence[tuple[str, str]] = (),
    decisions: Sequence[Decision] = (),
    answers: Sequence[Answer] = (),
    cautions: Sequence[Text] = (),
) -> list[Section]:
    """Return a report's sections for `workbench.report.html.page`.

    Parameters
    ----------
    report : CheckReport
        What the checks found.
    lang : {"ja", "en"}
        The reader's language.
    about : sequence of (str, str), optional
        What is said of the table: names and values.
    decisions : sequence of Decision, optional
        What was decided about the findings, oldest first.
    answers : sequence of Answer, optional
        What the closed loop answered.
    cautions : sequence of Text, optional
        What to know about those answers.

    Returns
    -------
    list of dict
        ``title`` and any of ``texts``, ``facts``, ``list``, ``table``, ``figures``, ``anchor`` and ``level``.
    """
    accepted = latest(decisions, "accept")
    numbered = list(enumerate(report.findings))
    open_ones = [(place, one) for place, one in numbered if key_of(one) not in accepted]
    settled = [(place, one) for place, one in numbered if key_of(one) in accepted]
    found = [overview(report, open_ones, len(settled), about, lang), advised(report, lang)]
    found[1:1] = arrival_page.sections(report, lang)
    if answers:
        found += loop(answers, lang, cautions=cautions)
    found += listed(open_ones, "check.page.findings", {}, lang)
    found += listed(settled, "check.page.accepted", accepted, lang)
    if others := [one for one in decisions if one.action in ("exclude", "role", "split")]:
        found.append({"title": said("check.page.decided", lang), "table": decided(others, lang)})
    return [*found, *ran(report, lang)]


def about(
    name: str, size: tuple[int, int], roles: Roles, report: CheckReport, lang: Lang, *, by: str = ""
) -> list[tuple[str, str]]:
    """Return what is said of a table before the findings: names and values.

    Parameters
    ----------
    name : str
        The table's.
    size : (int, int)
        Rows and columns.
    roles : Roles
        Its roles.
    report : CheckReport
        What the checks found.
    lang : {"ja", "en"}
        The reader's language.
    by : str, optional
        Who made the page.
    """
    aside = roles.aside()
    values = {
        "table": name,
        "rows": figure.number(size[0]),
        "columns": figure.number(size[1]),
        "target": roles.target,
        "group": roles.group,
        "time": roles.time,
        "excluded": figure.number(len(aside)) if aside else None,
        "day": report.day.isoformat() if report.day else None,
        "by": by,
    }
    return [(said(f"check.page.fact.{key}", lang), value) for key, value in values.items() if value]


def said(key: str, lang: Lang, **values: object) -> str:
    """Return a sentence in the language."""
    return Text(key, **values).say(lang)


def key_of(finding: Finding) -> Key:
    """Return what a decision about a finding is kept under."""
    return finding.code, tuple(sorted(finding.columns))


def overview(
    report: CheckReport, open_ones: Sequence[tuple[int, Finding]], accepted: int, about: Sequence[tuple[str, str]], lang: Lang
) -> Section:
    """Return the first section: what was looked at, how many findings there are, and the way to each."""
    texts = [summary(report)]
    if accepted:
        texts.append(Text("check.page.of_them_accepted", count=accepted))
    if not report.findings:
        texts.append(Text("check.page.clean"))
    points = [
        {"text": headline(one, lang), "to": anchor(place), "mark": "warning" if one.severity == "error" else ""}
        for place, one in open_ones
        if one.severity != "info"
    ]
    section: Section = {"title": said("check.page.overview", lang), "texts": [text.say(lang) for text in texts], "list": points}
    return section | ({"facts": list(about)} if about else {})


def summary(report: CheckReport) -> Text:
    """Return the counts in one sentence."""
    counts = Counter(finding.severity for finding in report.findings)
    return Text(
        "check.page.summary",
        errors=counts["error"],
        warnings=counts["warning"],
        notes=counts["info"],
        passed=len(report.passed),
        skipped=len(report.skipped),
    )


def headline(finding: Finding, lang: Lang) -> str:
    """Return what a finding is called, with the columns it is about."""
    grade, title = said(f"check.severity.{finding.severity}", lang), finding.title.say(lang)
    names = [figure.shorten(name, 30) for name in finding.columns[:MOST_NAMES]]
    if not names:
        return said("check.page.headline", lang, grade=grade, title=title, code=finding.code)
    names += ["…"] if finding.columns[MOST_NAMES:] else []
    return said("check.page.headline_of", lang, grade=grade, title=title, code=finding.code, columns=names)


def anchor(place: int) -> str:
    """Return where links to a finding lead."""
    return f"finding-{place + 1}"


def listed(found: Sequence[tuple[int, Finding]], key: str, accepted: Mapping[Key, Decision], lang: Lang) -> list[Section]:
    """Return a heading and a section for each finding, grouped by severity; nothing where there are none."""
    if not found:
        return []
    ordered = [(place, one) for severity in SEVERITIES for place, one in found if one.severity == severity]
    below = [
        one_section(place, finding, accepted.get(key_of(finding)), lang, is_drawn=number < MOST_CHARTS)
        for number, (place, finding) in enumerate(ordered)
    ]
    return [{"title": said(key, lang), "texts": [said("check.page.count", lang, count=len(found))]}, *below]


def one_section(place: int, finding: Finding, decision: Decision | None, lang: Lang, *, is_drawn: bool = True) -> Section:
    """Return the section of one finding: evidence, what to do, rows that show it, a chart, and why it was accepted."""
    texts = [finding.evidence.say(lang), said("check.page.action", lang, action=finding.action.say(lang))]
    if decision:
        texts.insert(0, said("check.page.accepted_by", lang, **by_whom(decision, lang), reason=decision.reason))
    section: Section = {"title": headline(finding, lang), "level": 3, "anchor": anchor(place), "texts": texts}
    if finding.examples:
        section["table"] = examples(finding, lang)
    title = ", ".join(figure.shorten(name, 30) for name in finding.columns[:MOST_NAMES])
    drawn = charts.chart(finding.chart, lang, title=title) if finding.chart and is_drawn else None
    return section | ({"figures": [drawn]} if drawn else {})


def by_whom(decision: Decision, lang: Lang) -> dict[str, str]:
    """Return who decided, and when."""
    return {"who": decision.who, "when": moment(decision.when, lang)}


def examples(finding: Finding, lang: Lang) -> dict[str, Any]:
    """Return the rows that show a finding."""
    names = list(dict.fromkeys(name for row in finding.examples for name in row))
    head = [said("check.page.head_row", lang) if name == "#" else name for name in names]
    return {"head": head, "rows": [[cell(row.get(name), lang) for name in names] for row in finding.examples]}


def cell(value: Any, lang: Lang) -> str:
    """Return a cell as it is read; yes and no as words."""
    if isinstance(value, bool):
        return said(f"check.arrival.{str(value).lower()}", lang)
    return figure.number(value) if value is None or isinstance(value, float) else str(value)


def advised(report: CheckReport, lang: Lang) -> Section:
    """Return how to split and what to leave out."""
    return {"title": said("check.page.advice", lang), "list": [reason.say(lang) for reason in report.advice["reasons"]]}


def loop(found: Sequence[Answer], lang: Lang, *, cautions: Sequence[Text] = ()) -> list[Section]:
    """Return what the closed loop answered: a chart of all answers, and each as a sentence."""
    section: Section = {"title": said("check.honest.title", lang), "list": [answer.text.say(lang) for answer in found]}
    if told := [text.say(lang) for text in cautions]:
        section["texts"] = told
    drawn = charts.loop(found, lang)
    return [section | ({"figures": [drawn]} if drawn else {})]


def decided(decisions: Sequence[Decision], lang: Lang) -> dict[str, Any]:
    """Return decisions as a table, oldest first."""
    head = [said(f"check.page.head_{name}", lang) for name in ("decision", "columns", "code", "reason", "who", "when")]
    rows = [
        [
            said(f"check.page.decision.{what(one)}", lang),
            Text("check.page.list", items=list(one.columns)).say(lang),
            one.code or "–",
            one.reason or "–",
            *by_whom(one, lang).values(),
        ]
        for one in decisions
    ]
    return {"head": head, "rows": rows}


def what(decision: Decision) -> str:
    """Return which kind of decision it is, for its name."""
    if decision.action == "role":
        return "in_time" if decision.detail.get("known") == "yes" else "later"
    if decision.action == "split":
        return "group" if decision.detail.get("group") else "time"
    return decision.action


def ran(report: CheckReport, lang: Lang) -> list[Section]:
    """Return what was sampled, which checks found nothing, which did not apply, could not run or were not asked for."""
    found: list[Section] = []
    if sampled := samples(report, lang):
        found.append({"title": said("check.page.sampled", lang), "list": sampled})
    if report.not_applicable:
        found.append({"title": said("check.page.abstained", lang), "table": reasons(report.not_applicable, lang)})
    if report.failed:
        found.append({"title": said("check.page.broken", lang), "table": reasons(report.failed, lang)})
    for name, some in (("passed", report.passed), ("skipped", report.skipped)):
        if some:
            found.append({"title": said(f"check.page.{name}", lang), "list": [f"{c.code} {c.title.say(lang)}" for c in some]})
    return found


def samples(report: CheckReport, lang: Lang) -> list[str]:
    """Return each sentence about a sample once, with the checks that looked at that sample only."""
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        text = finding.evidence.values.get("sampled")
        if isinstance(text, Text):
            codes = found.setdefault(text.say(lang).strip(), [])
            codes += [finding.code] if finding.code not in codes else []
    return [f"{sentence} ({', '.join(codes)})" for sentence, codes in found.items()]


def reasons(some: Sequence[tuple[Check, Text]], lang: Lang) -> dict[str, Any]:
    """Return checks that said nothing, with the reason."""
    head = [said(key, lang) for key in ("check.page.head_code", "check.page.head_check", "check.page.head_reason")]
    return {"head": head, "rows": [[check.code, check.title.say(lang), reason.say(lang)] for check, reason in some]}
