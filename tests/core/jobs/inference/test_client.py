"""Questions to real inference processes, and what becomes of these."""

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest

from core.configs import TrainConfig
from core.errors import ExportError, InferenceError, NotReadyError, UnknownRunError
from core.images.faces import unlabeled
from core.images.landmarks import template
from core.jobs.inference import classify, client, explain, export_onnx
from core.jobs.inference.place import lock_path, log_path, socket_path
from core.jobs.inference.wire import Message
from core.jobs.launch import environment
from core.ml import evaluation, saliency
from core.services.experiments import enqueue_training
from core.services.versions import freeze
from db.enums import Mask, ModelName, SaliencyMethod

FACES = unlabeled(np.random.default_rng(1).integers(0, 256, (3, 48, 48), dtype=np.uint8))


def process_of(workspace, run) -> int:
    """The id of the process that answers for a workspace now."""
    facts = {"ask": "classify", "run": run.id, "config": run.config}
    return int(client.ask(workspace, Message(facts, {"pixels": FACES.pixels})).facts["pid"])


def loaded(workspace, run):
    config = TrainConfig.from_json(run.config)
    return evaluation.load(workspace.run_dir(run.id), config), config


def test_starters_at_once_get_one_process_which_outlives_their_questions(warm, run):
    with ThreadPoolExecutor(4) as together:
        pids = set(together.map(lambda _: process_of(warm, run), range(4)))
    assert pids == {process_of(warm, run)}
    assert pids != {os.getpid()}


def test_it_says_what_the_network_says(warm, run):
    model, config = loaded(warm, run)
    expected = evaluation.probabilities(model, FACES, config)
    found = classify(warm, run.id, FACES.pixels)
    assert (found.shape, found.dtype) == ((3, 7), np.float32)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    covered = evaluation.probabilities(model, FACES, config, mask=Mask.EYES)
    np.testing.assert_allclose(classify(warm, run.id, FACES, mask=Mask.EYES), covered, atol=1e-5)
    assert np.abs(covered - expected).max() > 1e-4


@pytest.mark.parametrize("method", [SaliencyMethod.GRAD_CAM, SaliencyMethod.GRADIENT])
def test_it_looks_where_the_network_looks(warm, run, method):
    model, config = loaded(warm, run)
    targets = np.array([2, 0, 6])
    expected = saliency.maps(model, replace(FACES, labels=targets), config, method)
    found = explain(warm, run.id, FACES.pixels, targets, method)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3 * expected.max())


def test_a_mask_that_follows_landmarks_takes_those_given_or_finds_some(warm, run):
    points = np.repeat(template().astype(np.float32)[np.newaxis], 3, axis=0)
    model, config = loaded(warm, run)
    given = replace(FACES, landmarks=points)
    expected = evaluation.probabilities(model, given, config, mask=Mask.LM_EYES)
    found = classify(warm, run.id, given, mask=Mask.LM_EYES)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert classify(warm, run.id, FACES.pixels, mask=Mask.LM_EYES).shape == (3, 7)


def test_a_run_trained_anew_is_asked_anew(warm, add_run):
    first, other = add_run(warm, seed=1), add_run(warm, seed=2)
    before = classify(warm, first.id, FACES.pixels)
    shutil.copy(warm.run_dir(other.id) / "model.pt", warm.run_dir(first.id) / "model.pt")
    np.testing.assert_array_equal(
        classify(warm, first.id, FACES.pixels), classify(warm, other.id, FACES.pixels)
    )
    assert not np.array_equal(before, classify(warm, first.id, FACES.pixels))


def test_a_run_that_cannot_be_asked_is_one_sentence(warm, add_run):
    with pytest.raises(UnknownRunError, match="no run '999'"):
        classify(warm, 999, FACES.pixels)
    waiting = enqueue_training(
        warm, version=freeze(warm, "faces").digest, model=ModelName.FAST, mask=Mask.NONE
    )
    with pytest.raises(
        NotReadyError, match="is queued; it must be trained to its end to be asked about faces"
    ):
        classify(warm, waiting.id, FACES.pixels)
    bare = add_run(warm, seed=3)
    classify(warm, bare.id, FACES.pixels)
    shutil.rmtree(warm.run_dir(bare.id))
    with pytest.raises(NotReadyError, match=f"The weights of run {bare.id} are gone"):
        classify(warm, bare.id, FACES.pixels)
    damaged = add_run(warm, seed=4)
    (warm.run_dir(damaged.id) / "model.pt").write_bytes(b"no weights")
    with pytest.raises(NotReadyError, match="damaged"):
        classify(warm, damaged.id, FACES.pixels)


@pytest.mark.parametrize(
    ("facts", "arrays", "said"),
    [
        ({"ask": "sing"}, {}, "no answer to 'sing'"),
        ({"ask": "classify"}, {}, "No run is named"),
        ({"run": "../1"}, {}, "No run is named"),
        ({"mask": "hat"}, {}, "'hat' is none of none"),
        ({}, {"pixels": np.zeros((1, 48, 40), np.uint8)}, "40 x 48 px"),
        ({}, {"pixels": np.zeros((1, 600, 600), np.uint8)}, "600 x 600 px"),
        ({}, {"pixels": np.zeros((1, 48, 48), np.float32)}, "no grey faces"),
        ({}, {"landmarks": np.zeros((1, 5, 2), np.float32)}, "68 points"),
        ({"ask": "explain", "method": "guess"}, {}, "'guess' is none of grad_cam"),
        ({"ask": "explain", "method": "gradient"}, {}, "needs the emotion"),
        (
            {"ask": "explain", "method": "gradient"},
            {"labels": np.array([0, 0, 7])},
            r"outside 0\.\.6",
        ),
    ],
)
def test_a_question_that_makes_no_sense_is_one_sentence(warm, run, facts, arrays, said):
    known = {"ask": "classify", "run": run.id, "config": run.config}
    if facts == {"ask": "classify"}:
        known = {}
    question = Message({**known, **facts}, {"pixels": FACES.pixels, **arrays})
    with pytest.raises(InferenceError, match=said):
        client.ask(warm, question)


def test_it_writes_a_network_that_answers_alike_elsewhere(warm, run, tmp_path):
    done = export_onnx(warm, run.id, tmp_path / "network.onnx")
    assert done.difference < 1e-4
    assert done.n_bytes == done.path.stat().st_size
    session = onnxruntime.InferenceSession(done.path, providers=["CPUExecutionProvider"])
    said = session.get_modelmeta().custom_metadata_map
    assert (said["run"], said["model"], said["version"]) == (str(run.id), "fast", run.version)
    model, config = loaded(warm, run)
    plain = replace(config, mixed_precision=False)
    np.testing.assert_allclose(
        session.run(None, {"faces": FACES.pixels})[0],
        evaluation.probabilities(model, FACES, plain),
        atol=1e-4,
    )
    with pytest.raises(ExportError, match="exists already"):
        export_onnx(warm, run.id, done.path)
    with pytest.raises(UnknownRunError):
        export_onnx(warm, 999, tmp_path / "other.onnx")
    assert [one.name for one in tmp_path.iterdir()] == ["network.onnx"]


def test_too_many_faces_are_refused_before_they_are_sent(warm, run):
    with pytest.raises(InferenceError, match="257 faces are too many"):
        classify(warm, run.id, np.zeros((257, 48, 48), np.uint8))


def test_no_faces_have_no_answers(warm, run):
    assert classify(warm, run.id, np.zeros((0, 48, 48), np.uint8)).shape == (0, 7)


def test_a_killed_process_is_started_anew_by_the_next_question(warm, run):
    killed = process_of(warm, run)
    os.kill(killed, signal.SIGKILL)
    assert process_of(warm, run) != killed


def test_it_ends_with_the_process_that_started_it(workspace, tmp_path, wait_until, is_alive):
    code = (
        "from core.workspace import open_workspace\n"
        "from core.jobs.inference import client\n"
        "from core.jobs.inference.wire import Message\n"
        "try: client.ask(open_workspace(), Message({'ask': 'nothing'}))\n"
        "except Exception as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(workspace), capture_output=True, text=True
    )
    assert done.stdout == "There is no answer to 'nothing'.\n"
    wait_until(lambda: "Ends: all who asked have ended" in log_path(workspace).read_text())


def test_a_process_that_cannot_start_is_one_sentence(workspace, monkeypatch):
    monkeypatch.setattr("core.jobs.inference.starting.module_command", lambda *_: ["/bin/false"])
    with pytest.raises(InferenceError, match=r"ended over this question; see .*inference\.log"):
        client.ask(workspace, Message({}))
    monkeypatch.setattr("core.jobs.inference.starting.module_command", lambda *_: ["/no/such"])
    with pytest.raises(InferenceError, match="cannot be started"):
        client.ask(workspace, Message({}))
    assert not socket_path(workspace).exists()
    lock_path(socket_path(workspace)).unlink()


def test_whoever_asks_loads_no_torch():
    code = "import sys, core.jobs.inference; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
