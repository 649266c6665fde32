"""Drawing: contrast, scale, colours, names and tables."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.services.datasets import Count
from core.services.terms import EMOTIONS, Emotion, JobStatus, Mask, ModelName, RunRow, Split
from dashboard import format as words
from dashboard.components import faces, figures, scores, tables

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
PNG = b"\x89PNG"


def run_row(run_id: int = 3, *, mask: Mask = Mask.EYES, seed: int = 0) -> RunRow:
    return RunRow(
        id=run_id, job_id=1, version="0123456789abcdef", version_id=1, dataset="faces",
        model=ModelName.FAST, mask=mask, seed=seed, config={}, provenance=None, test_split=None,
        seconds=None, status=JobStatus.DONE, created_at=NOW,
    )  # fmt: skip


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast of two colours #RRGGBB, 1 to 21."""

    def luminance(colour: str) -> float:
        shares = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [figures.LIGHT, figures.DARK], ids=["light", "dark"])
def test_words_lines_and_warnings_of_figures_stand_out(colours: figures.Palette):
    for ink in (colours.text, colours.muted, colours.alarm):
        assert contrast(ink, colours.surface) >= 4.5
    for line in (colours.accent, colours.second):
        assert contrast(line, colours.surface) >= 3


@given(side=st.integers(1, 4096), target_px=st.integers(1, 400))
def test_small_faces_grow_by_whole_numbers_and_none_exceeds_its_place(side: int, target_px: int):
    drawn = faces.drawn_side(side, target_px)
    assert drawn <= target_px
    assert drawn == target_px or drawn % side == 0


@pytest.mark.parametrize(
    ("content", "kind"), [(PNG, "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF89a", "gif")]
)
def test_a_data_url_names_the_kind_of_file(content: bytes, kind: str):
    assert faces.data_url(content).startswith(f"data:image/{kind};base64,")


def test_a_name_in_html_cannot_break_out():
    html = faces.framed(PNG, side=48, alt='"><script>', target_px=48)
    assert "<script>" not in html


def test_table_1_has_a_row_for_each_emotion_and_their_sum():
    counts = [Count(split=Split.TRAIN, emotion=e, original=1000, current=10) for e in EMOTIONS]
    html = tables.count_table(counts)
    assert html.count("<tr>") == 2 + 7 + 1
    assert "<td>7,000</td><td>70</td>" in html


def test_runs_are_listed_as_in_the_study():
    runs = [
        run_row(1, mask=Mask.MOUTH),
        run_row(2, mask=Mask.NONE, seed=1),
        run_row(3, mask=Mask.NONE),
    ]
    assert [run.id for run in scores.in_order(runs)] == [3, 2, 1]


def test_every_emotion_has_a_colour_of_its_own():
    assert set(words.EMOTION_COLOURS) == set(Emotion)
    assert len(set(words.EMOTION_COLOURS.values())) == 7


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.123, "0.1 s"), (59, "59 s"), (252, "4 min 12 s"), (3600 * 5 + 60 * 7, "5 h 7 min")],
)
def test_a_duration_has_its_two_largest_units(seconds: float, text: str):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=3, seconds=59), "3 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(days=3), "2025-12-30"),
    ],
)
def test_a_moment_is_told_by_how_long_ago_it_was(before: timedelta, text: str):
    assert words.ago(NOW - before, NOW) == text


def test_counts_and_shares_read_well():
    assert words.counted(1, "copy", "copies") == "1 copy"
    assert words.counted(1851, "copy", "copies") == "1,851 copies"
    assert words.percent(0.58251) == "58.3 %"
    assert words.run_name(run_row(seed=2)) == "#3 Fast, eyes covered, seed 2"
