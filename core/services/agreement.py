"""How far the annotators of a data set agree: overall, per emotion, per pair, by groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.metrics.agreement import (
    Agreement,
    between,
    cohen,
    count_table,
    fleiss,
    krippendorff_alpha,
    one_against_rest,
    within,
)
from core.services.annotators import groups, is_anonymous
from core.services.voting import judgements
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion


@dataclass(frozen=True, kw_only=True)
class EmotionAgreement:
    """Agreement on one emotion against all others; `named` faces had it from somebody."""

    emotion: Emotion
    alpha: Agreement
    fleiss: Agreement
    named: int


@dataclass(frozen=True, kw_only=True)
class PairAgreement:
    """Agreement of two annotators, or of two groups; of a group with itself where they are one."""

    first: str
    second: str
    kappa: Agreement


@dataclass(frozen=True, kw_only=True)
class AgreementReport:
    """How far annotators agree on the kept faces of a data set.

    Attributes:
        images: Faces that two or more annotators judged.
        alpha: Krippendorff's alpha over all those.
        fleiss: Fleiss' kappa over those with the most frequent number of judgements.
        emotions: Both for each emotion against all others.
        named: The annotators who are persons; anonymous taggers make no pairs, since the same
            number was another person at another face.
        pairs: Cohen's kappa of each two of `named`.
        groups: Kappa over all pairs of annotators within each group and between each two.
    """

    images: int
    alpha: Agreement
    fleiss: Agreement
    emotions: tuple[EmotionAgreement, ...]
    named: tuple[str, ...]
    pairs: tuple[PairAgreement, ...]
    groups: tuple[PairAgreement, ...]


def agreement(workspace: Workspace, dataset_id: int) -> AgreementReport:
    """Return how far the annotators of a data set agree on its kept faces."""
    return report(judgements(workspace, dataset_id), groups(workspace))


def report(table: pd.DataFrame, group_of: Mapping[str, str]) -> AgreementReport:
    """Return how far annotators agree.

    Args:
        table: Columns image_id, annotator, emotion, as `voting.judgements` returns it.
        group_of: The group of each annotator who is in one.
    """
    names, codes = _codes(table)
    counts = count_table(codes)
    named = tuple(name for name in names if not is_anonymous(name))
    columns = {name: codes[:, names.index(name)] for name in named}
    return AgreementReport(
        images=int((counts.sum(axis=1) >= 2).sum()),
        alpha=krippendorff_alpha(counts),
        fleiss=fleiss(counts),
        emotions=tuple(_emotion(counts, k) for k in range(len(EMOTIONS))),
        named=named,
        pairs=tuple(
            PairAgreement(first=a, second=b, kappa=cohen(columns[a], columns[b]))
            for a, b in combinations(named, 2)
        ),
        groups=_groups(codes, names, group_of),
    )


def _codes(table: pd.DataFrame) -> tuple[list[str], NDArray[np.int8]]:
    """Return the annotators and their judgements, int8, shape (n_faces, n_annotators)."""
    names = sorted(set(table["annotator"]))
    images, rows = np.unique(table["image_id"].to_numpy(dtype=np.int64), return_inverse=True)
    columns = table["annotator"].map({name: index for index, name in enumerate(names)})
    values = table["emotion"].map({emotion: index for index, emotion in enumerate(EMOTIONS)})
    codes = np.full((len(images), len(names)), -1, dtype=np.int8)
    codes[rows, columns.to_numpy(dtype=np.int64)] = values.to_numpy(dtype=np.int8)
    return names, codes


def _emotion(counts: NDArray[np.int64], k: int) -> EmotionAgreement:
    two = one_against_rest(counts, k)
    return EmotionAgreement(
        emotion=EMOTIONS[k],
        alpha=krippendorff_alpha(two),
        fleiss=fleiss(two),
        named=int((two[:, 0] > 0).sum()),
    )


def _groups(
    codes: NDArray[np.int8], names: list[str], group_of: Mapping[str, str]
) -> tuple[PairAgreement, ...]:
    members: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if name in group_of:
            members.setdefault(group_of[name], []).append(index)
    counts = {group: count_table(codes[:, members[group]]) for group in sorted(members)}
    inside = [
        PairAgreement(first=group, second=group, kappa=within(one)) for group, one in counts.items()
    ]
    across = [
        PairAgreement(first=a, second=b, kappa=between(counts[a], counts[b]))
        for a, b in combinations(counts, 2)
    ]
    return (*inside, *across)
