from dataclasses import replace

import numpy as np
import pytest

from core.errors import CheckpointError, JobCancelledError
from core.ml.cross_validation import (
    cross_validate,
    cross_validate_in_rounds,
    fold_config,
    n_rounds,
)


@pytest.fixture
def short(tiny):
    """Two epochs, a share held out that is not empty."""
    return replace(tiny, epochs=2, validation_share=0.2)


def ignore(report):
    pass


@pytest.fixture
def twins(faces):
    """Seventy faces in thirty-five pairs of twins."""
    return replace(faces, groups=np.arange(70) // 2)


def test_every_face_is_judged_once_by_a_network_that_saw_no_twin(twins, short, tmp_path):
    reports = []
    judged = cross_validate(twins, short, folds=2, on_epoch=reports.append, folder=tmp_path)
    assert judged.probabilities.shape == (70, 7)
    np.testing.assert_allclose(judged.probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(judged.image_ids, twins.image_ids)
    for fold, seen in enumerate(judged.seen_groups):
        held_back = judged.groups[judged.folds == fold]
        assert not set(held_back) & set(seen)
        assert set(held_back) | set(seen) == set(range(35))
    places = [(report.fold, report.n_folds, report.epoch.number) for report in reports]
    assert places == [(1, 2, 1), (1, 2, 2), (2, 2, 1), (2, 2, 2)]


def test_going_on_after_an_interruption_gives_the_same_probabilities(faces, short, tmp_path):
    whole = cross_validate(faces, short, folds=2, on_epoch=ignore, folder=tmp_path / "whole")

    def stop_in_the_second_fold(report):
        if (report.fold, report.epoch.number) == (2, 1):
            raise JobCancelledError("stop")

    halves = tmp_path / "halves"
    with pytest.raises(JobCancelledError):
        cross_validate(faces, short, folds=2, on_epoch=stop_in_the_second_fold, folder=halves)
    assert (halves / "fold-1.npz").exists()
    reports = []
    resumed = cross_validate(faces, short, folds=2, on_epoch=reports.append, folder=halves)
    assert {report.fold for report in reports} == {2}
    np.testing.assert_array_equal(resumed.probabilities, whole.probabilities)
    assert sorted(path.name for path in halves.iterdir()) == ["fold-1.npz", "fold-2.npz"]


def test_folds_of_another_configuration_are_refused(faces, short, tmp_path):
    cross_validate(faces, short, folds=2, on_epoch=ignore, folder=tmp_path)
    with pytest.raises(CheckpointError, match="another configuration"):
        cross_validate(
            faces, replace(short, learning_rate=0.01), folds=2, on_epoch=ignore, folder=tmp_path
        )


def test_a_damaged_fold_is_refused_in_one_sentence(faces, short, tmp_path):
    (tmp_path / "fold-1.npz").write_bytes(b"PK no archive")
    with pytest.raises(CheckpointError, match=r"fold-1\.npz is damaged"):
        cross_validate(faces, short, folds=2, on_epoch=ignore, folder=tmp_path)


def test_few_faces_are_judged_twice_in_other_folds(faces, short, tmp_path):
    reports = []
    one_epoch = replace(short, epochs=1)
    first, second = cross_validate_in_rounds(
        faces, one_epoch, folds=2, on_epoch=reports.append, folder=tmp_path
    )
    assert [(report.fold, report.n_folds) for report in reports] == [(n, 4) for n in (1, 2, 3, 4)]
    assert (first.folds != second.folds).any()
    np.testing.assert_array_equal(first.image_ids, second.image_ids)
    alone = cross_validate(
        faces, replace(one_epoch, seed=short.seed + 1), folds=2, on_epoch=ignore,
        folder=tmp_path / "alone",
    )  # fmt: skip
    np.testing.assert_array_equal(second.probabilities, alone.probabilities)


def test_many_faces_are_judged_once():
    assert (n_rounds(1_000), n_rounds(35_887)) == (2, 1)


@pytest.mark.parametrize(("n_faces", "epochs"), [(100, 16), (10_000, 6), (35_887, 4)])
def test_the_more_faces_the_fewer_epochs(n_faces, epochs):
    assert fold_config(n_faces, seed=0, epochs=None).epochs == epochs


def test_asked_epochs_and_seed_are_taken():
    config = fold_config(100, seed=7, epochs=2)
    assert (config.epochs, config.seed) == (2, 7)
