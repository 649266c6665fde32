"""How far a method's maps of a network can be trusted: curves, captum's metrics, random weights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.configs import TrainConfig, own_test_mask
from core.images.faces import FaceSet
from core.images.masks import cover_faces, kept_rows
from core.maps.placing import canonical_places, placed
from core.metrics import faithfulness as figures
from core.metrics.faithfulness import (
    N_STEPS,
    Curve,
    CurveKind,
    Faithfulness,
    Figure,
    Fill,
    Order,
    Stage,
)
from core.ml.attribution_metrics import noise_sensitivity, unexplained
from core.ml.batches import network_input
from core.ml.cam_layers import device_of
from core.ml.perturbing import ends, probabilities_along
from core.ml.randomising import cascade, stage_counts, weighted_layers
from core.ml.saliency import attribution, maps
from db.enums import EMOTIONS, SaliencyMethod

IMAGES_OF_METRICS = 14  # captum's metrics need a hundred maps or answers for each

NO_SENSITIVITY: Mapping[SaliencyMethod, str] = {
    SaliencyMethod.TILES: "The tile task starts from stored faces, to which no noise is added.",
    SaliencyMethod.OCCLUSION: "Not computed: it would take 1,342 answers of the network a face.",
}
"""Why a method has no sensitivity."""

OnPart = Callable[[float, str], None]


@dataclass(frozen=True)
class Subject:
    """What is examined.

    Attributes:
        model: The trained network, in evaluation mode.
        faces: The faces, not masked yet.
        seen: float32, shape (n, 1, rows, side), 0..1. The faces as the network sees them.
        config: The run's settings.
        method: How its maps are computed.
    """

    model: nn.Module
    faces: FaceSet
    seen: torch.Tensor
    config: TrainConfig
    method: SaliencyMethod

    def maps_of(self, network: nn.Module) -> NDArray[np.float32]:
        """Return a network's maps as it sees the faces: float32, shape (n, rows, side), >= 0."""
        return self.as_seen(maps(network, self.faces, self.config, self.method))

    def as_seen(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return pictures (n, side, side) without the rows that the run's mask cuts off."""
        kept = kept_rows(own_test_mask(self.config.mask), self.config.image_size)
        rows = self.seen.shape[2]  # can be one more or fewer than kept, as in `restored`
        return pictures[:, kept[((np.arange(rows) + 0.5) * len(kept) / rows).astype(np.int64)]]

    def rng(self) -> np.random.Generator:
        """Return a new source of random choices, the same every time."""
        return np.random.default_rng(self.config.seed)


def examined(
    model: nn.Module,
    faces: FaceSet,
    config: TrainConfig,
    method: SaliencyMethod,
    *,
    human: Mapping[int, NDArray[np.float64]] | None = None,
    on_part: OnPart = lambda share, words: None,
) -> Faithfulness:
    """Return how far a method's maps of a network can be trusted.

    Maps and answers are of the emotion that each face is labeled with.

    Args:
        model: The trained network; it is set to evaluation.
        faces: Test faces, not masked yet, no more than a batch or two of each emotion.
        config: The run's settings; its seed starts every random choice.
        method: How the maps are computed.
        human: By label, a human map on the canonical face, shape (48, 48), any unit, whose order
            is held against the method's; only where every label of the faces has one.
        on_part: Called before each part with the share of the work done, 0..1, and what comes.
            It may raise.
    """
    covered = torch.from_numpy(cover_faces(faces, own_test_mask(config.mask)))
    seen = network_input(covered, config.image_size)
    subject = Subject(model.eval(), faces, seen, config, method)
    on_part(0.0, "Computing the maps")
    trained = subject.maps_of(model)
    return Faithfulness(
        n_images=len(faces),
        curves=_curves(subject, trained, human, on_part),
        sensitivity=_sensitivity(subject, on_part),
        infidelity=_infidelity(subject, trained, on_part),
        stages=_stages(subject, trained, on_part),
    )


def _curves(
    subject: Subject,
    trained: NDArray[np.float32],
    human: Mapping[int, NDArray[np.float64]] | None,
    on_part: OnPart,
) -> tuple[Curve, ...]:
    """Return the curves of all kinds, fills and orders."""
    labels = subject.faces.labels
    drawn = {Order.RANDOM: np.zeros_like(trained), Order.METHOD: trained}
    if human is not None and set(labels.tolist()) <= human.keys():
        drawn[Order.HUMAN] = _human_maps(subject, human)
    orders = {order: figures.ranks(pictures, subject.rng()) for order, pictures in drawn.items()}
    curves: list[Curve] = []
    kinds = [(kind, fill) for fill in Fill for kind in CurveKind]
    for number, (kind, fill) in enumerate(kinds):
        on_part(0.1 + 0.1 * number, f"{kind.capitalize()} of pixels, {fill} in their place")
        start, end = ends(subject.seen, kind, fill)
        by_order = {
            order: probabilities_along(subject.model, start, end, ranks, labels, subject.config)
            for order, ranks in orders.items()
        }
        curves += [
            _curve(kind, fill, order, by_order, subject.rng()) for order in Order if order in orders
        ]
    return tuple(curves)


def _curve(
    kind: CurveKind,
    fill: Fill,
    order: Order,
    by_order: Mapping[Order, NDArray[np.float64]],
    rng: np.random.Generator,
) -> Curve:
    areas = figures.areas(by_order[order])
    at_random = figures.areas(by_order[Order.RANDOM])
    better = at_random - areas if kind is CurveKind.DELETION else areas - at_random
    area = figures.mean_estimate(areas, rng)
    assert area is not None  # probabilities are never missing
    return Curve(
        kind=kind,
        fill=fill,
        order=order,
        shares=np.linspace(0, 1, N_STEPS + 1),
        mean=by_order[order].mean(axis=0),
        area=area,
        gain=None if order is Order.RANDOM else figures.mean_estimate(better, rng),
    )


def _human_maps(subject: Subject, human: Mapping[int, NDArray[np.float64]]) -> NDArray[np.float32]:
    """Return the human map of each face's label where it lies on the face, as the network sees."""
    drawn = np.stack([human[label] for label in subject.faces.labels.tolist()])
    places = canonical_places(subject.faces, subject.config.image_size)
    return subject.as_seen(placed(drawn, places))


def _sensitivity(subject: Subject, on_part: OnPart) -> Figure:
    on_part(0.5, "Sensitivity to noise")
    if subject.method in NO_SENSITIVITY:
        return Figure(value=None, n=0, why=NO_SENSITIVITY[subject.method])
    compute = attribution(subject.model, subject.config, subject.method)
    few = _few(subject.faces.labels)
    found = noise_sensitivity(compute, *_inputs(subject, few), subject.config.seed)
    return _figure(found, subject)


def _infidelity(subject: Subject, trained: NDArray[np.float32], on_part: OnPart) -> Figure:
    on_part(0.6, "Infidelity")
    few = _few(subject.faces.labels)
    seen, labels = _inputs(subject, few)
    mass = torch.from_numpy(trained[few]).to(seen.device)
    return _figure(unexplained(subject.model, seen, labels, mass, subject.config.seed), subject)


def _inputs(subject: Subject, few: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return some faces as the network sees them and their labels, where the network is."""
    device = device_of(subject.model)
    labels = torch.from_numpy(subject.faces.labels[few])
    return subject.seen[few].to(device), labels.to(device)


def _stages(subject: Subject, trained: NDArray[np.float32], on_part: OnPart) -> tuple[Stage, ...]:
    """Return how alike maps stay as more and more layers get random weights."""
    other = replace(subject.config, seed=subject.config.seed + 1)  # not those it began with
    total = len(stage_counts(len(weighted_layers(subject.model))))
    stages: list[Stage] = []
    for number, forgot in enumerate(cascade(subject.model, other)):
        on_part(0.7 + 0.3 * number / total, f"Random weights down to {forgot.last_layer}")
        found = subject.maps_of(forgot.network)
        ranks, alike = figures.spearman(trained, found), figures.ssim(trained, found)
        stages.append(
            Stage(
                share=forgot.share,
                last_layer=forgot.last_layer,
                spearman=figures.mean_estimate(ranks, subject.rng()),
                ssim=figures.mean_estimate(alike, subject.rng()),
                n=int(np.isfinite(ranks).sum()),
            )
        )
    return tuple(stages)


def _few(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return places of a few images, as many of each emotion as there can be."""
    turn = np.empty(len(labels), dtype=np.int64)
    for label in range(len(EMOTIONS)):
        places = np.flatnonzero(labels == label)
        turn[places] = np.arange(len(places))
    return np.sort(np.argsort(turn, kind="stable")[:IMAGES_OF_METRICS])


def _figure(values: NDArray[np.float64], subject: Subject) -> Figure:
    estimate = figures.mean_estimate(values, subject.rng())
    why = "" if estimate else "The method has no map of any image that was looked at."
    return Figure(value=estimate, n=int(np.isfinite(values).sum()), why=why)
