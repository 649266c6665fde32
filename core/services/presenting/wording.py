"""The words and numbers of figures, the same on every page, in reports and in tables."""

from core.services.slicing import ImageSlice
from core.services.terms import Emotion, Mask, ModelName, RunRow, Split

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
_PARTS = {
    Mask.FOREHEAD: "forehead",
    Mask.EYES: "eyes",
    Mask.MOUTH: "nose and mouth",
    Mask.LM_FOREHEAD: "forehead by landmarks",
    Mask.LM_BROWS: "brows by landmarks",
    Mask.LM_EYES: "eyes by landmarks",
    Mask.LM_NOSE: "nose by landmarks",
    Mask.LM_MOUTH: "mouth by landmarks",
    Mask.SURGICAL: "lower face (surgical mask)",
    Mask.SUNGLASSES: "sunglasses",
}
_CROPS = {
    Mask.CROP_FOREHEAD: "forehead",
    Mask.CROP_EYES: "eyes",
    Mask.CROP_MOUTH: "nose and mouth",
}
_CONTROLS = {Mask(f"ctl-{mask}"): f"control of {part}" for mask, part in _PARTS.items()}
MASK_WORDS = {
    Mask.NONE: "no mask",
    **{mask: f"{part} covered" for mask, part in _PARTS.items()},
    **{mask: f"{part} cut off" for mask, part in _CROPS.items()},
    **{mask: f"{words} covered" for mask, words in _CONTROLS.items()},
    Mask.RANDOM: "random masks",
}
MASK_NAMES = {
    Mask.NONE: "No mask",
    **{mask: part.capitalize() for mask, part in _PARTS.items()},
    **{mask: f"{part.capitalize()} cut off" for mask, part in _CROPS.items()},
    **{mask: words.capitalize() for mask, words in _CONTROLS.items()},
    Mask.RANDOM: "Random masks",
}
MODEL_NAMES = {
    ModelName.FAST: "Fast",
    ModelName.STRONG: "Strong",
    ModelName.VGG16: "VGG-16",
    ModelName.VGG16_BN: "VGG-16 BN",
    ModelName.RESNET50: "ResNet-50",
    ModelName.RESNET50_REG: "ResNet-50 reg.",
}
SPLIT_NAMES = {Split.TRAIN: "Train", Split.VALIDATION: "Validation", Split.TEST: "Test"}
SLICE_NAMES = {
    ImageSlice.ALL: "All test images",
    ImageSlice.LEAK_FREE: "Leak-free only",
    ImageSlice.LEAKED: "With a twin in training",
    ImageSlice.RELABELED: "Relabeled",
    ImageSlice.UNCHANGED: "Label as imported",
    ImageSlice.AGREED: "Annotators agree",
    ImageSlice.DISAGREED: "Annotators disagree",
}


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


def size(n_bytes: int) -> str:
    """Return an amount of bytes in its unit, `1.2 GB`."""
    if n_bytes < 1e6:
        return f"{n_bytes / 1e3:.0f} kB"
    return f"{n_bytes / 1e6:.0f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.1f} GB"


def run_name(run: RunRow) -> str:
    """Return what people call a run, `#3 Fast, eyes covered`; the seed where it is not 0."""
    seed = f", seed {run.seed}" if run.seed else ""
    return f"#{run.id} {MODEL_NAMES[run.model]}, {MASK_WORDS[run.mask]}{seed}"


def experiment_name(run: RunRow) -> str:
    """Return what runs that differ in their seed only are called, `Fast, eyes covered`."""
    return f"{MODEL_NAMES[run.model]}, {MASK_WORDS[run.mask]}"


def title(emotion: Emotion) -> str:
    """Return an emotion as it stands in headings, `Angry`."""
    return emotion.value.capitalize()


def slice_title(name: str) -> str:
    """Return a slice as people read it."""
    return f"Tag: {name[4:]}" if name.startswith("tag:") else SLICE_NAMES[ImageSlice(name)]
