"""How values are written and coloured, the same on every page."""

from datetime import UTC, datetime

from core.services.terms import Emotion, JobStatus, Mask, ModelName, RunRow, Split, Subset

# Okabe and Ito's palette (2008): told apart by colour-blind readers too.
EMOTION_COLOURS = {
    Emotion.ANGRY: "#D55E00",
    Emotion.DISGUST: "#009E73",
    Emotion.FEAR: "#CC79A7",
    Emotion.HAPPY: "#E69F00",
    Emotion.NEUTRAL: "#8A8A8A",
    Emotion.SAD: "#0072B2",
    Emotion.SURPRISE: "#56B4E9",
}

STATUS_WORDS = {
    JobStatus.QUEUED: "waiting",
    JobStatus.RUNNING: "running",
    JobStatus.DONE: "done",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "cancelled",
}
STATUS_BADGES = {
    JobStatus.QUEUED: ":gray-badge[waiting]",
    JobStatus.RUNNING: ":blue-badge[running]",
    JobStatus.DONE: ":green-badge[done]",
    JobStatus.FAILED: ":red-badge[failed]",
    JobStatus.CANCELLED: ":orange-badge[cancelled]",
}
MASK_WORDS = {
    Mask.NONE: "no mask",
    Mask.FOREHEAD: "forehead covered",
    Mask.EYES: "eyes covered",
    Mask.MOUTH: "nose and mouth covered",
}
MASK_NAMES = {
    Mask.NONE: "No mask",
    Mask.FOREHEAD: "Forehead",
    Mask.EYES: "Eyes",
    Mask.MOUTH: "Nose and mouth",
}
_SHORT_MASKS = {
    Mask.NONE: "no mask",
    Mask.FOREHEAD: "forehead",
    Mask.EYES: "eyes",
    Mask.MOUTH: "nose, mouth",
}
MODEL_NAMES = {
    ModelName.FAST: "Fast",
    ModelName.VGG16: "VGG-16",
    ModelName.RESNET50: "ResNet-50",
}
SUBSET_NAMES = {Subset.FULL: "All test images", Subset.LEAK_FREE: "Leak-free only"}
SPLIT_NAMES = {Split.TRAIN: "Train", Split.VALIDATION: "Validation", Split.TEST: "Test"}


def number(value: int) -> str:
    """Return a count with thin thousands separators, `35,887`."""
    return f"{value:,}"


def percent(share: float, *, digits: int = 1) -> str:
    """Return a share 0..1 as a percentage, `58.3 %`."""
    return f"{100 * share:.{digits}f} %"


def counted(value: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun in the right number, `1 image` or `1,851 images`."""
    return f"{number(value)} {noun if value == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """Return a time span in its two largest units, `4 min 12 s`."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Return how long ago a moment was, `3 min ago`."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    for limit, size, unit in ((3600, 60, "min"), (86400, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // size)} {unit} ago"
    return f"{moment:%Y-%m-%d}"


def run_name(run: RunRow) -> str:
    """Return what people call a run, `#3 Fast, eyes covered`; the seed where it is not 0."""
    seed = f", seed {run.seed}" if run.seed else ""
    return f"#{run.id} {MODEL_NAMES[run.model]}, {MASK_WORDS[run.mask]}{seed}"


def run_label(run: RunRow) -> str:
    """Return a run's name in two short lines for the side of a chart: model, then mask."""
    seed = f", seed {run.seed}" if run.seed else ""
    return f"#{run.id} {MODEL_NAMES[run.model]}{seed}<br>{_SHORT_MASKS[run.mask]}"


def title(emotion: Emotion) -> str:
    """Return an emotion as it stands in headings, `Angry`."""
    return emotion.value.capitalize()
