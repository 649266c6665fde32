"""Telling a dead supervisor from one that lives, is elsewhere, or shares a dead one's pid."""

import subprocess
import sys

from core.jobs import liveness


def test_this_process_lives():
    assert not liveness.is_gone(liveness.worker_name())


def test_two_supervisors_of_one_process_have_two_names_that_fit_their_column():
    first, second = liveness.worker_name(), liveness.worker_name()
    assert first != second
    assert len(first) <= 64


def test_an_ended_process_is_gone():
    code = "from core.jobs import liveness; print(liveness.worker_name())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert liveness.is_gone(ended.stdout.strip())


def test_a_pid_that_was_given_to_another_process_since_is_gone():
    node, pid, _birth, itself = liveness.worker_name().rsplit(":", 3)
    assert liveness.is_gone(f"{node}:{pid}:00000000:{itself}")


def test_after_a_reboot_every_process_is_another(monkeypatch, tmp_path):
    before = liveness.worker_name()
    (tmp_path / "boot_id").write_text("another boot")
    monkeypatch.setattr(liveness, "BOOT_ID", tmp_path / "boot_id")
    assert liveness.is_gone(before)


def test_a_process_of_another_machine_may_live():
    _node, rest = liveness.worker_name().split(":", 1)
    assert not liveness.is_gone(f"elsewhere:{rest}")
    assert not liveness.is_gone("a name of an earlier release")


def test_where_there_is_no_proc_ps_is_asked(monkeypatch, tmp_path):
    monkeypatch.setattr(liveness, "BOOT_ID", tmp_path / "missing")
    monkeypatch.setattr(liveness, "_start_by_ps", lambda pid: "Mon Nov 23 23:50:00 2026")
    name = liveness.worker_name()
    assert not liveness.is_gone(name)
    monkeypatch.setattr(liveness, "_start_by_ps", lambda pid: "")
    assert liveness.is_gone(name)
