"""Small tables: the study's table 1 and the leakage of each split."""

from collections.abc import Iterable, Sequence

import pandas as pd

from core.services.datasets import Count
from core.services.duplicates import DuplicateReport
from core.services.terms import EMOTIONS, Split
from dashboard.format import EMOTION_COLOURS, SPLIT_NAMES, number, percent, title

_STYLE = """<style>
.fi-scroll{overflow-x:auto}
.fi-table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
.fi-table th,.fi-table td{padding:4px 10px;text-align:right;white-space:nowrap;
border-bottom:1px solid rgba(128,128,128,.28)}
.fi-table thead th{font-weight:400;opacity:.75}
.fi-table thead tr:first-child th{border-bottom:0;opacity:1;font-weight:600}
.fi-table tbody th{font-weight:400;text-align:left}
.fi-table tbody tr:last-child>*{font-weight:600;border-bottom:0}
.fi-table td:nth-child(even){opacity:.75}
.fi-table .fi-dot{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:6px}
</style>"""


def count_table(counts: Sequence[Count]) -> str:
    """Return faces per emotion (row) and split (column), imported and now, with sums, as HTML."""
    splits = [split for split in Split if any(count.split is split for count in counts)]
    names = [*(SPLIT_NAMES[split] for split in splits), "All"]
    top = "".join(f'<th colspan="2" scope="colgroup">{name}</th>' for name in names)
    below = '<th scope="col">imported</th><th scope="col">now</th>' * len(names)
    lines = [
        _line(
            f'<span class="fi-dot" style="background:{EMOTION_COLOURS[emotion]}"></span>'
            f"{title(emotion)}",
            [count for count in counts if count.emotion is emotion],
            splits,
        )
        for emotion in EMOTIONS
    ]
    return (
        f'{_STYLE}<div class="fi-scroll"><table class="fi-table"><thead>'
        f"<tr><th></th>{top}</tr><tr><th></th>{below}</tr></thead>"
        f"<tbody>{''.join(lines)}{_line('All', counts, splits)}</tbody></table></div>"
    )


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


def _line(name: str, counts: Sequence[Count], splits: Sequence[Split]) -> str:
    parts: list[Iterable[Count]] = [[c for c in counts if c.split is split] for split in splits]
    cells = "".join(
        f"<td>{number(sum(c.original for c in part))}</td>"
        f"<td>{number(sum(c.current for c in part))}</td>"
        for part in [*parts, counts]
    )
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'
