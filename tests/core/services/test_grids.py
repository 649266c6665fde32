"""Grids: what they ask for, that they are queued whole or not at all, and what they would cost."""

import platform

import pytest

from core.configs import PRESETS, Protocol, preset
from core.errors import ConfigError, UnknownVersionError
from core.services import estimates, experiments, grids, job_lists, jobs
from core.services.grids import STUDY_GRID, Cell, GridRequest, crossed, queue_grid
from core.services.versions import freeze
from db.enums import EMOTIONS, JobStatus, Mask, ModelName, Split
from db.repositories import jobs as stored
from db.rows import EpochRow

N_TRAIN = 70


@pytest.fixture
def version(workspace, add_faces):
    faces = [(Split.TRAIN, emotion, k) for emotion in EMOTIONS for k in range(10)]
    faces += [(split, EMOTIONS[0], 99) for split in (Split.VALIDATION, Split.TEST)]
    add_faces(faces)
    return freeze(workspace, "faces").digest


def request_of(version, **changes):
    cells = crossed([ModelName.FAST, ModelName.VGG16], [Mask.NONE, Mask.EYES])
    return GridRequest(**{"version": version, "cells": cells, **changes})


def test_the_study_is_five_rows_for_each_of_two_networks():
    assert [cell.mask for cell in STUDY_GRID] == 2 * [
        Mask.NONE, Mask.NONE, Mask.FOREHEAD, Mask.EYES, Mask.MOUTH
    ]  # fmt: skip
    assert [cell.model for cell in STUDY_GRID] == [
        ModelName.VGG16, *4 * [ModelName.VGG16_BN],
        ModelName.RESNET50, *4 * [ModelName.RESNET50_REG],
    ]  # fmt: skip
    assert {cell.model for cell in STUDY_GRID} <= set(PRESETS)


def test_crossing_takes_every_model_with_every_mask():
    assert crossed([ModelName.FAST], [Mask.NONE, Mask.EYES]) == (
        Cell(ModelName.FAST, Mask.NONE),
        Cell(ModelName.FAST, Mask.EYES),
    )


def test_a_grid_is_every_cell_with_every_seed_under_one_name(workspace, version):
    asked = request_of(
        version,
        seeds=(3, 4),
        overrides={"epochs": 2},
        test_masks=(Mask.MOUTH,),
        protocol=Protocol.STUDY,
    )
    runs = queue_grid(workspace, asked)
    assert [(run.model, run.mask, run.seed) for run in runs] == [
        (model, mask, seed)
        for seed in (3, 4)
        for model in (ModelName.FAST, ModelName.VGG16)
        for mask in (Mask.NONE, Mask.EYES)
    ]
    assert {(run.config["epochs"], run.config["protocol"]) for run in runs} == {(2, "study")}
    made = [jobs.find_job(workspace, run.job_id) for run in runs]
    assert len({job.grid for job in made}) == 1
    assert all(job.payload["test_masks"] == ["mouth"] for job in made)
    (row,) = job_lists.grids(workspace)
    assert (row.name, row.counts, row.n_jobs) == (made[0].grid, {JobStatus.QUEUED: 8}, 8)


def test_two_grids_have_two_names_the_newest_first(workspace, version):
    first, second = (queue_grid(workspace, request_of(version)) for _ in range(2))
    names = [jobs.find_job(workspace, runs[0].job_id).grid for runs in (second, first)]
    assert [row.name for row in job_lists.grids(workspace)] == names


@pytest.mark.parametrize(
    "changes",
    [
        {"cells": ()},
        {"seeds": tuple(range(600))},
        {"overrides": {"epochs": 0}},
        {"test_masks": (Mask.RANDOM,)},
    ],
)
def test_a_grid_that_cannot_work_queues_nothing(workspace, version, changes):
    with pytest.raises(ConfigError):
        queue_grid(workspace, request_of(version, **changes))
    assert jobs.jobs(workspace) == []


def test_a_grid_of_an_unknown_version_is_refused(workspace):
    with pytest.raises(UnknownVersionError):
        grids.estimate(workspace, request_of("nowhere"))


def test_without_runs_a_cost_is_from_the_table_by_hand(workspace, version):
    cost = grids.estimate(workspace, request_of(version, cells=(Cell(ModelName.VGG16, Mask.NONE),)))
    (one,) = cost.costs
    assert (one.n_train, one.images_per_s, one.is_measured) == (N_TRAIN, 13.0, False)
    assert one.epoch_s == pytest.approx(70 / 13)
    assert cost.total_s == pytest.approx(10 + 30 * 70 / 13)
    assert cost.small[0].images_per_s == 93.0
    assert cost.ahead_s == 0


def test_the_studys_protocol_trains_on_four_fifths(workspace, version):
    asked = request_of(version, protocol=Protocol.STUDY)
    assert grids.estimate(workspace, asked).costs[0].n_train == 56


def test_faces_of_48_px_have_no_smaller_choice(workspace, version):
    asked = request_of(version, cells=(Cell(ModelName.FAST, Mask.NONE),))
    assert grids.estimate(workspace, asked).small == ()


def finish_run(workspace, version, *, host, seconds):
    """Queue a VGG-16 run at 64 px of 40 epochs and let it take these seconds on a machine."""
    run = experiments.enqueue_training(
        workspace, version=version, model=ModelName.VGG16, mask=Mask.NONE,
        overrides={"image_size": 64, "epochs": 40},
    )  # fmt: skip
    with workspace.writing() as session:
        held = stored.claim(session, "me", now=run.created_at)
        stored.finish(session, held, JobStatus.DONE, None, now=run.created_at)
    experiments.record_start(
        workspace, run.id, provenance={"host": host}, test_split=Split.TEST, is_fresh=True
    )
    row = EpochRow(
        run_id=run.id, number=40, train_loss=1, train_accuracy=0, validation_loss=1,
        validation_accuracy=0, seconds=seconds,
    )  # fmt: skip
    experiments.record_epoch(workspace, row)


def test_a_run_of_this_machine_is_the_measure_of_the_next(workspace, version):
    finish_run(workspace, version, host=platform.node(), seconds=100.0)  # 2,800 images
    (same,) = estimates.estimate(workspace, version, [preset(ModelName.VGG16, image_size=64)]).costs
    assert (same.images_per_s, same.is_measured) == (28.0, True)
    (half,) = estimates.estimate(workspace, version, [preset(ModelName.VGG16, image_size=32)]).costs
    assert (half.images_per_s, half.is_measured) == (112.0, False)  # a quarter of the area


def test_a_run_of_another_machine_measures_nothing(workspace, version):
    finish_run(workspace, version, host="elsewhere", seconds=100.0)
    (cost,) = estimates.estimate(workspace, version, [preset(ModelName.VGG16)]).costs
    assert (cost.images_per_s, cost.is_measured) == (13.0, False)


def test_what_is_queued_already_comes_before(workspace, version):
    asked = request_of(version)
    total_s = grids.estimate(workspace, asked).total_s
    queue_grid(workspace, asked)
    assert grids.estimate(workspace, asked).ahead_s == pytest.approx(total_s)
    assert estimates.seconds_left(workspace) == pytest.approx(total_s)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "under 1 s"),
        (40, "about 40 s"),
        (300, "about 5 min"),
        (9000, "about 2.5 h"),
        (864000, "about 10.0 days"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds, words):
    assert estimates.in_words(seconds) == words
