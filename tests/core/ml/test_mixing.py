"""Mixup blends faces and labels alike."""

import torch

from core.ml.mixing import Mixture, random_mixture


def test_faces_and_labels_are_blended_with_the_same_partner():
    mixture = Mixture(torch.tensor([1, 0]), share=0.75)
    assert torch.equal(mixture.of(torch.tensor([0.0, 4.0])), torch.tensor([1.0, 3.0]))
    labels = mixture.of(torch.eye(2))
    assert torch.equal(labels, torch.tensor([[0.75, 0.25], [0.25, 0.75]]))


def test_each_face_keeps_at_least_half_of_itself():
    torch.manual_seed(0)
    shares = [random_mixture(4, 0.2).share for _ in range(50)]
    assert all(0.5 <= share <= 1 for share in shares)


def test_every_face_is_somebodys_partner_once():
    assert sorted(random_mixture(9, 0.2).partners.tolist()) == list(range(9))


def test_the_global_seed_decides_the_mixture():
    torch.manual_seed(1)
    first = random_mixture(8, 0.4)
    torch.manual_seed(1)
    again = random_mixture(8, 0.4)
    assert first.share == again.share
    assert torch.equal(first.partners, again.partners)
