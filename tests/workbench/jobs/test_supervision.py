"""Jobs from start to end with real children: results, failures, Stop, the line."""

from __future__ import annotations

import gc
import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.gcs_emulator import emulated
from tests.workbench.jobs.real_children import ANA, Children
from workbench import jobs
from workbench.jobs import Job, records, supervision, vouching
from workbench.words import Text

SLEEP = """
recorder.emit("started", pid=os.getpid(), folder=str(recorder.folder))
time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    """Whether a process is there and not only its entry."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def states(children: Children, *job_ids: str) -> list[str]:
    """Where jobs stand."""
    return [children.job(job_id).state for job_id in job_ids]


def outputs(caplog: pytest.LogCaptureFixture, job: Job) -> str:
    """What a job's child printed last, as the log has it."""
    return "\n".join(r.below for r in caplog.records if r.getMessage() == "job_output" and r.fields["job"] == job.id)


def test_a_finished_job_has_its_result(children: Children) -> None:
    job_id = children.start('return {"best": spec["model"], "auc": float("nan"), "表": (1, 2)}', model="lr")
    job = children.settled(job_id)
    assert (job.state, job.result) == ("finished", {"best": "lr", "auc": None, "表": [1, 2]})
    assert (job.kind, job.title, job.owner, job.spec) == ("test", "試験", ANA.who, {"model": "lr"})
    assert (job.progress, job.error) == (1.0, None)
    assert job.ended
    assert job.created < job.ended


def test_a_sentence_for_the_person_survives_the_process(children: Children) -> None:
    job = children.settled(children.start('raise ColumnNotFound("prise", ["price", "size"])'))
    assert job.state == "failed"
    assert job.error
    assert job.error.say("en") == "Column 'prise' is not in the table. Closest names: price."
    assert job.error.say("ja") == "列「prise」は表にありません。近い名前: price。"


def test_an_unforeseen_error_is_a_number_for_the_person_and_a_traceback_in_the_log(
    children: Children, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "workbench")
    job = children.settled(children.start('recorder.keep({"rows": [1]})\nprivate = 1 / 0'))
    assert job.state == "failed"
    assert job.result == {"rows": [1]}
    assert job.error
    assert job.error.key == "error.unexpected"
    assert "ZeroDivisionError" not in str(job.error)
    children.until(lambda: outputs(caplog, job))
    assert "ZeroDivisionError: division by zero" in outputs(caplog, job)
    assert f"incident={job.error.values['incident']}" in outputs(caplog, job)


def test_a_killed_child_is_reported_with_its_last_lines(children: Children, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "workbench")
    job = children.settled(children.start('print("fitting the 最後 model")\nos.kill(os.getpid(), signal.SIGKILL)'))
    assert (job.state, job.error) == ("failed", Text("error.jobs.killed"))
    assert outputs(caplog, job) == "fitting the 最後 model"


def test_a_child_that_leaves_without_a_word_is_reported(children: Children) -> None:
    job = children.settled(children.start_script("raise SystemExit(3)"))
    assert (job.state, job.error) == ("failed", Text("error.jobs.died", code=3))


def test_a_program_that_is_not_there_is_reported(children: Children) -> None:
    job = children.settled(children.start_command(["/nowhere/python"]))
    assert job.error == Text("error.jobs.cannot_start", problem="No such file or directory")


def test_stop_ends_a_child_and_what_it_started(children: Children) -> None:
    job_id = children.start("""
        deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
        helper = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
        helper.stdout.read(1)
        recorder.keep({"rows": ["lr"]})
        recorder.emit("started", pid=os.getpid(), helper=helper.pid, folder=str(recorder.folder))
        recorder.emit("last", n_models=1)
        time.sleep(60)
    """)
    children.running(job_id)
    started = jobs.events(children.store, job_id)[0]
    began = time.monotonic()
    jobs.stop(children.store, job_id, by=ANA)
    jobs.stop(children.store, job_id, by=ANA)
    job = children.settled(job_id)
    children.until(lambda: not is_alive(started["pid"]) and not is_alive(started["helper"]))
    assert time.monotonic() - began < 2
    assert (job.state, job.result, job.error) == ("stopped", {"rows": ["lr"]}, None)
    assert [event["kind"] for event in jobs.events(children.store, job_id)] == ["started", "last"]
    children.until(lambda: not Path(started["folder"]).parent.exists())


def test_stop_does_not_wait_for_compiled_code(children: Children) -> None:
    job_id = children.start("""
        import hashlib
        recorder.emit("started")
        hashlib.pbkdf2_hmac("sha256", b"", b"", 300_000_000)  # a minute in one call, in which no handler of Python's runs
    """)
    children.running(job_id)
    jobs.stop(children.store, job_id, by=ANA)
    children.until(lambda: children.job(job_id).is_settled, seconds=2)
    assert children.job(job_id).state == "stopped"


def test_a_child_that_ignores_stop_is_killed(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "MERCY", 0.3)
    flag = children.folder / "ready"
    job_id = children.start_script(f"""
import pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path({str(flag)!r}).touch()
time.sleep(60)
""")
    children.until(flag.exists)
    jobs.stop(children.store, job_id, by=ANA)
    assert children.settled(job_id).state == "stopped"


def test_a_stop_that_breaks_the_work_is_a_stop(children: Children) -> None:
    job_id = children.start("""
        helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        recorder.emit("started")
        if helper.wait() != 0:
            raise RuntimeError("the helper died")
    """)
    children.running(job_id)
    jobs.stop(children.store, job_id, by=ANA)
    assert children.settled(job_id).state == "stopped"


def test_a_forked_helper_dies_of_its_own_signal_only(children: Children) -> None:
    job = children.settled(
        children.start("""
        helper = os.fork()
        if helper == 0:
            time.sleep(60)
        time.sleep(0.1)
        os.kill(helper, signal.SIGTERM)
        return {"signal": os.WTERMSIG(os.waitpid(helper, 0)[1])}
    """)
    )
    assert (job.state, job.result) == ("finished", {"signal": signal.SIGTERM})


def test_a_child_runs_nicely_and_keeps_temporary_files_to_itself(children: Children) -> None:
    job = children.settled(
        children.start("""
        import tempfile
        made = tempfile.mkdtemp()
        return {"nice": os.nice(0), "made": made, "scratch": str(recorder.folder), "kind": recorder.kind, "id": recorder.job_id}
    """)
    )
    assert job.result
    assert (job.result["nice"], job.result["kind"], job.result["id"]) == (os.nice(0) + 10, "test", job.id)
    assert Path(job.result["made"]).parent == Path(job.result["scratch"]).parent
    children.until(lambda: not Path(job.result["made"]).exists())


def test_a_third_job_waits_its_turn_and_starts_by_itself(children: Children) -> None:
    first, second = children.start(SLEEP), children.start(SLEEP)
    children.running(first)
    children.running(second)
    third, fourth = children.start('recorder.emit("third")\ntime.sleep(60)'), children.start("return {}")
    children.until(lambda: children.store.stat(f"jobs/{fourth}/heartbeat.json"))
    assert states(children, first, second, third, fourth) == ["running", "running", "waiting", "waiting"]
    jobs.stop(children.store, first, by=ANA)
    children.running(third)
    assert states(children, first, second, third, fourth) == ["stopped", "running", "running", "waiting"]
    jobs.stop(children.store, second, by=ANA)
    assert children.settled(fourth).state == "finished"


def test_a_lane_of_its_own_does_not_wait_for_the_others(children: Children) -> None:
    for busy in [children.start(SLEEP), children.start(SLEEP)]:
        children.running(busy)
    waiting, reading = children.start("return {}"), children.start('return {"read": 1}', lane="read")
    assert children.settled(reading).result == {"read": 1}
    assert states(children, waiting) == ["waiting"]


def test_stop_on_a_waiting_job_works_and_keeps_the_line(children: Children) -> None:
    running = [children.start(SLEEP), children.start(SLEEP)]
    waiting, after = children.start("return {}"), children.start("return {}")
    jobs.stop(children.store, waiting, by=ANA)
    assert children.settled(waiting).state == "stopped"
    assert not jobs.events(children.store, waiting)
    jobs.stop(children.store, running[0], by=ANA)
    assert children.settled(after).state == "finished"


def test_a_child_outlives_its_server_and_can_still_be_stopped(children: Children) -> None:
    job = children.orphan(SLEEP)
    started = jobs.events(children.store, job.id)[0]
    pid = started["pid"]
    assert job.state == "running"
    assert is_alive(pid)
    jobs.stop(children.store, job.id, by=ANA)
    assert children.settled(job.id).state == "stopped"
    children.until(lambda: not is_alive(pid))
    assert not Path(started["folder"]).parent.exists()


def test_a_child_that_outlives_its_server_still_counts_and_no_other_lane_waits_for_it(children: Children) -> None:
    orphan = children.orphan(SLEEP)
    waiting, reading = children.start("return {}", at_once=1), children.start("return {}", lane="read", at_once=1)
    assert children.settled(reading).state == "finished"
    time.sleep(3 * supervision.LOOK_FOR_STOP)
    assert states(children, orphan.id, waiting) == ["running", "waiting"]
    assert not jobs.events(children.store, waiting)
    os.kill(jobs.events(children.store, orphan.id)[0]["pid"], signal.SIGKILL)
    assert children.settled(waiting).state == "finished"


def test_a_run_that_is_removed_while_its_child_lives_ends_and_leaves_nothing(children: Children) -> None:
    job_id = children.start(SLEEP)
    children.running(job_id)
    started = jobs.events(children.store, job_id)[0]
    records.remove(children.store, job_id)
    children.until(lambda: not is_alive(started["pid"]) and not Path(started["folder"]).parent.exists())
    children.until(lambda: not list(children.store.list(records.place(job_id, ""))))


def test_a_removed_run_ends_without_its_server_too(children: Children) -> None:
    job = children.orphan(SLEEP)
    started = jobs.events(children.store, job.id)[0]
    records.remove(children.store, job.id)
    children.until(lambda: not is_alive(started["pid"]))
    assert not list(children.store.list(records.place(job.id, "")))


def test_a_child_whose_compiled_code_lets_no_thread_run_is_not_lost(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LOST_AFTER", timedelta(seconds=3))
    monkeypatch.setattr(vouching, "SILENCE", 0.4)
    monkeypatch.setattr(vouching, "BEAT", 0.1)
    # The child has said that it lives, and then holds the interpreter's lock.
    job_id = children.start("import ctypes\nrecorder.emit('said')\ntime.sleep(2)\nctypes.PyDLL(None).sleep(60)")
    children.running(job_id)
    until = time.monotonic() + 6
    while time.monotonic() < until:
        assert children.job(job_id).state == "running"
        time.sleep(0.1)


# The client leaves its connections to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_job_lives_in_a_bucket_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from google.cloud import storage

    with emulated() as address:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        storage.Client().create_bucket("jobs")
        children = Children("gs://jobs/team", tmp_path)
        done, stopped = children.start('recorder.emit("row", n_models=1)\nreturn {"best": "lr"}'), children.start(SLEEP)
        assert children.settled(done).result == {"best": "lr"}
        assert [event["kind"] for event in jobs.events(children.store, done)] == ["row"]
        children.running(stopped)
        jobs.stop(children.store, stopped, by=ANA)
        assert children.settled(stopped).state == "stopped"
        assert {job.id for job in jobs.mine(children.store, by=ANA)} == {done, stopped}
        children.leave()
        gc.collect()


RESCUED = """
if recorder.is_rescue:
    recorder.emit("rescued")
    return {"kept": ["lr"]}
recorder.emit("started", pid=os.getpid())
time.sleep(60)
"""


def test_what_a_stopped_child_had_finished_is_made_a_result_by_a_second_one(children: Children) -> None:
    job_id = children.start(RESCUED, rescue=True)
    children.running(job_id)
    jobs.stop(children.store, job_id, by=ANA)
    job = children.settled(job_id)
    assert (job.state, job.result, job.error) == ("stopped", {"kept": ["lr"]}, None)
    assert [(event["n"], event["kind"]) for event in jobs.events(children.store, job_id)] == [(0, "started"), (1, "rescued")]


def test_a_killed_child_is_rescued_and_the_run_still_says_that_it_was_killed(children: Children) -> None:
    job_id = children.start(RESCUED, rescue=True)
    children.running(job_id)
    os.kill(jobs.events(children.store, job_id)[0]["pid"], signal.SIGKILL)
    job = children.settled(job_id)
    assert (job.state, job.result, job.error) == ("failed", {"kept": ["lr"]}, Text("error.jobs.killed"))


def test_a_stop_without_keeping_ends_a_rescue_at_once(children: Children) -> None:
    job_id = children.start(
        """
        recorder.emit("rescuing" if recorder.is_rescue else "started")
        time.sleep(60)
    """,
        rescue=True,
    )
    children.running(job_id)
    jobs.stop(children.store, job_id, by=ANA)
    children.until(lambda: jobs.events(children.store, job_id)[-1]["kind"] == "rescuing")
    jobs.stop(children.store, job_id, by=ANA, keep=False)
    job = children.settled(job_id)
    assert (job.state, job.result) == ("stopped", None)


def test_a_rescue_that_dies_leaves_the_end_as_it_was(children: Children) -> None:
    body = RESCUED.replace('return {"kept": ["lr"]}', "os.kill(os.getpid(), signal.SIGKILL)")
    job_id = children.start(body, rescue=True)
    children.running(job_id)
    jobs.stop(children.store, job_id, by=ANA)
    job = children.settled(job_id)
    assert (job.state, job.result, job.error) == ("stopped", None, None)


def test_a_child_that_leaves_before_memory_runs_out_says_why_and_keeps_its_events(children: Children) -> None:
    job = children.settled(children.start('recorder.emit("last")\nrecorder.leave(jobs.OUT_OF_MEMORY)'))
    assert (job.state, job.error) == ("failed", Text("error.jobs.memory"))
    assert [event["kind"] for event in jobs.events(children.store, job.id)] == ["last"]


def test_who_waits_is_told_the_place_in_the_line(children: Children) -> None:
    running = [children.start(SLEEP, lane="narrow") for _ in range(2)]
    first, second = (children.start(SLEEP, lane="narrow") for _ in range(2))
    children.until(lambda: children.job(second).note == Text("jobs.place", place=2, waiting=2))
    jobs.stop(children.store, first, by=ANA)
    children.until(lambda: children.job(second).note == Text("jobs.place", place=1, waiting=1))
    assert states(children, first, second) == ["stopped", "waiting"]
    jobs.stop(children.store, second, by=ANA)
    assert children.settled(second).state == "stopped"
    assert states(children, *running) == ["running", "running"]
