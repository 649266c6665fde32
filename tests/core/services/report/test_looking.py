"""Saliency in a report: the page's pictures and scores, and nobody's face."""

from base64 import b64decode
from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.metrics.faithfulness import Estimate, Faithfulness
from core.services.experiments import find_run
from core.services.faithfulness import faithfulness_path, record_faithfulness
from core.services.map_columns import MapColumn, column_maps
from core.services.presenting.map_prints import MapLook, painted
from core.services.presenting.map_table import MapCell
from core.services.presenting.score_words import network_words, score_rows
from core.services.report import looking
from core.services.report.contents import gather
from core.services.report.looking import TOO_FEW, looking_parts, picture
from core.services.report.rendering import report_html
from core.services.saliency_scores import saliency_scores
from core.workspace import Workspace
from db.enums import EMOTIONS, SaliencyMethod

N_FACES = 4  # of each emotion in the filled workspace


def pictures(page) -> list[np.ndarray]:
    found = [value for name, value in page.attributes if name == "src"]
    contents = [b64decode(url.removeprefix("data:image/png;base64,")) for url in found]
    return [cv2.imdecode(np.frombuffer(one, np.uint8), cv2.IMREAD_COLOR) for one in contents]


def test_a_mean_over_few_faces_is_not_shown(filled: Workspace, page_of):
    page = page_of(report_html(gather(filled, [1])))
    assert len(pictures(page)) == len(EMOTIONS)  # people's maps, over plain grey
    rows = page.table("maps")
    assert [row[1:3] for row in rows[1:]] == [[TOO_FEW, TOO_FEW]] * len(EMOTIONS)
    (part,) = looking_parts(filled, [find_run(filled, 1)])
    assert all((line[-1].face == 128).all() for line in part.table.cells)


def test_drawn_faces_are_nobodys_and_shown_however_few(
    filled: Workspace, page_of, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(looking, "is_drawn", lambda workspace, dataset_id: True)
    page = page_of(report_html(gather(filled, [1])))
    assert len(pictures(page)) == 3 * len(EMOTIONS)


def test_maps_are_painted_as_on_the_page_with_the_same_words(
    filled: Workspace, page_of, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(looking, "FEWEST_FACES", N_FACES)
    page = page_of(report_html(gather(filled, [1])))
    shown = pictures(page)
    assert len(shown) == 3 * len(EMOTIONS)
    maps = column_maps(filled, MapColumn.of_run(1, SaliencyMethod.GRAD_CAM))
    words = network_words(saliency_scores(filled, 1))
    for place, (emotion, row) in enumerate(zip(EMOTIONS, page.table("maps")[1:], strict=True)):
        one = maps.by_emotion[emotion]
        cell = MapCell(face=one.face, values=one.density, most=float(one.density.max()))
        expected = painted(cell, MapLook(), side_px=looking.PICTURE_PX)
        assert (shown[3 * place + 1][..., ::-1] == expected).all()
        assert row[2] == " ".join([*words[emotion].lines, f"n {N_FACES}, too few"])


def test_scores_are_the_pages_beside_their_controls(filled: Workspace, page_of):
    page = page_of(report_html(gather(filled, [1])))
    expected = score_rows([("#1 Fast, no mask", saliency_scores(filled, 1))])
    assert page.table("scores")[1:] == [[row.name, *row.cells] for row in expected]


def test_runs_without_maps_have_no_such_part(filled: Workspace, page_of):
    page = page_of(report_html(gather(filled, [2])))
    assert "saliency" not in {value for name, value in page.attributes if name == "id"}
    assert "img" not in page.tags


def test_a_cell_without_a_picture_has_none():
    assert picture(MapCell(face=np.zeros((48, 48)), gap="no faces")) == ""


def test_a_method_that_shows_the_picture_is_flagged_beside_its_maps(
    filled: Workspace, page_of, examination: Faithfulness
):
    record_faithfulness(filled, 1, SaliencyMethod.GRAD_CAM, examination)
    assert "randomisation" not in page_of(report_html(gather(filled, [1]))).table("maps")[0][2]
    (*others, last) = examination.stages
    alike = replace(last, spearman=Estimate(value=0.9, low=0.8, high=1.0))
    failed = replace(examination, stages=(*others, alike))
    record_faithfulness(filled, 1, SaliencyMethod.GRAD_CAM, failed)
    head = page_of(report_html(gather(filled, [1]))).table("maps")[0]
    assert head[2].endswith("fails the randomisation check")
    faithfulness_path(filled, 1, SaliencyMethod.GRAD_CAM).unlink()
