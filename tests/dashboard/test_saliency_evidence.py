"""The Saliency page: whether a method follows its network, and whether covering hurts."""

from collections.abc import Callable

import numpy as np
from streamlit.testing.v1 import AppTest

from core.metrics.faithfulness import (
    Curve,
    CurveKind,
    Estimate,
    Faithfulness,
    Figure,
    Fill,
    Order,
    Stage,
)
from core.services import faithfulness, jobs, outcomes, results
from core.services.terms import JobKind, Mask, SaliencyMethod
from core.workspace import Workspace

OpenPage = Callable[..., AppTest]
FIRST, SECOND = "#1 Fast, no mask: Grad-CAM", "#2 Fast, eyes covered: Grad-CAM"


def text(page: AppTest) -> str:
    return " ".join(one.value for one in [*page.markdown, *page.caption, *page.info])


def estimate(value: float) -> Estimate:
    return Estimate(value=value, low=value - 0.05, high=value + 0.05)


def examined(likeness: float) -> Faithfulness:
    """An examination after which maps of random weights are so alike to the trained one's."""
    curves = [
        Curve(
            kind=kind, fill=fill, order=order, shares=np.linspace(0, 1, 21),
            mean=np.linspace(0.9, 0.1, 21), area=estimate(0.4),
            gain=None if order is Order.RANDOM else estimate(0.1),
        )
        for kind in CurveKind for fill in Fill for order in Order
    ]  # fmt: skip
    return Faithfulness(
        n_images=64,
        curves=tuple(curves),
        sensitivity=Figure(value=estimate(0.3), n=32),
        infidelity=Figure(value=None, n=0, why="Tiles have no gradient."),
        stages=(
            Stage(share=0.5, last_layer="head", spearman=estimate(0.9), ssim=None, n=64),
            Stage(share=1.0, last_layer="stem", spearman=estimate(likeness), ssim=None, n=64),
        ),
    )


def test_a_method_that_fails_its_check_is_flagged_beside_its_maps(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    faithfulness.record_faithfulness(filled, 1, SaliencyMethod.GRAD_CAM, examined(0.8))
    open_page("saliency")
    short, long = drawn[-1]["columns"][1]["flag"]
    assert short == "fails the randomisation check"
    assert "they show the picture" in long
    assert drawn[-1]["columns"][2]["flag"] is None


def test_an_examination_is_shown_with_its_verdict_curves_and_areas(
    open_page: OpenPage, filled: Workspace
):
    faithfulness.record_faithfulness(filled, 1, SaliencyMethod.GRAD_CAM, examined(0.1))
    page = open_page("saliency", saliency_part="faithfulness", saliency_run="1")
    assert "Maps change when" in page.success[0].value
    areas = page.dataframe[0].value
    assert len(areas) == 12
    assert areas["Area"][0] == "0.400 (0.350 to 0.450)"
    assert [metric.value for metric in page.metric] == ["0.300 (0.250 to 0.350)", "not computed"]
    assert "Tiles have no gradient." in text(page)
    faithfulness.record_faithfulness(filled, 1, SaliencyMethod.GRADIENT, examined(0.7))
    beside = page.run().dataframe[1].value
    assert list(beside["Check"]) == ["passes", "fails"]
    flagged = examined(0.9)
    faithfulness.record_faithfulness(filled, 1, SaliencyMethod.GRAD_CAM, flagged)
    assert flagged.why in page.run().warning[0].value


def test_maps_that_were_not_examined_are_on_request(open_page: OpenPage, filled: Workspace):
    page = open_page("saliency", saliency_part="faithfulness", saliency_run="1")
    page.button("saliency_examine").click().run()
    assert faithfulness.under_way(filled, 1, SaliencyMethod.GRAD_CAM)
    assert "are being examined" in text(page)


def test_what_covering_needs_is_queued_at_once(open_page: OpenPage, filled: Workspace):
    page = open_page("saliency", saliency_part="covering", saliency_run="1")
    assert "was not tested under a mask" in page.info[0].value
    page.button("saliency_hurts_queue").click().run()
    (job,) = [one for one in jobs.unfinished(filled) if one.kind is JobKind.EVALUATE]
    assert job.payload["test_masks"] == ["forehead", "eyes", "mouth"]
    assert not [one for one in page.button if one.key == "saliency_hurts_queue"]


def test_covering_says_in_words_whether_it_hurts_where_saliency_is(
    open_page: OpenPage, filled: Workspace
):
    rows = results.predictions(filled, 1)
    for number, mask in enumerate((Mask.EYES, Mask.MOUTH)):
        rolled = rows.assign(predicted=np.roll(rows["predicted"], number + 1), mask=mask.value)
        outcomes.record_outcome(filled, 1, rolled)
    page = open_page("saliency", saliency_part="covering", saliency_run="1")
    said = text(page)
    assert "Recall lost goes with the network's saliency under the mask:" in said
    assert "14 marks" in said
    html = " ".join(one.proto.body for one in page.get("html"))
    assert "\u25cf Eyes" in html
    assert "Surprise" in html


def test_a_masked_run_cannot_be_covered_further(open_page: OpenPage, filled: Workspace):
    page = open_page("saliency", saliency_part="covering", saliency_run="2")
    assert "choose a run that was trained on whole faces" in page.info[0].value
    assert not [one for one in page.button if one.key == "saliency_hurts_queue"]
