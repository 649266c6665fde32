"""What a report is made of."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.metrics.calibration import Calibration
from core.services.baselines import Differences
from core.services.class_tables import Metric
from core.services.comparison import RunComparison
from core.services.figure_sets import FigureSet
from core.services.pooling import StudyCell
from core.services.presenting.cells import HeatTable
from core.services.report.cleaning import VersionRecord
from core.services.report.looking import LookingPart
from core.services.report.provenance import RunRecord
from core.services.results import RunResult
from core.services.slicing import ImageSlice
from db.enums import Mask
from db.repositories.history import Work
from db.rows import DatasetRow, EpochRow, RunRow


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What figures are of: which test images, and what was covered in testing.

    Attributes:
        slice_name: As `slicing.slice_members` names it. Leak-free figures beside are of all
            leak-free test images whatever it is.
        test_mask: Each run's own where None.
    """

    slice_name: str = ImageSlice.ALL.value
    test_mask: Mask | None = None


WHOLE = Scope()


@dataclass(frozen=True, kw_only=True)
class DatasetPart:
    """A data set, what was done to it, and those of its versions that runs of the report use."""

    dataset: DatasetRow
    work: tuple[Work, ...]
    versions: tuple[VersionRecord, ...]


@dataclass(frozen=True, kw_only=True)
class RunPart:
    """One run by itself.

    Attributes:
        run: The run.
        result: Its figures under its own mask.
        record: What it was made of.
        epochs: First to last.
        confusion: int64, shape (7, 7). Counts, rows true emotions, columns predicted.
        calibration: Confidence beside accuracy.
    """

    run: RunRow
    result: RunResult
    record: RunRecord
    epochs: tuple[EpochRow, ...]
    confusion: NDArray[np.int64]
    calibration: Calibration


@dataclass(frozen=True, kw_only=True)
class FigurePart:
    """A figure of every experiment and emotion, and each experiment's less the first one's."""

    metric: Metric
    amounts: HeatTable
    differences: tuple[HeatTable, Differences] | None


@dataclass(frozen=True, kw_only=True)
class CrossedPart:
    """Train mask by test mask of a network: accuracy, and what is lost beyond each control."""

    network: str
    accuracy: HeatTable
    beyond: HeatTable | None


@dataclass(frozen=True, kw_only=True)
class ComparisonPart:
    """The runs on the same images, or one sentence that says why they cannot be compared."""

    found: RunComparison | None
    settings: pd.DataFrame
    refusal: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a report says.

    Attributes:
        made_at: When, UTC.
        scope: What its figures are of.
        runs: In the order asked for, each by itself.
        datasets: Of the runs.
        sets: Figures of each experiment: all test images, then the leak-free ones.
        figures: Accuracy, precision and F1 per emotion.
        crossed: Of each network that was tested under several masks.
        comparison: None for a single run.
        study: The study's rows of which a run is ours.
        looking: Saliency maps that were computed for any of the runs.
    """

    made_at: datetime
    scope: Scope
    runs: tuple[RunPart, ...]
    datasets: tuple[DatasetPart, ...]
    sets: tuple[FigureSet, ...]
    figures: tuple[FigurePart, ...]
    crossed: tuple[CrossedPart, ...]
    comparison: ComparisonPart | None
    study: tuple[StudyCell, ...]
    looking: tuple[LookingPart, ...]
