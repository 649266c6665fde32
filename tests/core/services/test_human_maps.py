import json

import cv2
import numpy as np
import pytest

from core.errors import HumanMapError, UnreadableImageError
from core.services.human_maps import (
    Disc,
    Polygon,
    delete_own,
    find,
    human_maps,
    own_keys,
    save_own,
)
from core.workspace import Workspace
from db.enums import Emotion

MOUTH = [Disc(centre=(0.5, 0.8), radius=0.1)]
EYES = [
    Disc(centre=(0.31, 0.38), radius=0.08),
    Polygon(corners=((0.6, 0.3), (0.8, 0.3), (0.7, 0.45)), weight=0.5),
]


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def bright_below() -> bytes:
    picture = np.zeros((96, 96), dtype=np.uint8)
    picture[48:] = 180
    return png(picture)


def kept(workspace: Workspace) -> list[str]:
    """All files and folders of own maps, hidden ones too."""
    root = workspace.data_dir / "human_maps"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_an_empty_workspace_has_the_maps_that_come_along(workspace):
    assert [maps.key for maps in human_maps(workspace)] == ["wegrzyn2017", "du2014", "facs"]
    assert find(workspace, "du2014") is human_maps(workspace)[1]


def test_own_maps_are_drawn_kept_and_read_again(workspace):
    saved = save_own(
        workspace,
        "Liu et al. 2022",
        {Emotion.HAPPY: bright_below(), Emotion.FEAR: EYES},
        source="Figure 3, by permission",
        licence="CC BY 4.0",
    )
    assert saved.key == "liu-et-al-2022"
    found = find(workspace, saved.key)
    assert (found.title, found.source, found.licence) == (
        "Liu et al. 2022",
        "Figure 3, by permission",
        "CC BY 4.0",
    )
    assert found.emotions == (Emotion.FEAR, Emotion.HAPPY)
    for emotion in found.emotions:
        np.testing.assert_array_equal(found.raw(emotion), saved.raw(emotion))
    assert found.distribution(Emotion.HAPPY)[24:].sum() > 0.95
    assert [maps.key for maps in human_maps(workspace)][-1] == "liu-et-al-2022"
    assert kept(workspace) == [
        "liu-et-al-2022",
        "liu-et-al-2022/about.json",
        "liu-et-al-2022/maps.npz",
    ]


def test_what_was_deleted_is_gone_and_what_came_along_stays(workspace):
    save_own(workspace, "Mine", {Emotion.SAD: MOUTH})
    delete_own(workspace, "mine")
    assert own_keys(workspace) == []
    with pytest.raises(HumanMapError, match="deleted already"):
        delete_own(workspace, "mine")
    with pytest.raises(HumanMapError, match="came along"):
        delete_own(workspace, "facs")


@pytest.mark.parametrize("key", ["nobody", "", "..", "../runs", "/etc", "mine\0", "."])
def test_an_unknown_key_names_the_known_ones(workspace, key):
    save_own(workspace, "Mine", {Emotion.SAD: MOUTH})
    with pytest.raises(HumanMapError, match="choose one of wegrzyn2017, du2014, facs, mine"):
        find(workspace, key)
    with pytest.raises(HumanMapError):
        delete_own(workspace, key)
    assert own_keys(workspace) == ["mine"]


@pytest.mark.parametrize("name", ["", "  ", "...", "日本", "x" * 61])
def test_a_name_without_a_key_is_refused(workspace, name):
    with pytest.raises(HumanMapError, match="cannot name human maps"):
        save_own(workspace, name, {Emotion.SAD: MOUTH})


def test_no_name_leads_out_of_the_folder(workspace):
    saved = save_own(workspace, "../../Ünder <b>ground</b>", {Emotion.SAD: MOUTH})
    assert saved.key == "under-b-ground-b"
    assert own_keys(workspace) == [saved.key]


def test_a_taken_name_is_refused_and_the_earlier_maps_stay(workspace):
    save_own(workspace, "Mine", {Emotion.SAD: MOUTH})
    for name in ("mine!", "MINE", "Wegrzyn2017", "du2014"):
        with pytest.raises(HumanMapError, match="already; choose another name"):
            save_own(workspace, name, {Emotion.HAPPY: MOUTH})
    assert find(workspace, "mine").emotions == (Emotion.SAD,)


def test_a_bad_drawing_names_its_emotion_and_leaves_nothing_behind(workspace):
    good = {Emotion.SAD: MOUTH}
    with pytest.raises(UnreadableImageError, match="The map of fear: Not an image"):
        save_own(workspace, "Mine", good | {Emotion.FEAR: b"<svg/>"})
    with pytest.raises(HumanMapError, match="The map of fear: The point"):
        save_own(workspace, "Mine", good | {Emotion.FEAR: [Disc(centre=(2, 0))]})
    for shade in (0, 128):
        flat = png(np.full((48, 48), shade, dtype=np.uint8))
        with pytest.raises(HumanMapError, match="fear is the same everywhere"):
            save_own(workspace, "Mine", good | {Emotion.FEAR: flat})
    with pytest.raises(HumanMapError, match="has no map yet"):
        save_own(workspace, "Mine", {})
    with pytest.raises(HumanMapError, match="shorten it to 500"):
        save_own(workspace, "Mine", good, source="s" * 501)
    assert kept(workspace) == []


def test_damaged_files_are_told_of_and_hide_no_other_maps(workspace):
    save_own(workspace, "Mine", {Emotion.SAD: MOUTH})
    save_own(workspace, "Other", {Emotion.SAD: MOUTH})
    folder = workspace.data_dir / "human_maps" / "mine"
    whole = (folder / "maps.npz").read_bytes()
    for damage in (whole[:100], b"", b"no archive"):
        (folder / "maps.npz").write_bytes(damage)
        with pytest.raises(HumanMapError, match="'mine' in"):
            find(workspace, "mine")
        assert [maps.key for maps in human_maps(workspace)][-1] == "other"
    (folder / "maps.npz").write_bytes(whole)
    for text in ("", "[]", json.dumps({"name": "Mine"})):
        (folder / "about.json").write_text(text)
        with pytest.raises(HumanMapError, match="are damaged"):
            find(workspace, "mine")
    delete_own(workspace, "mine")


def test_pickled_objects_are_not_loaded(workspace):
    save_own(workspace, "Mine", {Emotion.SAD: MOUTH})
    path = workspace.data_dir / "human_maps" / "mine" / "maps.npz"
    with path.open("wb") as file:
        np.savez(file, sad=np.array([{"a": 1}], dtype=object))
    with pytest.raises(HumanMapError, match="are damaged"):
        find(workspace, "mine")


def test_a_full_disk_is_one_sentence(workspace, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(HumanMapError, match=r"were not kept \(No space left on device\)"):
        save_own(workspace, "Mine", {Emotion.SAD: MOUTH})
    assert kept(workspace) == []
