"""The checks on screen: what is found, what can be done about it with one click, and that nothing said is lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from workbench import actions
from workbench.actions import held
from workbench.principal import LOCAL

Open = Callable[..., AppTest]
Read = Callable[[AppTest], str]
Say = Callable[..., str]


@pytest.fixture
def leaky(keep_upload: Callable[[str, bytes], str]) -> str:
    """A table whose column `closed` knows the answer, and whose `visit` hides the person who came several times."""
    rows, each = 400, 10
    chance = random.Random(8)
    person = [i // each for i in range(rows)]
    facts = {name: [chance.randint(0, most) for _ in range(rows // each)] for name, most in (("area", 1), ("plan", 2))}
    answer = [chance.random() < 0.4 for _ in range(rows)]
    frame = pl.DataFrame(
        {
            "visit": [f"p{number:03d}_{i % each}" for i, number in enumerate(person)],
            "closed": [f"2024-0{1 + i % 9}-01" if yes else None for i, yes in enumerate(answer)],
            **{name: [values[number] for number in person] for name, values in facts.items()},
            "income": [chance.gauss(0, 1) for _ in range(rows)],
            "churn": ["yes" if yes else "no" for yes in answer],
        }
    ).sample(fraction=1.0, shuffle=True, seed=1)
    dataset_id = actions.datasets.from_upload(keep_upload("people.csv", frame.write_csv().encode()), by=LOCAL)
    roles = replace(actions.datasets.record(dataset_id, by=LOCAL).roles, target="churn")
    actions.datasets.set_roles(dataset_id, roles, by=LOCAL)
    return dataset_id


def roles_of(dataset_id: str) -> object:
    """The roles as the store has them."""
    return actions.datasets.record(dataset_id, by=LOCAL).roles


def key_of(at: AppTest, kind: str, code: str, what: str) -> str:
    """The key of a widget on the card of a finding."""
    keys = [str(one.key) for one in at.get(kind)]
    found = [key for key in keys if key.startswith(f"checks.finding.{code}.") and key.endswith(f".{what}")]
    assert found, keys
    return found[0]


def click(at: AppTest, code: str, what: str) -> AppTest:
    """Click a button on the card of a finding."""
    at.button(key=key_of(at, "button", code, what)).click().run()
    assert not at.error, [one.value for one in at.error]
    return at


def submit(at: AppTest, label: str) -> AppTest:
    """Click the first button with a label, such as a form's."""
    next(one for one in at.button if one.label == label).click().run()
    return at


def codes(dataset_id: str) -> set[str]:
    """The codes of everything the checks find."""
    return {one.code for one in actions.checks.run(dataset_id, by=LOCAL).findings}


def test_nothing_open_points_to_the_data_page(open_page: Open, texts: Read) -> None:
    assert "No table is open yet" in texts(open_page("checks"))


def test_without_a_target_the_next_step_is_said(open_page: Open, keep_table: Callable[..., str], texts: Read) -> None:
    assert "Choose the target" in texts(open_page("checks", dataset=keep_table()))


def test_findings_come_with_evidence_rows_a_chart_and_what_to_do(
    open_page: Open, leaky: str, texts: Read, sentence: Say
) -> None:
    at = open_page("checks", dataset=leaky)
    shown = texts(at)
    assert not at.error
    assert "What to do:" in shown
    assert "closed" in shown
    assert sentence("ui.checks.row") in [str(c) for frame in at.dataframe for c in frame.proto.columns] or at.dataframe
    assert at.get("plotly_chart")


def test_a_line_says_what_ran_what_did_not_apply_and_what_waits(open_page: Open, leaky: str, texts: Read) -> None:
    at = open_page("checks", dataset=leaky)
    report = actions.checks.run(leaky, by=LOCAL)
    shown = texts(at)
    assert f"{len(report.not_applicable)} did not apply" in shown
    for check, _ in report.not_applicable:
        assert check.code in shown
    assert "wait for you" in shown


def test_a_column_is_left_out_with_one_click_and_taken_back_with_another(open_page: Open, leaky: str, texts: Read) -> None:
    at = open_page("checks", dataset=leaky)
    code = next(c for c in ("WB303", "WB305", "WB302", "WB301") if c in codes(leaky) and has(at, c, "exclude"))
    click(at, code, "exclude")
    assert "closed" in roles_of(leaky).exclude
    assert "Not learned from any more: closed" in texts(at)
    at.button(key="checks.undo").click().run()
    assert not at.error
    assert "closed" not in roles_of(leaky).exclude
    assert "Not learned from any more" not in texts(at)


def has(at: AppTest, code: str, what: str) -> bool:
    """Whether a finding's card has a button."""
    keys = [str(one.key) for one in at.button]
    return any(key.startswith(f"checks.finding.{code}.") and key.endswith(f".{what}") for key in keys)


def suspect(at: AppTest, what: str) -> str:
    """The code of a leak whose card has a button."""
    return next(code for code in ("WB303", "WB305", "WB301", "WB302", "WB304") if has(at, code, what))


def test_a_suspect_is_said_to_be_known_only_afterwards(open_page: Open, leaky: str, texts: Read) -> None:
    at = open_page("checks", dataset=leaky)
    click(at, suspect(at, "later"), "later")
    assert roles_of(leaky).unknown_at_prediction == ("closed",)
    assert "Only known afterwards" in texts(at)


def test_a_suspect_is_said_to_be_known_in_time_and_the_reason_is_kept(open_page: Open, leaky: str, sentence: Say) -> None:
    at = open_page("checks", dataset=leaky)
    code = suspect(at, "later")
    at.text_input(key=key_of(at, "text_input", code, "why")).set_value("entered at the first visit")
    submit(at, sentence("ui.checks.known.in_time"))
    assert not at.error
    assert roles_of(leaky).known_at_prediction == ("closed",)
    assert actions.decisions.of(leaky, by=LOCAL)[-1].reason == "entered at the first visit"


def test_a_hidden_group_becomes_the_split(open_page: Open, leaky: str) -> None:
    at = open_page("checks", dataset=leaky)
    click(at, "WB401", "group")
    assert roles_of(leaky).group == "visit"
    assert roles_of(leaky).group_part == {"part": "before", "separator": "_"}


def test_a_finding_is_accepted_with_a_reason_that_is_shown_and_can_be_taken_back(
    open_page: Open, leaky: str, texts: Read, sentence: Say
) -> None:
    at = open_page("checks", dataset=leaky)
    at.text_input(key=key_of(at, "text_input", "WB401", "reason")).set_value("visits of one person are years apart")
    form = key_of(at, "text_input", "WB401", "reason").removesuffix(".reason")
    next(one for one in at.button if one.form_id == f"{form}.accepting").click().run()
    assert not at.error
    assert "visits of one person are years apart" in texts(at)
    assert LOCAL.who in texts(at)
    assert not has(at, "WB401", "group"), "its card is gone"
    again = open_page("checks", dataset=leaky)
    assert "visits of one person are years apart" in texts(again)
    again.button(key="checks.withdraw.0").click().run()
    assert actions.decisions.accepted(leaky, by=LOCAL) == {}
    assert has(again, "WB401", "group")


def test_a_refused_reason_stays_where_it_was_typed(open_page: Open, leaky: str) -> None:
    at = open_page("checks", dataset=leaky)
    key = key_of(at, "text_input", "WB401", "reason")
    at.text_input(key=key).set_value("ok")
    form = f"{key.removesuffix('.reason')}.accepting"
    next(one for one in at.button if one.form_id == form).click().run()
    assert "why this finding is accepted" in at.error[0].value
    assert at.text_input(key=key).value == "ok"
    assert actions.decisions.accepted(leaky, by=LOCAL) == {}


def test_advice_is_adopted_after_one_confirmation_that_lists_what_changes(open_page: Open, leaky: str, texts: Read) -> None:
    at = open_page("checks", dataset=leaky)
    at.button(key="checks.adopt").click().run()
    change = actions.decisions.advised(leaky, actions.checks.run(leaky, by=LOCAL).advice, by=LOCAL)
    shown = texts(at).replace("\\", "")
    assert change.lines
    assert all(line.say("en") in shown for line in change.lines)
    assert roles_of(leaky).group is None, "nothing changes before the confirmation"
    at.button(key="checks.adopt").click()  # a browser runs the dialog alone, here it has to open again
    at.button(key="checks.adopt.confirm").click().run()
    assert not at.error
    assert roles_of(leaky) == change.roles
    assert "The roles follow this advice" in [one.label for one in at.get("badge")] or "The advice was adopted" in texts(at)
    at.button(key="checks.undo").click().run()
    assert not at.error
    assert roles_of(leaky).group is None
    assert roles_of(leaky).exclude == ()


def test_who_only_looks_sees_no_buttons(open_page: Open, leaky: str, texts: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_DEMO", "1")
    held.clear()
    at = open_page("checks", dataset=leaky)
    assert "What to do:" in texts(at)
    keys = [str(one.key) for one in at.button]
    assert not [key for key in keys if key.startswith(("checks.finding.", "checks.adopt", "checks.honest"))]
    assert not [one for one in at.text_input if str(one.key).endswith((".reason", ".why"))]


def test_many_findings_are_searched_and_filtered(
    open_page: Open, keep_upload: Callable[[str, bytes], str], texts: Read
) -> None:
    frame = pl.DataFrame(
        {"y": [i % 2 for i in range(80)], "x": [i * 37 % 71 for i in range(80)]} | {f"定数{i}": [1] * 80 for i in range(15)}
    )
    dataset = actions.datasets.from_upload(keep_upload("wide.csv", frame.write_csv().encode()), by=LOCAL)
    actions.datasets.set_roles(dataset, replace(roles_of(dataset), target="y"), by=LOCAL)
    at = open_page("checks", dataset=dataset)
    at.button(key="checks.finding.more").click().run()
    assert "定数14" in texts(at)
    at.text_input(key=f"checks.finding.{dataset}.search").set_value("定数１２").run()
    shown = texts(at)
    assert "定数12" in shown
    assert "What to do" in shown
    assert not [key for key in map(str, (one.key for one in at.button)) if key.endswith(".more")]


def test_the_honest_tab_names_the_suspects(open_page: Open, leaky: str, texts: Read) -> None:
    at = open_page("checks", dataset=leaky, part="honest")
    assert not at.error
    assert "closed" in texts(at)


@pytest.mark.slow
def test_one_click_on_a_card_tells_what_the_score_would_be(open_page: Open, leaky: str, texts: Read) -> None:
    at = open_page("checks", dataset=leaky)
    click(at, suspect(at, "score"), "score")
    finished(str(at.query_params["honest"]))
    again = open_page("checks", dataset=leaky)
    assert "without closed" in texts(again)
    assert "with a random split" in texts(again), "the advice says how optimistic a random split is"


@pytest.mark.slow
def test_one_click_asks_for_all_and_the_tab_tells(open_page: Open, leaky: str, texts: Read) -> None:
    at = open_page("checks", dataset=leaky, part="honest")
    at.button(key=f"checks.honest.{leaky}").click().run()
    assert not at.error, texts(at)
    run = str(at.query_params["honest"])
    finished(run)
    at = open_page("checks", dataset=leaky, part="honest", honest=run)
    assert "with a random split" in texts(at)
    assert "LightGBM on five folds" in texts(at)
    assert at.get("plotly_chart")


def finished(run: str) -> None:
    """Wait until a run has ended well."""
    patience = time.monotonic() + 120
    while (state := actions.runs.find(run, by=LOCAL).state) in ("waiting", "running") and time.monotonic() < patience:
        time.sleep(0.2)
    assert state == "finished"


def test_the_printable_report_has_what_was_decided_and_nothing_from_the_table_as_markup(
    keep_upload: Callable[[str, bytes], str],
) -> None:
    frame = pl.DataFrame(
        {"y": [i % 2 for i in range(60)], "<b>x": [i % 2 for i in range(60)], "z": [i * 7 % 59 for i in range(60)]}
    )
    dataset = actions.datasets.from_upload(keep_upload("t.csv", frame.write_csv().encode()), by=LOCAL)
    actions.datasets.set_roles(dataset, replace(roles_of(dataset), target="y"), by=LOCAL)
    finding = actions.checks.run(dataset, by=LOCAL).findings[0]
    actions.decisions.accept(dataset, finding.code, finding.columns, "<script>agreed</script> with Ana", by=LOCAL)
    for lang in ("en", "ja"):
        page = actions.check_report.page(dataset, by=LOCAL, lang=lang)
        assert "<b>x" not in page
        assert "&lt;script&gt;agreed&lt;/script&gt; with Ana" in page
        assert page.count("<script>agreed") == 0
