"""On drawn faces the truth is known: training brings a network's maps closer to what moves."""

import numpy as np
import pytest

from core.configs import SHORT_RUN, preset
from core.images.drawing.action_units import draw_expression
from core.images.drawing.movement import moved_regions
from core.images.drawing.people import draw_person, draw_scene
from core.images.drawing.rendering import render
from core.images.faces import FaceSet
from core.maps.canonical import soften
from core.metrics.saliency import correlation
from core.ml.evaluation import probabilities
from core.ml.models import untrained
from core.ml.saliency import maps
from core.ml.training import train
from core.quality.partition import partition
from db.enums import EMOTIONS, Emotion, ModelName, SaliencyMethod

N_FACES, N_TRAIN = 280, 224
CONFIG = preset(
    ModelName.FAST, **{**SHORT_RUN, "batch_size": 32, "epochs": 8, "start_size": 48, "seed": 0}
)
MARGIN = 0.1  # of correlation; it is 0.2 and more for every method, 0.4 for most
MOVING = [emotion for emotion in EMOTIONS if emotion is not Emotion.NEUTRAL]


@pytest.fixture(scope="module")
def faces():
    """People in all poses and lights, each showing an emotion in a way of their own."""
    labels = np.arange(N_FACES) % len(EMOTIONS)
    pixels = []
    for number, label in enumerate(labels):
        rng = np.random.default_rng([5, number])
        person = draw_person(rng)
        scene, expression = draw_scene(rng, person.skin), draw_expression(EMOTIONS[label], rng)
        pixels.append(render(person, expression, scene, rng))
    numbers = np.arange(N_FACES)
    return FaceSet(
        image_ids=numbers,
        pixels=np.stack(pixels),
        labels=labels,
        splits=np.where(numbers < N_TRAIN, "train", "validation"),
        groups=numbers,
    )


@pytest.fixture(scope="module")
def parts(faces):
    return partition(faces, validation_share=0.1, seed=0)


@pytest.fixture(scope="module")
def trained(faces, parts):
    return train(faces, parts, CONFIG, on_epoch=lambda _: None).model


@pytest.fixture(scope="module")
def truth():
    """How much each emotion moves each place of a face, softened as maps are."""
    return {emotion: soften(moved_regions(emotion)) for emotion in MOVING}


@pytest.fixture(scope="module")
def tested(faces, parts):
    return faces.at(parts.test)


def likeness(model, tested, truth, method):
    """The mean over emotions of the correlation of the mean map with the truth."""
    found = maps(model, tested, CONFIG, method)
    densities = found / np.maximum(found.mean(axis=(1, 2), keepdims=True), 1e-12)
    return np.mean(
        [
            correlation(soften(densities[tested.labels == EMOTIONS.index(emotion)].mean(0)), moved)
            for emotion, moved in truth.items()
        ]
    )


def test_the_network_learned_to_tell_emotions(trained, tested):
    answers = probabilities(trained, tested, CONFIG).argmax(axis=1)
    assert (answers == tested.labels).mean() > 0.4  # chance is 0.14


@pytest.mark.parametrize(
    "method",
    [
        SaliencyMethod.GRAD_CAM,
        SaliencyMethod.GRADIENT,
        SaliencyMethod.INTEGRATED_GRADIENTS,
        SaliencyMethod.GUIDED_GRAD_CAM,
    ],
)
def test_a_trained_network_looks_where_faces_move_more_than_an_untrained_one(
    method, trained, tested, truth
):
    before = likeness(untrained(CONFIG), tested, truth, method)
    after = likeness(trained, tested, truth, method)
    assert after > 0.2
    assert after > before + MARGIN
