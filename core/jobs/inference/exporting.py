"""Networks as ONNX files, written by the inference process for those who load no torch."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from core.jobs.inference.client import ask
from core.jobs.inference.wire import Message
from core.services.experiments import find_trained
from core.services.publishing import published
from core.services.versions import face_set
from core.workspace import Workspace

DEADLINE_S = 300.0  # VGG-16 at 128 px takes 20 s on two cores


@dataclass(frozen=True, kw_only=True)
class OnnxFile:
    """A network that was written: where, its size, and its largest difference from torch, 0..1."""

    path: Path
    n_bytes: int
    difference: float


def export_onnx(workspace: Workspace, run_id: int, out: Path) -> OnnxFile:
    """Write the network of a finished run as an ONNX file, checked against torch to 1e-4.

    `core.ml.onnx_files.write_onnx` says what it takes and gives.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it is not trained to its end or its weights are gone.
        ExportError: If something is at `out`, it cannot be written, the extra `onnx` is not
            installed, or the file would answer otherwise than the network.
        InferenceError: If the inference process cannot be started or does not answer.
    """
    run = find_trained(workspace, run_id, to="be exported")
    notes = {
        "feelingit": version("feelingit"),
        "run": str(run.id),
        "model": run.model.value,
        "dataset": run.dataset,
        "version": run.version,
    }
    side = int(face_set(workspace, run.version_id).pixels.shape[1])
    facts = {"ask": "export", "run": run.id, "config": run.config, "side": side, "notes": notes}
    with published(out.absolute()) as partial:
        question = Message({**facts, "path": str(partial)})
        answer = ask(workspace, question, deadline_s=DEADLINE_S)
        n_bytes = partial.stat().st_size
    return OnnxFile(path=out, n_bytes=n_bytes, difference=float(answer.arrays["difference"][0]))
