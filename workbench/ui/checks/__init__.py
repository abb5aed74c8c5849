"""The checks page's frame: its tabs, what stands in a table's way, what ran and what did not, the run of a large table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.figure import file_name
from workbench.ui import feedback, findings
from workbench.ui.checks import advice, decided, finding_actions, honest
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.runs import live
from workbench.ui.tabs import Tabs
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.check_report import Check, CheckReport, Finding
    from workbench.actions.checks import Shown
    from workbench.data import DatasetRecord

TABS = Tabs("checks", ("findings", "honest", "arrival", "labels", "contract"), query="part")
# On demand checks wait for something that is handed in on the tab of its own.
ON_DEMAND = "on_demand"


def head(dataset: DatasetRecord, shown: Shown) -> None:
    """Draw what the page is about, and the report to take away."""
    target = findings.plain(str(dataset.roles.target))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(say("page.checks.about", table=findings.plain(dataset.name), target=target), width="content")
        if shown.whole:
            take_away(dataset)


def take_away(dataset: DatasetRecord) -> None:
    """Draw the button for the printable report; it is made when somebody asks for it."""
    who_asks, language = who(), lang()

    def made() -> str:
        return actions.check_report.page(dataset.id, by=who_asks, lang=language)

    st.download_button(
        say("ui.checks.report"),
        made,
        f"{file_name(say('ui.checks.file_name', table=PurePath(dataset.name).stem))}.html",
        "text/html",
        help=say("ui.checks.report_help"),
        icon=":material/print:",
        on_click="ignore",
        key=f"checks.report.{dataset.id}",
    )


def running(dataset_id: str, shown: Shown) -> None:
    """Show a large table being checked, and draw the page again as more is there; say when nothing more comes."""
    if shown.whole:
        return
    if not shown.is_going:
        ended(dataset_id, shown)
        return

    @st.fragment(run_every=live.EVERY)
    def again() -> None:
        with feedback.guarded("checks"):
            now = actions.checks.shown(dataset_id, by=who())
            # A finding more changes the page; of a check that found nothing the bar tells enough.
            if now.whole or not now.is_going or len(now.report.findings) != len(shown.report.findings):
                st.rerun()
            draw_progress(now)

    again()


def draw_progress(shown: Shown) -> None:
    """Draw how far the checks are, and a button to stop them."""
    doing = live.doing(shown)
    if shown.total:
        doing = say("ui.checks.progress", done=shown.done, total=shown.total, doing=doing)
    live.draw_standing(shown, doing, key="checks.stop")


def ended(dataset_id: str, shown: Shown) -> None:
    """Say why the checks ended before their time, and offer to go on; what they found until then stays below."""
    tell = st.warning if shown.state == "stopped" else st.error
    tell(say(shown.error) if shown.error else say(f"ui.checks.ended.{shown.state}"), icon=live.ICONS[shown.state])
    if st.button(say("ui.checks.again"), icon=":material/restart_alt:", key="checks.again"):
        with feedback.reported():
            actions.checks.again(dataset_id, by=who())
            st.rerun()


def panel(dataset: DatasetRecord, shown: Shown) -> None:
    """Draw the first tab: in figures, the advice, the findings with what can be done, and what was decided."""
    report = shown.report
    decisions, accepted = decided.of(dataset)
    open_ones, settled = decided.apart(report, accepted)
    asked = honest.asked(dataset)
    figures(open_ones, len(settled))
    ran(shown)
    finding_actions.last_done(dataset)
    advice.panel(dataset, report, asked, whole=shown.whole)
    if shown.whole and not open_ones:
        key = "ui.checks.all_accepted" if settled else "ui.checks.clean"
        st.success(say(key, count=len(report.passed)), icon=":material/check_circle:")
    may = shown.whole and finding_actions.may_decide(dataset)

    def below(finding: Finding, key: str) -> None:
        honest.on_card(finding, asked)
        if may:
            finding_actions.row(dataset, finding, asked, key=key)

    findings.listed(open_ones, key="checks.finding", below=below, beside=dataset.id)
    honest.follow(asked)
    decided.accepted_ones(dataset, settled)
    decided.others(dataset, decisions)
    outcomes(report, whole=shown.whole)


def figures(open_ones: Sequence[Finding], accepted: int) -> None:
    """Draw how many findings there are of each severity."""
    counts = Counter(one.severity for one in open_ones)
    with st.container(horizontal=True, gap="small", key="checks.figures"):
        for severity in findings.SEVERITIES:
            label = say("ui.checks.only_one", severity=say(f"check.severity.{severity}"), count=counts[severity])
            colour = findings.COLOURS[severity] if counts[severity] else "gray"
            st.badge(label, icon=findings.ICONS[severity], color=colour)
        if accepted:
            st.badge(say("ui.checks.accepted", count=accepted), icon=":material/check:", color="gray")


def ran(shown: Shown) -> None:
    """Say in one line how many checks have run, did not apply, wait for the reader, and could not run."""
    report = shown.report
    waiting = [check for check in report.skipped if check.cost == ON_DEMAND]
    looked = len(report.passed) + len({one.code for one in report.findings})
    parts = [Text("ui.checks.ran", count=looked, total=total(report))]
    for name, many in (("abstained", len(report.not_applicable)), ("waiting", len(waiting)), ("broken", len(report.failed))):
        if many:
            parts.append(Text(f"ui.checks.ran_{name}", count=many))
    st.caption(say("ui.checks.ran_joined", parts=" · ".join(say(part) for part in parts)))


def total(report: CheckReport) -> int:
    """Return how many checks there are."""
    codes = [check.code for check, _ in (*report.not_applicable, *report.failed)]
    named = [*(check.code for check in (*report.passed, *report.skipped)), *(found.code for found in report.findings)]
    return len({*codes, *named})


def outcomes(report: CheckReport, *, whole: bool) -> None:
    """List the checks that had nothing to look at and why, those that wait for something, and those that could not run."""
    if report.failed:
        with st.expander(say("ui.checks.broken", count=len(report.failed)), icon=":material/error:", key="checks.broken"):
            st.markdown(findings.bullets([reasoned(check, reason) for check, reason in report.failed]))
    waiting = [check for check in report.skipped if check.cost == ON_DEMAND]
    if waiting and whole:
        with st.expander(say("ui.checks.waiting", count=len(waiting)), icon=":material/hourglass_empty:", key="checks.waiting"):
            st.markdown(say("ui.checks.waiting_about"))
            st.markdown(findings.bullets([f"**{check.code}** {findings.plain(say(check.title))}" for check in waiting]))
    if report.not_applicable:
        label = say("ui.checks.not_applicable", count=len(report.not_applicable))
        with st.expander(label, icon=":material/do_not_disturb_on:", key="checks.abstained"):
            st.markdown(findings.bullets([reasoned(check, reason) for check, reason in report.not_applicable]))


def reasoned(check: Check, reason: Text) -> str:
    """Return a check with why it said nothing, as Markdown."""
    return f"**{check.code} {findings.plain(say(check.title))}** {findings.plain(say(reason))}"
