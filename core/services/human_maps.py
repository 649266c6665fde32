"""Human maps to compare networks with: those that come along, and those that people bring."""

import json
import os
import re
import shutil
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import HumanMapError, UnreadableImageError
from core.maps.built_in import BUILT_IN
from core.maps.human import HumanMaps, Picture, is_usable, read_only
from core.maps.own import Disc, Polygon, Region, map_of_picture, map_of_regions
from core.workspace import Workspace
from db.enums import Emotion

__all__ = ["Disc", "Polygon", "Region", "delete_own", "find", "human_maps", "own_keys", "save_own"]

Drawing = bytes | Sequence[Region]
"""What one emotion's own map is made of: an image file's bytes, or regions of the face."""

MAX_NAME, MAX_TEXT = 60, 500
_MAPS_NAME, _ABOUT_NAME = "maps.npz", "about.json"
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LIMITS = "Brought to this workspace by a person; FeelingIt cannot know what it was measured by."
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


def human_maps(workspace: Workspace) -> list[HumanMaps]:
    """Return all human maps: those that come along, then people's own by key.

    Own maps whose files are damaged are left out; `find` says what is wrong with them.
    """
    found = [made() for made in BUILT_IN.values()]
    for key in own_keys(workspace):
        try:
            found.append(_read(workspace, key))
        except HumanMapError:
            continue
    return found


def own_keys(workspace: Workspace) -> list[str]:
    """Return the keys of the maps that people brought, ascending, damaged ones too."""
    folders = _root(workspace).glob("*/")
    return sorted(folder.name for folder in folders if _KEY.fullmatch(folder.name))


def find(workspace: Workspace, key: str) -> HumanMaps:
    """Return the human maps with a key.

    Raises:
        HumanMapError: If there are none, or their files are damaged.
    """
    if key in BUILT_IN:
        return BUILT_IN[key]()
    known = own_keys(workspace)
    if key not in known:
        raise HumanMapError(
            f"There are no human maps {key!r}; choose one of {', '.join([*BUILT_IN, *known])}."
        )
    return _read(workspace, key)


def save_own(
    workspace: Workspace,
    name: str,
    drawings: Mapping[Emotion, Drawing],
    *,
    source: str = "",
    licence: str = "",
) -> HumanMaps:
    """Keep maps that a person brings, whole or not at all, and return them.

    Args:
        workspace: Where to.
        name: Names them for people; its letters and digits make the key.
        drawings: Of each emotion that has a map, a picture or regions.
        source: Where they come from.
        licence: Under which terms.

    Raises:
        HumanMapError: If the name or a text cannot be used, the key is taken, there is no
            drawing, or one shows nothing or cannot be drawn.
        UnreadableImageError: If a picture's bytes are no image.
    """
    about = {"name": name.strip(), "source": source.strip(), "licence": licence.strip()}
    key = _new_key(workspace, about["name"])
    _check_texts(about)
    if not drawings:
        raise HumanMapError(f"{name!r} has no map yet; give a picture or regions of one emotion.")
    maps = {emotion: _picture(emotion, drawing) for emotion, drawing in drawings.items()}
    _write(_root(workspace) / key, about, maps)
    return _made(key, about, maps)


def delete_own(workspace: Workspace, key: str) -> None:
    """Delete maps that a person brought.

    Raises:
        HumanMapError: If there are none with this key, or they came along with FeelingIt.
    """
    if key in BUILT_IN:
        raise HumanMapError(f"The human maps {key!r} came along and stay; delete only your own.")
    if key not in own_keys(workspace):
        raise HumanMapError(f"There are no human maps {key!r}; they may be deleted already.")
    shutil.rmtree(_root(workspace) / key)


def _root(workspace: Workspace) -> Path:
    return workspace.data_dir / "human_maps"


def _new_key(workspace: Workspace, name: str) -> str:
    """Return the key that a name gives, of letters, digits and dashes only.

    Raises:
        HumanMapError: If it gives none, or one that is taken.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = "-".join(re.findall(r"[a-z0-9]+", plain))
    if not key or len(name) > MAX_NAME:
        raise HumanMapError(
            f"{name[:MAX_NAME]!r} cannot name human maps; use 1 to {MAX_NAME} characters, some "
            "letter from a to z or digit among them."
        )
    if key in BUILT_IN or key in own_keys(workspace):
        raise HumanMapError(f"There are human maps {key!r} already; choose another name.")
    return key


def _check_texts(about: Mapping[str, str]) -> None:
    for what, text in about.items():
        if len(text) > MAX_TEXT:
            raise HumanMapError(
                f"The {what} has {len(text):,} characters; shorten it to {MAX_TEXT}."
            )


def _picture(emotion: Emotion, drawing: Drawing) -> Picture:
    """Return the map of one emotion, its errors naming it.

    Raises:
        HumanMapError: If it shows nothing or cannot be drawn.
        UnreadableImageError: If a picture's bytes are no image.
    """
    try:
        picture = map_of_picture(drawing) if isinstance(drawing, bytes) else map_of_regions(drawing)
    except (HumanMapError, UnreadableImageError) as error:
        raise type(error)(f"The map of {emotion}: {error}") from error
    if not is_usable(picture):
        raise HumanMapError(
            f"The map of {emotion} is the same everywhere, so nothing can be compared with it; "
            "give a picture that is brighter where people look."
        )
    return picture


def _write(folder: Path, about: Mapping[str, str], maps: Mapping[Emotion, Picture]) -> None:
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        partial.mkdir(parents=True, exist_ok=True)
        arrays = {emotion.value: picture for emotion, picture in maps.items()}
        with (partial / _MAPS_NAME).open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        (partial / _ABOUT_NAME).write_text(json.dumps(about, indent=2), encoding="utf-8")
        partial.rename(folder)  # refused where somebody else just saved the same name
    except OSError as error:
        reason = error.strerror or "no access"
        raise HumanMapError(
            f"The human maps {folder.name!r} were not kept ({reason}); try again, or look at the "
            "workspace's disk."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _read(workspace: Workspace, key: str) -> HumanMaps:
    """Return people's own maps, checked as anything that was on a disk.

    Raises:
        HumanMapError: If a file is missing or damaged.
    """
    folder = _root(workspace) / key
    try:
        about = json.loads((folder / _ABOUT_NAME).read_text(encoding="utf-8"))
        path = folder / _MAPS_NAME
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            maps = {Emotion(name): stored[name].astype(np.float64) for name in stored.files}
        if not maps or not all(is_usable(picture) for picture in maps.values()):
            raise ValueError("no usable map")
        return _made(key, about, maps)
    except _UNREADABLE as error:
        raise HumanMapError(
            f"The human maps {key!r} in {folder} are damaged; delete them and save them again."
        ) from error


def _made(key: str, about: Mapping[str, Any], maps: Mapping[Emotion, Picture]) -> HumanMaps:
    return HumanMaps(
        key=key,
        title=str(about["name"]),
        source=str(about["source"]) or "Its source was not given.",
        licence=str(about["licence"]) or "Its licence was not given.",
        limits=_LIMITS,
        maps={emotion: read_only(picture) for emotion, picture in maps.items()},
    )
