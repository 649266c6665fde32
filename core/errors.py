"""Every error a user can meet: one sentence saying what happened to which thing and what to do."""

from collections.abc import Iterable
from pathlib import Path


class FeelingItError(Exception):
    """The root of all errors that are shown to a person as they are."""


class UnreadableImageError(FeelingItError):
    """A file's bytes are not an image that can be decoded."""


class SourceError(FeelingItError):
    """A path given to import is not a data set in a known layout."""


class DatasetNameError(FeelingItError):
    """A name cannot be given to a data set."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} cannot name a data set; use 1 to 100 letters, digits, spaces, dots, "
            "dashes or underscores, a letter or digit first."
        )


class BusyDatasetError(FeelingItError):
    """Two imports write to the same data set at the same time."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Another import into {name!r} is running; import again when it has ended, "
            "nothing is imported twice."
        )


class UnknownDatasetError(FeelingItError):
    """No data set has the given name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = ", ".join(known)
        hint = f"known data sets: {names}" if names else "import one first with `feelingit import`"
        super().__init__(f"There is no data set named {name!r}; {hint}.")


class UnknownVersionError(FeelingItError):
    """No frozen version has the given id."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"There is no version {version!r}; freeze one with `feelingit freeze NAME` "
            "or list them with `feelingit versions`."
        )


class UnknownRunError(FeelingItError):
    """No run has the given id."""

    def __init__(self, run: str) -> None:
        super().__init__(f"There is no run {run!r}; list the runs with `feelingit runs`.")


class UnknownJobError(FeelingItError):
    """No job has the given id."""

    def __init__(self, job: int) -> None:
        super().__init__(f"There is no job {job}; list the jobs with `feelingit jobs`.")


class UnknownImageError(FeelingItError):
    """No image has the given id."""

    def __init__(self, image_id: int) -> None:
        super().__init__(f"There is no image {image_id}; it may belong to another workspace.")


class QueueError(FeelingItError):
    """A link asks for a queue that there cannot be."""


class TagError(FeelingItError):
    """A tag cannot be given, or a list of tags cannot be kept."""


class UnknownBatchError(FeelingItError):
    """No batch of label events has the given id, or it was undone already."""


class PressError(FeelingItError):
    """A press of an annotator cannot be stored as it was sent."""


class AccessError(FeelingItError):
    """A request carries no valid permission for what it asks."""


class AnnotatorNameError(FeelingItError):
    """An annotator has the name of a label policy, under which policies write events."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Nobody can judge as {name!r}, a label policy; choose another name.")


class LabelPolicyError(FeelingItError):
    """A label was set by hand where the labels follow votes or adjudication."""

    def __init__(self, policy: str) -> None:
        super().__init__(
            f"The labels of this data set are {policy}, so nobody sets one alone; vote, or change "
            "the label policy on the Annotators page."
        )


class StaleGroupError(FeelingItError):
    """A group of copies was decided on that is no longer as it was shown."""

    def __init__(self) -> None:
        super().__init__(
            "Some of these images are no longer in the cleaned set, so nothing was changed; "
            "look at the groups again."
        )


class GroupTooLargeError(FeelingItError):
    """So many pictures were said to differ that their pairs are too many to store."""

    def __init__(self, n_pictures: int, most: int) -> None:
        super().__init__(
            f"{n_pictures} pictures are too many to say that each differs from each; choose a "
            f"smaller limit, at which groups have at most {most}."
        )


class NearLimitError(FeelingItError):
    """A distance between perceptual hashes was asked for at which all faces would be alike."""

    def __init__(self, bits: int, widest_bits: int) -> None:
        super().__init__(f"{bits} is no limit for near copies; give 0 to {widest_bits} bits.")


class SimilarityError(FeelingItError):
    """A similarity was asked for at which faces would only share a pose, or none could be so."""

    def __init__(self, similarity: float, least: float) -> None:
        super().__init__(f"{similarity:g} is no similarity of copies; give {least:g} to 1.")


class NotReadyError(FeelingItError):
    """Something asked for exists but cannot be used yet."""


class EmptySetError(FeelingItError):
    """An operation needs images and there are none."""


class MissingLandmarksError(FeelingItError):
    """A mask follows landmarks and the faces have none."""

    def __init__(self, mask: str, dataset: str = "NAME") -> None:
        super().__init__(
            f"The mask {mask} follows landmarks, which were not computed for all of these faces; "
            f"run `feelingit landmarks {dataset} --wait` first."
        )


class InSampleError(FeelingItError):
    """Labels were to be judged by networks that had been taught these very labels."""

    def __init__(self, n_seen: int, n: int) -> None:
        super().__init__(
            f"{n_seen:,} of {n:,} faces were judged by a network that was trained on them or on "
            "copies of them, which hides wrong labels; use the out-of-fold probabilities of "
            "`feelingit issues NAME`."
        )


class OtherDatasetError(FeelingItError):
    """A run was asked about a data set that it knows nothing of."""

    def __init__(self, run_id: int, own: str, asked: str) -> None:
        super().__init__(
            f"Run {run_id} was trained on {own!r} and has judged no face of {asked!r}; choose a "
            f"run of {asked!r}, `feelingit runs` lists them."
        )


class NotComparableError(FeelingItError):
    """Runs were not tested on the same images with the same labels."""


class HumanMapError(FeelingItError):
    """There is no such human map, or one cannot be kept."""


class WorkspaceError(FeelingItError):
    """The workspace folder or its database cannot be used."""

    @classmethod
    def not_writable(cls, path: Path, reason: str) -> "WorkspaceError":
        """Return the error for a folder that cannot be written."""
        return cls(
            f"The workspace {path} cannot be used ({reason}); choose another with FEELINGIT_DATA."
        )

    @classmethod
    def no_database(cls, database: str, reason: str) -> "WorkspaceError":
        """Return the error for a database, named by an address without its password."""
        return cls(
            f"The database {database} cannot be used ({reason}); see that it runs and that "
            "FEELINGIT_DATABASE_URL is right."
        )


class JobCancelledError(FeelingItError):
    """A running job was asked to stop."""


class JobPausedError(FeelingItError):
    """A running job was asked to pause and has kept what it did."""


class JobStateError(FeelingItError):
    """A job stands where what was asked of it makes no sense."""


class DiskFullError(FeelingItError):
    """A job could not keep what it computed."""

    def __init__(self, what: Path | str, job_id: int) -> None:
        super().__init__(
            f"The disk that holds {what} is full; free some space, then resume job {job_id}, "
            "which goes on from what it kept last."
        )


class ConfigError(FeelingItError):
    """A training setting has a value that cannot work."""


class CheckpointError(FeelingItError):
    """A checkpoint is missing, truncated or not ours."""


class ClusterError(FeelingItError):
    """The Ray cluster that jobs are to run on cannot be used now."""

    @classmethod
    def no_answer(cls, address: str, reason: str) -> "ClusterError":
        """Return the error for a head that does not answer as it should."""
        return cls(
            f"Ray at {address} does not answer ({reason}); start it there, or name its head's "
            "dashboard with FEELINGIT_RAY_ADDRESS."
        )

    @classmethod
    def not_allowed(cls, address: str) -> "ClusterError":
        """Return the error for a head that wants another token."""
        return cls(
            f"Ray at {address} refuses the token; set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN or "
            "RAY_AUTH_TOKEN_PATH as on the cluster."
        )


class InferenceError(FeelingItError):
    """The process that answers for single faces cannot be asked, or not this."""


class ServerError(FeelingItError):
    """The dashboard's server could not be started or ended by itself."""


class FaceFileError(FeelingItError):
    """A file of faces for training elsewhere cannot be used."""


class WeightsFileError(FeelingItError):
    """A file given as initial weights cannot be used."""


class DivergedError(FeelingItError):
    """Training left the range of numbers."""

    def __init__(self, epoch: int, learning_rate: float) -> None:
        below = f"train again with a learning_rate below {learning_rate}"
        super().__init__(f"The loss is not a number after epoch {epoch}; {below}.")


class UnsupportedSystemError(FeelingItError):
    """Jobs cannot run on this operating system."""


class ExportError(FeelingItError):
    """A data set, figures or a report cannot be written as or where it was asked to be."""


class LabelFileError(FeelingItError):
    """A file of labels cannot be read, or has lines that must not be taken."""
