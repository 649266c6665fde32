import numpy as np
from sklearn.linear_model import RidgeClassifier

from core.images.drawing.planning import plan_sample
from core.images.drawing.sample import draw_face
from db.enums import EMOTIONS, Fault, Split


def test_faces_are_grey_48_pixel_pictures(sample):
    assert all(face.pixels.dtype == np.uint8 for face in sample)
    assert all(face.pixels.shape == (48, 48) for face in sample)


def test_the_same_seed_gives_the_same_bytes(sample):
    again = [draw_face(face, seed=0) for face in plan_sample(200, seed=0)[:30]]
    assert [face.path for face in again] == [face.path for face in sample[:30]]
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(again, sample[:30], strict=True))


def test_another_seed_gives_other_people(sample):
    pictures = {face.pixels.tobytes() for face in sample}
    other = [draw_face(face, seed=1) for face in plan_sample(200, seed=1)[:30]]
    assert not pictures & {face.pixels.tobytes() for face in other}


def test_exact_copies_are_identical_to_their_originals_and_nothing_else_is(sample):
    pixels = {face.path: face.pixels for face in sample}
    copies = [face for face in sample if face.fault is Fault.EXACT_COPY]
    assert all(np.array_equal(face.pixels, pixels[face.copy_of]) for face in copies)
    assert len({face.pixels.tobytes() for face in sample}) == len(sample) - len(copies)


def test_near_copies_differ_from_their_originals(sample):
    pixels = {face.path: face.pixels for face in sample}
    copies = [face for face in sample if face.fault is Fault.NEAR_COPY]
    assert len(copies) == 6
    assert not any(np.array_equal(face.pixels, pixels[face.copy_of]) for face in copies)


def test_only_blanks_are_flat(sample):
    flat = {face.path for face in sample if face.pixels.std() < 4}
    assert flat == {face.path for face in sample if face.fault is Fault.BLANK}


def test_tones_resemble_those_of_fer2013(sample):
    # Over 280 real faces of FER2013: mean 135, mean standard deviation within a face 54.
    pixels = np.array([face.pixels for face in sample], dtype=float)
    assert 110 < pixels.mean() < 150
    assert 45 < pixels.std(axis=(1, 2)).mean() < 70


def test_emotions_can_be_learnt_from_raw_pixels_well_above_chance(sample):
    pixels = np.array([face.pixels for face in sample], dtype=float)
    halved = pixels.reshape(-1, 24, 2, 24, 2).mean(axis=(2, 4)).reshape(len(sample), -1)
    spread = halved.std(axis=1, keepdims=True)
    inputs = (halved - halved.mean(axis=1, keepdims=True)) / (spread + 1)
    truth = np.array([EMOTIONS.index(face.true_label) for face in sample])
    is_train = np.array([face.split is Split.TRAIN for face in sample])
    model = RidgeClassifier(alpha=300).fit(inputs[is_train], truth[is_train])
    assert model.score(inputs[~is_train], truth[~is_train]) > 2 / len(EMOTIONS)
