"""Small tables: the study's table 1 and the leakage of each split."""

from collections.abc import Sequence

import pandas as pd

from core.services.datasets import Count
from core.services.duplicates import DuplicateReport
from core.services.terms import EMOTIONS, Split
from dashboard.format import SPLIT_NAMES, number, percent, title


def count_table(counts: Sequence[Count]) -> pd.DataFrame:
    """Return images per emotion (row) and split (column), as imported and now, with sums."""
    splits = [split for split in Split if any(count.split is split for count in counts)]
    rows = {}
    for name, chosen in [(title(e), [c for c in counts if c.emotion is e]) for e in EMOTIONS] + [
        ("All", list(counts))
    ]:
        parts = [(SPLIT_NAMES[s], [c for c in chosen if c.split is s]) for s in splits]
        rows[name] = {
            f"{split}, {when}": number(sum(getattr(count, field) for count in part))
            for split, part in [*parts, ("All", chosen)]
            for when, field in (("imported", "original"), ("now", "current"))
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def leak_table(report: DuplicateReport) -> pd.DataFrame:
    """Return, for each split, how many of its images have a twin that training can see."""
    return pd.DataFrame(
        [
            {
                "Split": SPLIT_NAMES[split],
                "Twin in": "another split" if split is Split.TRAIN else "training",
                "Images": number(leak.images),
                "Share": percent(leak.share, digits=2),
            }
            for split, leak in report.leakage.items()
        ]
    )
