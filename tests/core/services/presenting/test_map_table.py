import numpy as np
import pytest

from core.services.map_columns import ColumnMap, ColumnMaps, MapColumn
from core.services.presenting.map_table import (
    ShownColumn,
    TableColumn,
    Words,
    map_table,
    outlines,
)
from core.services.terms import Emotion, SaliencyMethod

FEAR, SAD = Emotion.FEAR, Emotion.SAD


def density(row: int) -> np.ndarray:
    """A map that looks at one row only."""
    drawn = np.zeros((48, 48))
    drawn[row] = 48.0
    return drawn


def network(row: int, *, emotions=(FEAR,), words=None) -> ShownColumn:
    face = np.full((48, 48), 90.0 + row)
    maps = ColumnMaps(
        column=MapColumn.of_run(1, SaliencyMethod.GRAD_CAM),
        cells=(6, 6),
        by_emotion={
            one: ColumnMap(density=density(row), face=face, n=12, n_empty=1, spread=0.5)
            for one in emotions
        },
        faces=dict.fromkeys((FEAR, SAD), face),
        detected_share=1.0,
    )
    return ShownColumn(head=TableColumn(name=f"net {row}"), maps=maps, words=words or {})


def people() -> ShownColumn:
    maps = ColumnMaps(
        column=MapColumn.of_people(), cells=None, by_emotion={FEAR: ColumnMap(density=density(5))},
        faces={}, detected_share=None,
    )  # fmt: skip
    return ShownColumn(head=TableColumn(name="people"), maps=maps)


def test_the_mean_face_comes_first_and_lies_under_human_maps():
    table = map_table([people(), network(3)], emotions=[FEAR])
    assert [column.name for column in table.columns] == ["Mean face", "people", "net 3"]
    bare, human, net = table.cells[0]
    assert bare.values is None
    assert bare.face[0, 0] == human.face[0, 0] == net.face[0, 0] == 93


def test_each_map_has_its_own_scale_or_all_share_one():
    strong = network(3)
    weak = network(4)
    weak.maps.by_emotion[FEAR].density[4] = 2.0
    own = map_table([strong, weak], emotions=[FEAR]).cells[0]
    assert [cell.most for cell in own[1:]] == [48.0, 2.0]
    shared = map_table([strong, weak], emotions=[FEAR], is_one_scale=True).cells[0]
    assert [cell.most for cell in shared[1:]] == [48.0, 48.0]


def test_a_difference_is_the_first_minus_the_second_on_one_scale():
    table = map_table([network(3, emotions=(FEAR, SAD)), people()], emotions=[FEAR, SAD],
                      difference=(0, 1))  # fmt: skip
    fear, sad = (line[-1] for line in table.cells)
    assert fear.is_difference
    assert (fear.values[3, 0], fear.values[5, 0], fear.most) == (48.0, -48.0, 48.0)
    assert sad.gap == "needs two maps"
    assert table.columns[-1].note == "net 3 minus people"


def test_what_is_missing_says_why():
    waiting = ShownColumn(head=TableColumn(name="net"), gap="being computed")
    table = map_table([waiting, people(), network(3)], emotions=[SAD])
    assert [cell.gap for cell in table.cells[0]] == [
        "", "being computed", "no human map", "no faces",
    ]  # fmt: skip


def test_scores_stand_above_the_number_of_faces():
    words = {FEAR: Words(lines=("r +0.40",), hover="r and more")}
    cell = map_table([network(3, words=words)], emotions=[FEAR]).cells[0][1]
    assert cell.words.lines == ("r +0.40", "n 12, too few")
    for part in ("r and more", "Mean of 12 faces", "1 face left out", "0.50 times chance"):
        assert part in cell.words.hover


def test_action_units_are_outlined_on_both_sides_and_never_for_neutral():
    polygons = outlines(Emotion.HAPPY)
    assert len(polygons) > 1
    left, right = polygons[:2]
    assert np.sort(left[:, 0]) == pytest.approx(np.sort(1 - right[:, 0]))
    assert outlines(Emotion.NEUTRAL) == []
