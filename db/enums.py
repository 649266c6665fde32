"""The closed sets of values that are stored, each a string enum."""

from enum import StrEnum


class Emotion(StrEnum):
    """The seven FER2013 classes, in the order every table, figure and model output uses."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    NEUTRAL = "neutral"
    SAD = "sad"
    SURPRISE = "surprise"


EMOTIONS = tuple(Emotion)


class Split(StrEnum):
    """What a face is for. FER2013's PublicTest is `validation`, its PrivateTest is `test`."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class ImageState(StrEnum):
    """Whether a face is part of the cleaned set."""

    KEPT = "kept"
    DROPPED = "dropped"


class EventKind(StrEnum):
    """What a label event did.

    `label` and `confirm` carry emotions, `drop` and `restore` states, `tag` and `untag` a tag,
    `split` splits. A `vote` is a second opinion: it carries an emotion and changes no label.
    """

    LABEL = "label"
    CONFIRM = "confirm"
    DROP = "drop"
    RESTORE = "restore"
    TAG = "tag"
    UNTAG = "untag"
    VOTE = "vote"
    SPLIT = "split"


class LabelPolicy(StrEnum):
    """Whose judgement is an image's label: the newest, the majority's, or an adjudicator's."""

    LATEST = "latest"
    MAJORITY = "majority"
    ADJUDICATED = "adjudicated"


class DuplicateVerdict(StrEnum):
    """What an annotator said of two images: other faces, copies of one, or nothing any more."""

    DIFFERENT = "different"
    SAME = "same"
    OPEN = "open"


class JobKind(StrEnum):
    """What a job does; each has a handler in `core.jobs.handlers`."""

    TRAIN = "train"
    SALIENCY = "saliency"
    ISSUES = "issues"


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Fault(StrEnum):
    """What was planted in a drawn sample face."""

    NONE = "none"
    WRONG_LABEL = "wrong_label"
    EXACT_COPY = "exact_copy"
    NEAR_COPY = "near_copy"
    BLANK = "blank"


class Mask(StrEnum):
    """Which part of the face is covered: the study's row bands."""

    NONE = "none"
    FOREHEAD = "forehead"
    EYES = "eyes"
    MOUTH = "mouth"


class ModelName(StrEnum):
    """The networks that can be trained."""

    FAST = "fast"
    VGG16 = "vgg16"
    RESNET50 = "resnet50"


class Subset(StrEnum):
    """Which test images a figure covers: all, or those without a pixel twin in training."""

    FULL = "full"
    LEAK_FREE = "leak_free"


class SaliencyMethod(StrEnum):
    """How a saliency map is computed; part of its file's name."""

    GRAD_CAM = "grad_cam"
    GRADIENT = "gradient"
