"""Pictures of human maps from files that are named after emotions: angry.png, happy.jpg."""

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from core.errors import HumanMapError
from core.maps.own import MAX_BYTES
from core.sources.names import is_clutter, printable
from db.enums import EMOTIONS, Emotion

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")


def pictures_of_files(files: Iterable[tuple[str, bytes]]) -> dict[Emotion, bytes]:
    """Return the bytes of each emotion's picture from names with their bytes.

    Raises:
        HumanMapError: If a name is no emotion's, or two are the same emotion's.
    """
    found: dict[Emotion, bytes] = {}
    for name, content in files:
        emotion = _emotion(name)
        if emotion in found:
            raise HumanMapError(f"There are two pictures for {emotion}; give one for each emotion.")
        found[emotion] = content
    return found


def pictures_of_folder(folder: Path) -> dict[Emotion, bytes]:
    """Return the bytes of each emotion's picture in a folder; other kinds of files are passed over.

    Raises:
        HumanMapError: If the folder cannot be read or has no picture, a picture has another name
            than an emotion's, two are the same emotion's, or one is larger than 5 MB.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if _is_picture(path))
        large = next((path for path in paths if path.stat().st_size > MAX_BYTES), None)
        if large is not None:
            raise HumanMapError(
                f"{printable(large.name)} is larger than {MAX_BYTES:,} bytes; make it smaller."
            )
        found = pictures_of_files((path.name, path.read_bytes()) for path in paths)
    except OSError as error:
        reason = error.strerror or "no access"
        raise HumanMapError(
            f"The folder {printable(str(folder))} cannot be read ({reason}); give a folder with "
            "one picture for each emotion."
        ) from error
    if not found:
        raise HumanMapError(
            f"The folder {printable(str(folder))} has no picture; name them {_examples(EMOTIONS)}."
        )
    return found


def _emotion(name: str) -> Emotion:
    stem = PurePath(name).stem.strip().casefold()
    if stem not in list(EMOTIONS):
        raise HumanMapError(
            f"{printable(name)[:60]!r} names no emotion; name the pictures {_examples(EMOTIONS)}."
        )
    return Emotion(stem)


def _examples(emotions: Sequence[Emotion]) -> str:
    return ", ".join(f"{emotion.value}.png" for emotion in emotions)


def _is_picture(path: Path) -> bool:
    is_kind = path.suffix.casefold() in SUFFIXES
    return is_kind and not is_clutter([path.name]) and path.is_file()
