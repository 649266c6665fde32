"""Where a run comes from, and the commands that make it again."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.configs import Setting, TrainConfig, preset
from core.errors import ConfigError
from core.services.jobs import find_job
from core.services.presenting.wording import duration
from core.workspace import Workspace
from db.rows import JobRow, RunRow

OPTIONS = {
    "epochs": "--epochs",
    "image_size": "--image-size",
    "protocol": "--protocol",
    "weights": "--weights",
    "teacher_run": "--teacher",
}
NAMED = ("model", "mask", "seed")  # options that every command names
# A machine's name is nobody's business who gets the report; when it started, the job tells.
HIDDEN = ("host", "started")
FIRST = ("feelingit", "commit", "is_dirty")


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """What a run was made of.

    Attributes:
        settings: Its whole configuration as text, by name.
        changed: Names of the settings that differ from the recipe of its model.
        machine: Code, packages and device as text, by name; empty where it kept none.
        times: When it was queued, started and done, and how long it took, by name.
        command: The command that trains it again.
    """

    settings: Mapping[str, str]
    changed: frozenset[str]
    machine: Mapping[str, str]
    times: Mapping[str, str]
    command: str


def run_record(workspace: Workspace, run: RunRow) -> RunRecord:
    """Return what a run was made of."""
    job = find_job(workspace, run.job_id)
    return RunRecord(
        settings={name: _written(value) for name, value in run.config.items()},
        changed=frozenset(_changed(run)),
        machine=_machine(run.provenance or {}),
        times=_times(run, job),
        command=train_command(run, job.payload.get("test_masks", [])),
    )


def train_command(run: RunRow, test_masks: list[str]) -> str:
    """Return the command that trains a run again, with every setting that is not the recipe's."""
    words = ["feelingit", "train", "--version", run.version]
    for name in NAMED:
        words += [f"--{name}", str(run.config.get(name, getattr(run, name)))]
    for name, value in _changed(run).items():
        option = OPTIONS.get(name)
        words += [option, _written(value)] if option else ["--set", f"{name}={_written(value)}"]
    for mask in test_masks:
        words += ["--test-mask", mask]
    return shlex.join([*words, "--wait"])


def data_commands(dataset: str, version: str) -> tuple[str, ...]:
    """Return the commands that bring a version's faces to another machine, the same version."""
    archive = f"{version}.zip"
    return (
        shlex.join(["feelingit", "export", dataset, archive, "--to", "zip", "--version", version]),
        shlex.join(["feelingit", "import", archive, "--name", dataset]),
        shlex.join(["feelingit", "freeze", dataset]),
    )


def _changed(run: RunRow) -> dict[str, Setting]:
    """Return the settings that differ from the recipe; all where it is of another release."""
    try:
        settings = TrainConfig.from_json(run.config).to_json()
        leading = {name: settings[name] for name in (*NAMED[1:], "image_size", "protocol")}
        recipe = preset(run.model, **leading).to_json() | {
            name: preset(run.model).to_json()[name] for name in ("image_size", "protocol")
        }
    except ConfigError:
        return {name: value for name, value in run.config.items() if name not in NAMED}
    return {name: value for name, value in settings.items() if value != recipe[name]
            and name not in NAMED}  # fmt: skip


def _machine(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Return what a run kept of its surroundings as text, versions of packages one by one."""
    names = [*(name for name in FIRST if name in provenance),
             *(name for name in provenance if name not in (*FIRST, *HIDDEN))]  # fmt: skip
    found: dict[str, str] = {}
    for name in names:
        value = provenance[name]
        parts = value if isinstance(value, dict) else {name: value}
        found |= {key: _written(part) for key, part in parts.items()}
    return found


def _times(run: RunRow, job: JobRow) -> dict[str, str]:
    moments = {"queued": job.queued_at, "started": job.started_at, "done": job.finished_at}
    found = {name: f"{at:%Y-%m-%d %H:%M} UTC" for name, at in moments.items() if at}
    if run.seconds is not None:
        found["training and testing"] = duration(run.seconds)
    return found


def _written(value: Any) -> str:
    """Return a setting as the command line takes it: lists with commas, the rest as in JSON."""
    if isinstance(value, list | tuple):
        return ",".join(str(one) for one in value)
    return value if isinstance(value, str) else json.dumps(value, default=str)
