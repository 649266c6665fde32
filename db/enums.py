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
    EVALUATE = "evaluate"
    SALIENCY = "saliency"
    ISSUES = "issues"
    LANDMARKS = "landmarks"
    EMBED = "embed"
    FAITHFULNESS = "faithfulness"


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    PAUSED = "paused"
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
    """Which part of the face is covered; names are at most 16 characters, as they are stored.

    `forehead`, `eyes` and `mouth` are the study's row bands, filled with grey; `crop-` removes the
    band's rows instead. `lm-` parts, `surgical` and `sunglasses` follow each face's landmarks.
    `ctl-X` is the control of X: a patch of the same area somewhere else. `random` gives each face
    one of several masks, anew in every epoch; it is for training only.
    """

    NONE = "none"
    FOREHEAD = "forehead"
    EYES = "eyes"
    MOUTH = "mouth"
    CROP_FOREHEAD = "crop-forehead"
    CROP_EYES = "crop-eyes"
    CROP_MOUTH = "crop-mouth"
    LM_FOREHEAD = "lm-forehead"
    LM_BROWS = "lm-brows"
    LM_EYES = "lm-eyes"
    LM_NOSE = "lm-nose"
    LM_MOUTH = "lm-mouth"
    SURGICAL = "surgical"
    SUNGLASSES = "sunglasses"
    CTL_FOREHEAD = "ctl-forehead"
    CTL_EYES = "ctl-eyes"
    CTL_MOUTH = "ctl-mouth"
    CTL_LM_FOREHEAD = "ctl-lm-forehead"
    CTL_LM_BROWS = "ctl-lm-brows"
    CTL_LM_EYES = "ctl-lm-eyes"
    CTL_LM_NOSE = "ctl-lm-nose"
    CTL_LM_MOUTH = "ctl-lm-mouth"
    CTL_SURGICAL = "ctl-surgical"
    CTL_SUNGLASSES = "ctl-sunglasses"
    RANDOM = "random"


STUDY_MASKS = (Mask.NONE, Mask.FOREHEAD, Mask.EYES, Mask.MOUTH)


class ModelName(StrEnum):
    """The networks that can be trained."""

    FAST = "fast"
    STRONG = "strong"
    VGG16 = "vgg16"
    VGG16_BN = "vgg16-bn"
    RESNET50 = "resnet50"
    RESNET50_REG = "resnet50-reg"


class Subset(StrEnum):
    """Which test images a figure covers: all, or those without a pixel twin in training."""

    FULL = "full"
    LEAK_FREE = "leak_free"


class SaliencyMethod(StrEnum):
    """How a saliency map is computed; part of its file's name."""

    GRAD_CAM = "grad_cam"
    GRADIENT = "gradient"
    SMOOTH_GRAD = "smooth_grad"
    INTEGRATED_GRADIENTS = "integrated_gradients"
    GUIDED_GRAD_CAM = "guided_grad_cam"
    OCCLUSION = "occlusion"
    TILES = "tiles"
