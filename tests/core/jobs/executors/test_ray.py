"""Jobs on a Ray cluster whose answers are scripted; `tests/cluster` asks a real one."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.errors import ClusterError
from core.jobs import transitions
from core.jobs.claims import claim_token
from core.jobs.executors import ray as ray_executor
from core.jobs.executors.ray import RayExecutor, ending
from core.jobs.executors.ray_api import RayApi, RayState
from core.jobs.supervisor import Supervisor
from core.services.jobs import enqueue, find_job, log_tail, request_cancel
from core.settings import Settings
from db.enums import JobKind, JobStatus


class ScriptedRay:
    """A head that keeps what it is given and says what the test has it say."""

    def __init__(self):
        self.jobs, self.logs, self.bodies, self.stopped = {}, {}, {}, []
        self.token = None
        ray = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer()

            def do_POST(self):
                self.answer()

            def log_message(self, *_arguments):
                pass

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"null")
                status, document = 401, {}
                if ray.token in (None, self.headers.get("Authorization")):
                    status, document = ray.reply(self.command, self.path, body)
                text = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def reply(self, method, path, body):
        _, _, _, name, *rest = path.split("/")
        if not name:
            if method == "GET":
                return 200, list(self.jobs.values())
            self.bodies[body["submission_id"]] = body
            self.set(body["submission_id"], "PENDING")
            return 200, {}
        if name not in self.jobs:
            return 404, {}
        if rest == ["stop"]:
            self.stopped.append(name)
            return 200, {"stopped": True}
        return 200, {"logs": self.logs.get(name, "")} if rest else self.jobs[name]

    def set(self, name, status, *, exit_code=None, message="", error_type=None):
        self.jobs[name] = {
            "submission_id": name,
            "status": status,
            "message": message,
            "driver_exit_code": exit_code,
            "error_type": error_type,
        }

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def ray(monkeypatch):
    monkeypatch.setattr(ray_executor, "POLL_S", 0)
    monkeypatch.setattr(ray_executor, "KILL_S", 0)
    scripted = ScriptedRay()
    yield scripted
    scripted.close()


@pytest.fixture
def executor(workspace, ray):
    return RayExecutor(workspace, Settings(ray_address=ray.address, ray_cpus=2, ray_gpus=0.5))


@pytest.fixture
def supervisor(workspace, executor):
    return Supervisor(workspace, executor=executor)


@pytest.fixture
def job(workspace):
    """A job that a supervisor has claimed."""
    enqueue(workspace, JobKind.TRAIN, {"run": 1})
    return transitions.claim(workspace, "me")


@pytest.fixture
def started(workspace, ray, supervisor):
    """A job that the supervisor has submitted, with the name of the submission."""
    queued = enqueue(workspace, JobKind.TRAIN, {"run": 1})
    supervisor.tick()
    (name,) = ray.jobs
    return queued.id, name


def state(**changes):
    known = {"submission_id": "x", "status": "FAILED", "message": "", "error_type": None}
    return RayState(**{**known, "exit_code": None, **changes})


def test_ray_gets_the_job_s_command_its_workspace_and_what_it_takes(workspace, executor, ray, job):
    executor.start(job)
    ((name, body),) = ray.bodies.items()
    assert body["entrypoint"].endswith(
        f" -P -m core.jobs.run {job.id} --claim {claim_token(job)}"
        f" >> {workspace.job_log(job.id)} 2>&1"
    )
    assert (body["entrypoint_num_cpus"], body["entrypoint_num_gpus"]) == (2, 0.5)
    variables = body["runtime_env"]["env_vars"]
    assert variables["FEELINGIT_DATA"] == str(workspace.data_dir)
    assert variables["OMP_NUM_THREADS"] == "2"
    assert f"Ray job {name} at {ray.address}" in log_tail(workspace, job.id)


def test_what_runs_for_an_older_claim_of_a_job_is_stopped_before_the_next_starts(
    workspace, executor, ray, job
):
    executor.start(job)
    (older,) = ray.jobs
    ray.set(older, "RUNNING")
    transitions.settle_lost(workspace, job, "was lost")
    executor.start(transitions.claim(workspace, "me"))
    assert ray.stopped == [older]
    assert len(ray.jobs) == 2


@pytest.mark.parametrize(
    ("code", "reason", "is_lost"),
    [
        (-9, "was ended by signal 9 on the cluster", True),
        (137, "was ended by signal 9 on the cluster", True),
        (3, "ended with exit status 3 and no result", False),
    ],
)
def test_an_exit_code_tells_a_killed_process_from_one_that_gave_up(code, reason, is_lost):
    found = ending(state(exit_code=code))
    assert (found.reason, found.is_lost) == (reason, is_lost)


def test_a_job_that_waited_too_long_for_a_machine_does_not_count_as_tried():
    found = ending(state(message="no room", error_type=ray_executor.START_TIMEOUT))
    assert (found.reason, found.is_lost, found.was_started) == (
        "was lost by Ray (no room)",
        True,
        False,
    )


def test_a_killed_process_is_submitted_a_second_time(workspace, supervisor, ray, started):
    job_id, name = started
    ray.set(name, "FAILED", exit_code=-9)
    supervisor.tick()
    again = find_job(workspace, job_id)
    assert (again.status, again.attempt) == (JobStatus.RUNNING, 2)
    assert len(ray.jobs) == 2


def test_a_submission_that_ray_forgot_is_lost(workspace, supervisor, ray, started):
    job_id, name = started
    del ray.jobs[name]
    supervisor.tick()
    assert find_job(workspace, job_id).attempt == 2


def test_a_cancelled_job_that_still_waits_for_a_machine_ends_all_the_same(
    workspace, supervisor, ray, started
):
    job_id, name = started
    request_cancel(workspace, job_id)
    supervisor._intervals = type(supervisor._intervals)(grace_s=0)
    while find_job(workspace, job_id).status is not JobStatus.CANCELLED:
        supervisor.tick()
    assert set(ray.stopped) == {name}


def test_a_job_waits_in_the_queue_and_says_why_while_ray_does_not_answer(
    workspace, supervisor, ray
):
    job = enqueue(workspace, JobKind.TRAIN, {"run": 1})
    ray.close()
    supervisor.tick()
    waiting = find_job(workspace, job.id)
    assert (waiting.status, waiting.attempt) == (JobStatus.QUEUED, 0)
    assert waiting.message.startswith(f"Waits. Ray at {ray.address} does not answer")


def test_a_job_outlives_an_unseen_ray_for_a_minute_and_is_lost_then(
    ray, executor, job, monkeypatch
):
    execution = executor.start(job)
    ray.close()
    assert execution.poll() is None
    monkeypatch.setattr(ray_executor, "UNSEEN_S", 0)
    assert execution.poll().is_lost


def test_a_stopped_supervisor_leaves_the_job_running_and_the_next_one_adopts_it(
    workspace, executor, supervisor, ray, started
):
    job_id, name = started
    supervisor.request_stop()
    supervisor.run()
    assert ray.stopped == []
    short = type(supervisor._intervals)(lost_s=0)
    second = Supervisor(workspace, executor=executor, intervals=short)
    second.tick()
    adopted = find_job(workspace, job_id)
    assert (adopted.status, adopted.attempt) == (JobStatus.RUNNING, 1)
    assert [child.job.id for child in second._children] == [job_id]
    ray.set(name, "FAILED", exit_code=3)
    second.tick()
    assert "exit status 3" in find_job(workspace, job_id).error


def test_only_one_of_two_supervisors_adopts_a_job(workspace, job):
    assert transitions.adopt(workspace, job)
    assert not transitions.adopt(workspace, job)


def test_what_ray_says_of_a_failure_comes_to_the_job_s_log_once(
    workspace, supervisor, ray, started
):
    job_id, name = started
    ray.logs[name] = "No such folder\n"
    ray.set(name, "FAILED", exit_code=2)
    supervisor.tick()
    assert log_tail(workspace, job_id).count("Ray's own log:\nNo such folder") == 1
    assert "No such folder" in find_job(workspace, job_id).error


def test_a_token_is_sent_where_ray_s_variables_ask_for_it(ray, monkeypatch, tmp_path):
    ray.token = "Bearer secret"
    with pytest.raises(ClusterError, match="refuses the token"):
        RayApi(ray.address).every()
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")
    assert RayApi(ray.address).every() == []
    monkeypatch.delenv("RAY_AUTH_TOKEN")
    (tmp_path / "token").write_text("secret\n")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "token"))
    assert RayApi(ray.address).every() == []
