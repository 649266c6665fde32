"""Which names of folders, classes and usages mean which split and emotion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import SourceError
from core.sources.records import Refusal
from db.enums import EMOTIONS, Emotion, Split

SPLITS = {
    "train": Split.TRAIN,
    "training": Split.TRAIN,
    "validation": Split.VALIDATION,
    "val": Split.VALIDATION,
    "publictest": Split.VALIDATION,
    "test": Split.TEST,
    "privatetest": Split.TEST,
}
# Numbers of the `emotion` column of fer2013.csv (Goodfellow et al. 2013, arXiv 1307.0414).
CODES = {
    "0": Emotion.ANGRY,
    "1": Emotion.DISGUST,
    "2": Emotion.FEAR,
    "3": Emotion.HAPPY,
    "4": Emotion.SAD,
    "5": Emotion.SURPRISE,
    "6": Emotion.NEUTRAL,
}
CLUTTER = frozenset(("__macosx", "thumbs.db", "desktop.ini"))
MAX_PATH_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image belongs, from its path: `path` starts at the split's folder."""

    path: str
    split: Split
    label: Emotion


def class_labels(mapping: Mapping[str, str] | None) -> dict[str, Emotion]:
    """Return the emotion of each class name, in small letters, with the user's own names.

    Raises:
        SourceError: If a name is mapped to something that is not an emotion.
    """
    labels = {emotion.value: emotion for emotion in EMOTIONS}
    for name, emotion in (mapping or {}).items():
        if emotion.casefold() not in EMOTIONS:
            known = ", ".join(EMOTIONS)
            raise SourceError(f"{name!r} cannot be mapped to {emotion!r}; emotions are {known}.")
        labels[name.casefold()] = Emotion(emotion.casefold())
    return labels


def is_clutter(parts: Sequence[str]) -> bool:
    """Return whether a path is hidden or left by an operating system, and not worth a word."""
    return any(
        part.casefold() in CLUTTER or (part.startswith(".") and part != "..") for part in parts
    )


def split_depth(parts: Sequence[str]) -> int | None:
    """Return the index of the innermost folder named like a split, None where there is none."""
    folders = range(len(parts) - 2, -1, -1)
    return next((index for index in folders if parts[index].casefold() in SPLITS), None)


def place(parts: Sequence[str], labels: Mapping[str, Emotion]) -> Place | Refusal:
    """Return where the file at `parts` belongs, or why it belongs nowhere.

    Expected is split/emotion/file at the end of the path; names match in any case.
    """
    where = printable("/".join(parts))
    depth = split_depth(parts)
    if depth is None or len(parts) - depth != 3:
        return Refusal(where, "Not in a folder of the form train/happy.")
    split, name, _ = parts[depth:]
    label = labels.get(name.casefold())
    if label is None:
        return Refusal(where, f"Unknown class {printable(name)!r}; --map can give it an emotion.")
    path = "/".join(parts[depth:])
    if path != printable(path) or len(path) > MAX_PATH_LENGTH:
        return Refusal(where, "The name is too long or not valid Unicode.")
    return Place(path, SPLITS[split.casefold()], label)


def printable(name: str) -> str:
    """Return the name with what is not valid Unicode written as escapes."""
    return name.encode("utf-8", "backslashreplace").decode()
