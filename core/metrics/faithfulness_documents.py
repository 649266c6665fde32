"""Faithfulness as a JSON document and back: what a run's folder keeps and what commands print."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.metrics.faithfulness import (
    FLAG_SPEARMAN,
    Curve,
    CurveKind,
    Estimate,
    Faithfulness,
    Figure,
    Fill,
    Order,
    Stage,
)

Document = Mapping[str, Any]


def to_document(found: Faithfulness) -> dict[str, Any]:
    """Return everything as a document ready for JSON; what is missing is None."""
    return {
        "n_images": found.n_images,
        "is_flagged": found.is_flagged,
        "why": found.why,
        "flag_above_spearman": FLAG_SPEARMAN,
        "curves": [_curve_document(curve) for curve in found.curves],
        "sensitivity": _figure_document(found.sensitivity),
        "infidelity": _figure_document(found.infidelity),
        "randomisation": [_stage_document(stage) for stage in found.stages],
    }


def from_document(document: Document) -> Faithfulness:
    """Return what `to_document` was given.

    Raises:
        KeyError: If something is missing.
        ValueError: If something is not one of the known kinds.
    """
    return Faithfulness(
        n_images=int(document["n_images"]),
        curves=tuple(_curve(curve) for curve in document["curves"]),
        sensitivity=_figure(document["sensitivity"]),
        infidelity=_figure(document["infidelity"]),
        stages=tuple(_stage(stage) for stage in document["randomisation"]),
    )


def _curve_document(curve: Curve) -> dict[str, Any]:
    return {
        "kind": curve.kind.value,
        "fill": curve.fill.value,
        "order": curve.order.value,
        "area": _estimate_document(curve.area),
        "gain": _estimate_document(curve.gain),
        "shares": np.round(curve.shares, 4).tolist(),
        "mean": np.round(curve.mean, 5).tolist(),
    }


def _curve(document: Document) -> Curve:
    area = _estimate(document["area"])
    if area is None:
        raise ValueError("a curve has no area")
    return Curve(
        kind=CurveKind(document["kind"]),
        fill=Fill(document["fill"]),
        order=Order(document["order"]),
        shares=np.array(document["shares"], dtype=np.float64),
        mean=np.array(document["mean"], dtype=np.float64),
        area=area,
        gain=_estimate(document["gain"]),
    )


def _figure_document(figure: Figure) -> dict[str, Any]:
    return {"value": _estimate_document(figure.value), "n": figure.n, "why": figure.why}


def _figure(document: Document) -> Figure:
    return Figure(value=_estimate(document["value"]), n=int(document["n"]), why=document["why"])


def _stage_document(stage: Stage) -> dict[str, Any]:
    return {
        "share": stage.share,
        "last_layer": stage.last_layer,
        "spearman": _estimate_document(stage.spearman),
        "ssim": _estimate_document(stage.ssim),
        "n": stage.n,
    }


def _stage(document: Document) -> Stage:
    return Stage(
        share=float(document["share"]),
        last_layer=str(document["last_layer"]),
        spearman=_estimate(document["spearman"]),
        ssim=_estimate(document["ssim"]),
        n=int(document["n"]),
    )


def _estimate_document(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _estimate(document: Document | None) -> Estimate | None:
    if document is None:
        return None
    return Estimate(
        value=float(document["value"]), low=float(document["low"]), high=float(document["high"])
    )
