"""The label issues page: what it offers, shows and starts."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.services import curation, issues, jobs
from core.services.datasets import find_dataset
from core.services.issue_files import default_path, write_csv
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, JobKind, JobStatus
from db.rows import NewIssue

OpenPage = Callable[..., AppTest]


def text(page: AppTest) -> str:
    return " ".join(str(part.value) for part in [*page.markdown, *page.caption, *page.get("html")])


@pytest.fixture
def scored(filled: Workspace) -> Workspace:
    """A workspace whose 56 faces have scores, the first face's the worst."""
    dataset = find_dataset(filled, "faces")
    job = issues.enqueue_issues(filled, "faces")
    found = []
    for image_id in range(1, 57):
        label = curation.find_image(filled, image_id).label
        suggested = EMOTIONS[(EMOTIONS.index(label) + 1) % 7]
        score = image_id / 100
        found.append(NewIssue(image_id=image_id, label=label, suggested=suggested, score=score))
    issues.record_issues(filled, dataset.id, found, job_id=job.id)
    write_csv(filled, dataset.id, default_path(filled, dataset))
    jobs.request_cancel(filled, job.id)
    return filled


def test_the_button_queues_a_search_that_can_be_paused(open_page: OpenPage, filled: Workspace):
    page = open_page("issues")
    page.button("issues_start").click().run()
    (job,) = [job for job in jobs.unfinished(filled) if job.kind is JobKind.ISSUES]
    assert not page.exception
    page.button(f"issues_job_{job.id}_first").click().run()
    (paused,) = issues.searches(filled, find_dataset(filled, "faces").id)
    assert (paused.id, paused.status) == (job.id, JobStatus.PAUSED)


def test_a_finished_run_can_be_chosen_to_judge(open_page: OpenPage, filled: Workspace):
    page = open_page("issues")
    choice = page.selectbox("issues_judge")
    assert choice.options[0] == "Networks trained for it"
    choice.select_index(2).run()
    page.button("issues_start").click().run()
    assert not page.exception
    (job,) = [job for job in jobs.unfinished(filled) if job.kind is JobKind.ISSUES]
    assert job.payload["run"] == 1


def test_ranked_faces_are_shown_with_what_became_of_them(open_page: OpenPage, scored: Workspace):
    curation.label(scored, 1, Emotion.SAD, annotator="ada")
    curation.label(scored, 2, curation.find_image(scored, 2).label, annotator="ada")
    curation.drop(scored, 3, annotator="ada", reason="not a face")
    page = open_page("issues")
    assert not page.exception
    assert {metric.label: metric.value for metric in page.metric} == {
        "Labels scored": "56", "Reviewed": "3", "Of these changed": "67 %",
    }  # fmt: skip
    for outcome in ("now sad", "confirmed", "dropped", "score 0.010", "faces-label-issues.csv"):
        assert outcome in text(page)
