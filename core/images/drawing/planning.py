"""What a sample will hold, decided before anything is drawn: classes, splits and faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from core.errors import ConfigError
from core.images.drawing.faults import fault_counts
from db.enums import EMOTIONS, Emotion, Fault, Split

Choice = TypeVar("Choice")

MIN_IMAGES = 50
MAX_IMAGES = 100_000
SPLIT_SHARES = {Split.TRAIN: 0.8, Split.VALIDATION: 0.1, Split.TEST: 0.1}
# Counts of the classes in FER2013, but disgust (547 there, 1.5 %) raised so that a sample of a few
# hundred faces has some in every split.
CLASS_WEIGHTS = {
    Emotion.ANGRY: 4953,
    Emotion.DISGUST: 2700,
    Emotion.FEAR: 5121,
    Emotion.HAPPY: 8989,
    Emotion.NEUTRAL: 6198,
    Emotion.SAD: 6077,
    Emotion.SURPRISE: 4002,
}


@dataclass(frozen=True, kw_only=True)
class PlannedFace:
    """One image to draw.

    Attributes:
        number: Which image of the sample it is.
        split: What the image is for.
        label: The emotion it is filed under.
        true_label: The emotion it shows.
        fault: What is planted in it; a copy may also have a label that is not true.
        copy_of: The path of the image it copies.
        drawing: The number of the drawing it shows; a copy has that of its original.
    """

    number: int
    split: Split
    label: Emotion
    true_label: Emotion
    fault: Fault
    copy_of: str | None
    drawing: int

    @property
    def path(self) -> str:
        """Return "split/label/number.png", unique in its sample."""
        return f"{self.split}/{self.label}/{self.number:04d}.png"


def plan_sample(n_images: int, seed: int) -> list[PlannedFace]:
    """Return what each of `n_images` images will be, in the order of their numbers.

    Faults have the exact counts of `fault_counts`. Every second copy lies in another split than
    its original, every third exact copy under another label. Blanks, wrong labels and originals
    of copies are different images.

    Raises:
        ConfigError: If the number of images or the seed cannot be used.
    """
    if not MIN_IMAGES <= n_images <= MAX_IMAGES:
        raise ConfigError(
            f"A sample of {n_images} images cannot be drawn; ask for {MIN_IMAGES} to {MAX_IMAGES}."
        )
    if seed < 0:
        raise ConfigError(f"The seed {seed} is negative; use 0 or more.")
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
    numbers = [int(number) for number in rng.permutation(n_images)]
    counts = fault_counts(n_images)
    n_drawings = n_images - counts[Fault.EXACT_COPY] - counts[Fault.NEAR_COPY]
    drawings = _drawings(numbers[:n_drawings], counts, rng)
    sound = [face for face in drawings if face.fault is Fault.NONE]
    originals = [sound[index] for index in rng.permutation(len(sound))]
    to_copy, to_vary = originals[::2], originals[1::2]
    copies = [_copy(to_copy, i, rng) for i in range(counts[Fault.EXACT_COPY])]
    copies += [_variant(to_vary, i, rng) for i in range(counts[Fault.NEAR_COPY])]
    filed = [
        replace(copy, number=number)
        for copy, number in zip(copies, numbers[n_drawings:], strict=True)
    ]
    return sorted([*drawings, *filed], key=lambda face: face.number)


def shares_of(total: int, weights: Mapping[Emotion, float]) -> dict[Emotion, int]:
    """Return `total` divided in proportion to the weights, by largest remainders."""
    exact = {key: total * weight / sum(weights.values()) for key, weight in weights.items()}
    counts = {key: int(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: counts[key] - exact[key])
    for key in by_remainder[: total - sum(counts.values())]:
        counts[key] += 1
    return counts


def _drawings(
    numbers: Sequence[int], counts: Mapping[Fault, int], rng: np.random.Generator
) -> list[PlannedFace]:
    """Return the images that are no copies: classes in proportion in each split, and faults."""
    faces = []
    remaining = iter(numbers)
    for split, total in _split_sizes(len(numbers)).items():
        for emotion, count in shares_of(total, CLASS_WEIGHTS).items():
            faces += [_sound_face(next(remaining), split, emotion) for _ in range(count)]
    n_blank, n_wrong = counts[Fault.BLANK], counts[Fault.WRONG_LABEL]
    faulty = [int(index) for index in rng.permutation(len(faces))[: n_blank + n_wrong]]
    for index in faulty[:n_blank]:
        faces[index] = replace(faces[index], fault=Fault.BLANK)
    for index in faulty[n_blank:]:
        label = _another(EMOTIONS, faces[index].true_label, rng)
        faces[index] = replace(faces[index], fault=Fault.WRONG_LABEL, label=label)
    return faces


def _split_sizes(total: int) -> dict[Split, int]:
    """Return the number of images of each split; rounding goes to training."""
    held_out = {split: int(total * SPLIT_SHARES[split] + 0.5) for split in list(Split)[1:]}
    return {Split.TRAIN: total - sum(held_out.values()), **held_out}


def _sound_face(number: int, split: Split, emotion: Emotion) -> PlannedFace:
    """Return a face without fault."""
    return PlannedFace(
        number=number,
        split=split,
        label=emotion,
        true_label=emotion,
        fault=Fault.NONE,
        copy_of=None,
        drawing=number,
    )


def _copy(originals: Sequence[PlannedFace], i: int, rng: np.random.Generator) -> PlannedFace:
    """Return the i-th exact copy, of any original: in time some are copied more than once."""
    original = originals[int(rng.integers(len(originals)))]
    label = original.label if i % 3 else _another(EMOTIONS, original.label, rng)
    copy = replace(original, fault=Fault.EXACT_COPY, label=label, copy_of=original.path)
    return copy if i % 2 else replace(copy, split=_another(tuple(Split), original.split, rng))


def _variant(originals: Sequence[PlannedFace], i: int, rng: np.random.Generator) -> PlannedFace:
    """Return the i-th near copy, each of another original."""
    original = originals[i]
    variant = replace(original, fault=Fault.NEAR_COPY, copy_of=original.path)
    return variant if i % 2 else replace(variant, split=_another(tuple(Split), original.split, rng))


def _another(choices: Sequence[Choice], but: Choice, rng: np.random.Generator) -> Choice:
    """Return any of the choices except one."""
    rest = [choice for choice in choices if choice is not but]
    return rest[int(rng.integers(len(rest)))]
