"""A student that sees covered faces learns from a teacher that sees whole ones."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.configs import preset
from core.errors import ConfigError
from core.ml.batches import Faces
from core.ml.distillation import Teacher, distance
from core.ml.models import build
from core.ml.steps import Learner, Pace
from core.ml.training import Setup, train
from db.enums import Mask, ModelName

CPU = torch.device("cpu")
PACE = Pace(size=32, rate_share=1.0, is_mixed=True)


class Watching(torch.nn.Module):
    """A network that keeps what it was shown."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.shown = []

    def forward(self, faces):
        self.shown.append(faces.detach().clone())
        return torch.zeros(len(faces), 7) + self.weight


def test_equal_outputs_are_no_distance_apart():
    logits = torch.randn(5, 7)
    assert distance(logits, logits, 4.0).item() == pytest.approx(0, abs=1e-6)


def test_the_distance_is_the_divergence_of_softened_shares_times_temperature_squared():
    student, teacher = torch.zeros(1, 2), torch.tensor([[2.0, 0.0]])
    shares = np.exp([1.0, 0.0]) / np.exp([1.0, 0.0]).sum()  # temperature 2
    by_hand = 4 * (shares * np.log(shares / 0.5)).sum()
    assert distance(student, teacher, 2.0).item() == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("settings", [{}, {"erasing": 0.9, "mixup": 0.4}])
def test_the_teacher_is_shown_the_same_views_uncovered(tiny, settings):
    config = replace(tiny, mask=Mask.MOUTH, teacher_run=1, **settings)
    student, teacher = Watching(), Watching()
    learner = Learner(student, config, CPU, Teacher(teacher, replace(tiny, mask=Mask.NONE)))
    pixels = torch.randint(0, 255, (6, 32, 32), dtype=torch.uint8)
    learner.step(Faces(pixels, torch.zeros(6, dtype=torch.int64)), pixels, PACE)
    assert torch.equal(student.shown[0], teacher.shown[0])


def test_the_teacher_is_shown_faces_of_its_own_size(tiny):
    config = replace(tiny, teacher_run=1)
    teacher = Watching()
    larger = Teacher(teacher, preset(ModelName.FAST, image_size=40))
    pixels = torch.randint(0, 255, (6, 32, 32), dtype=torch.uint8)
    labels = torch.zeros(6, dtype=torch.int64)
    Learner(build(config), config, CPU, larger).step(Faces(pixels, labels), pixels, PACE)
    assert teacher.shown[0].shape == (6, 1, 40, 40)


def test_a_student_comes_nearer_to_its_teacher_than_without(faces, parts, tiny):
    taught = train(faces, parts, replace(tiny, epochs=4), on_epoch=lambda _: None)
    teacher = Teacher(taught.model, taught.config)
    covered = replace(tiny, mask=Mask.FOREHEAD, epochs=4, augment=False)
    student = replace(covered, teacher_run=1, distill_weight=1.0)
    pixels = torch.from_numpy(faces.pixels[parts.train]).unsqueeze(1).float() / 255
    wanted = teacher.logits(pixels)
    apart = []
    for config, setup in ((covered, Setup()), (student, Setup(teacher=teacher))):
        trained = train(faces, parts, config, on_epoch=lambda _: None, setup=setup)
        with torch.inference_mode():
            apart.append(distance(trained.model(pixels), wanted, 1.0).item())
    assert apart[1] < apart[0]


def test_a_named_teacher_must_be_there_and_an_unnamed_one_not(faces, parts, tiny):
    with pytest.raises(ConfigError, match="teacher"):
        train(faces, parts, replace(tiny, teacher_run=1), on_epoch=lambda _: None)
    setup = Setup(teacher=Teacher(build(tiny), tiny))
    with pytest.raises(ConfigError, match="teacher"):
        train(faces, parts, tiny, on_epoch=lambda _: None, setup=setup)
