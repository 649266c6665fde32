"""Every button that writes does what it says, to the thing on screen and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.services import curation, datasets, duplicates, experiments, job_lists, jobs, versions
from core.workspace import Workspace
from db.enums import JobKind, JobStatus, Mask, ModelName

OpenPage = Callable[..., AppTest]
N_FACES, N_SURPLUS = 56, 3


def dataset_id(workspace: Workspace) -> int:
    return datasets.find_dataset(workspace, "faces").id


def text(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.error]
    return " ".join(str(part.value) for part in parts)


def test_a_link_chooses_the_queue_of_the_relabel_page(open_page: OpenPage, filled: Workspace):
    page = open_page("relabel", queue="random", seed="7", split="train", blind="true")
    assert page.selectbox("relabel_queue").value == "random"
    assert page.number_input("relabel_seed").value == 7
    assert page.selectbox("relabel_split").value == "train"
    assert page.toggle("blind").value
    assert "28 faces in this queue." in text(page)


def test_a_chosen_queue_is_written_into_the_address(open_page: OpenPage, filled: Workspace):
    page = open_page("relabel", face="12")
    page.selectbox("relabel_queue").set_value("random").run()
    page.selectbox("relabel_emotion").set_value("sad").run()
    assert page.query_params["queue"] == "random"
    assert page.query_params["emotion"] == "sad"
    assert "face" not in page.query_params


def test_a_queue_of_disagreement_takes_the_newest_run(open_page: OpenPage, filled: Workspace):
    page = open_page("relabel")
    page.selectbox("relabel_queue").set_value("model_disagrees").run()
    assert page.query_params["run"] == "2"
    page.selectbox("relabel_queue").set_value("all").run()
    assert not page.exception
    assert not page.error


def test_a_runs_doubts_are_narrowed_to_a_slice(open_page: OpenPage, filled: Workspace):
    page = open_page("relabel", queue="model_disagrees", run="1")
    every = text(page)
    page.selectbox("relabel_slice").set_value("leaked").run()
    assert page.query_params["slice"] == "leaked"
    assert "0 faces in this queue." not in every
    assert every != text(page)
    page.selectbox("relabel_queue").set_value("all").run()
    assert "56 faces in this queue." in text(page)


def test_a_mask_that_a_run_was_not_tested_with_is_one_sentence(
    open_page: OpenPage, filled: Workspace
):
    page = open_page("relabel", queue="model_disagrees", run="1", test_mask="mouth")
    assert "Run 1 was not tested with mask mouth" in text(page)
    assert page.selectbox("relabel_test_mask").value == "mouth"
    assert not page.exception


def test_the_run_whose_predictions_are_shown_is_part_of_the_address(
    open_page: OpenPage, filled: Workspace
):
    page = open_page("relabel")
    newest, other = page.selectbox("relabel_predictions").value, "1"
    assert newest == "2"
    page.selectbox("relabel_predictions").set_value(other).run()
    assert page.query_params["predictions"] == other
    assert open_page("relabel", predictions="1").selectbox("relabel_predictions").value == "1"
    assert open_page("relabel", predictions="99").selectbox("relabel_predictions").value == "2"


def test_a_queue_of_a_runs_doubts_shows_what_that_run_said(open_page: OpenPage, filled: Workspace):
    page = open_page("relabel", queue="model_disagrees", run="1")
    assert page.selectbox("relabel_predictions").value == "1"
    page.selectbox("relabel_queue").set_value("all").run()
    assert page.selectbox("relabel_predictions").value == "2"


def test_a_queue_that_there_cannot_be_is_one_sentence(open_page: OpenPage, filled: Workspace):
    page = open_page("relabel", split="exam")
    assert "A queue has no split 'exam'" in text(page)
    assert not page.exception


def test_the_drop_button_counts_before_and_drops_the_surplus(
    open_page: OpenPage, filled: Workspace
):
    page = open_page("duplicates")
    assert f"**{N_FACES - N_SURPLUS}** of {N_FACES} faces" in text(page)
    page.button("duplicates_drop").click().run()
    assert datasets.progress(filled, dataset_id(filled)).kept == N_FACES - N_SURPLUS
    assert not page.exception


def test_dropped_copies_can_be_brought_back(open_page: OpenPage, filled: Workspace):
    duplicates.dedupe(filled, dataset_id(filled), annotator="ada")
    open_page("duplicates").button("duplicates_undo").click().run()
    assert datasets.progress(filled, dataset_id(filled)).kept == N_FACES


def test_freezing_makes_a_version_of_what_is_kept_now(open_page: OpenPage, filled: Workspace):
    curation.drop(filled, 1, annotator="ada", reason="blank")
    open_page("experiments").button("experiments_freeze").click().run()
    assert [version.n_images for version in versions.versions(filled)] == [N_FACES - 1, N_FACES]


def test_queueing_makes_a_run_for_each_model_mask_and_seed(open_page: OpenPage, filled: Workspace):
    page = open_page("experiments")
    page.button_group("experiments_models").set_value([ModelName.VGG16, ModelName.FAST]).run()
    page.button_group("experiments_masks").set_value([Mask.EYES]).run()
    page.multiselect("experiments_more_masks").set_value([Mask.CROP_EYES]).run()
    page.number_input("experiments_seed").set_value(7).run()
    page.number_input("experiments_n_seeds").set_value(2).run()
    assert "VGG-16 at 128 px: about" in text(page)
    assert "8 runs: about" in text(page)
    page.button("experiments_queue").click().run()
    queued = [run for run in experiments.runs(filled) if run.seed in (7, 8)]
    assert {(run.model, run.mask, run.seed) for run in queued} == {
        (model, mask, seed)
        for model in (ModelName.VGG16, ModelName.FAST)
        for mask in (Mask.EYES, Mask.CROP_EYES)
        for seed in (7, 8)
    }
    assert len(queued) == 8
    assert not page.exception


def test_every_setting_of_a_recipe_can_be_changed_before_queueing(
    open_page: OpenPage, filled: Workspace, tmp_path: Path
):
    weights = tmp_path / "start.pt"
    weights.write_bytes(b"not read before the run starts")
    page = open_page("experiments")
    page.text_input("experiments_weights").set_value(str(weights)).run()
    page.selectbox("experiments_teacher").set_value(1).run()
    page.text_area("experiments_settings").set_value("dropout=0.2\nrandom_masks=eyes, mouth").run()
    page.button("experiments_queue").click().run()
    config = experiments.runs(filled)[0].config
    assert config["weights"] == str(weights)
    assert config["teacher_run"] == 1
    assert (config["dropout"], config["random_masks"]) == (0.2, ["eyes", "mouth"])
    assert not page.exception


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("fast", "'fast' is no setting; give NAME=VALUE"),
        ("speed=9", "There is no training setting 'speed'"),
        ("dropout=2", "dropout is 2.0; give a share"),
    ],
)
def test_a_setting_that_cannot_work_is_one_sentence_and_the_jobs_stay(
    open_page: OpenPage, filled: Workspace, lines: str, said: str
):
    page = open_page("experiments")
    page.text_area("experiments_settings").set_value(lines).run()
    assert said in text(page)
    assert "Runs and jobs" in [heading.value for heading in page.subheader]
    assert not page.exception


def test_a_run_is_trained_again_from_its_settings(open_page: OpenPage, filled: Workspace):
    page = open_page("experiments")
    page.selectbox("experiments_watched").set_value(1).run()
    page.button_group("experiments_part").set_value("Settings").run()
    page.number_input("experiments_again_1").set_value(5).run()
    page.button("experiments_again_queue_1").click().run()
    again, first = experiments.runs(filled)[0], experiments.find_run(filled, 1)
    assert again.config == {**first.config, "seed": 5}
    assert again.version == first.version


def test_a_finished_run_is_tested_under_further_masks_from_its_settings(
    open_page: OpenPage, filled: Workspace
):
    page = open_page("experiments")
    page.selectbox("experiments_watched").set_value(1).run()
    page.button_group("experiments_part").set_value("Settings").run()
    page.multiselect("experiments_test_1").set_value([Mask.EYES, Mask.MOUTH]).run()
    page.button("experiments_test_queue_1").click().run()
    job = jobs.unfinished(filled)[-1]
    assert job.kind is JobKind.EVALUATE
    assert job.payload == {"run": 1, "test_masks": ["eyes", "mouth"]}


def test_the_studys_table_is_queued_with_one_click(open_page: OpenPage, filled: Workspace):
    page = open_page("experiments")
    page.button("experiments_study").click().run()
    (grid,) = job_lists.grids(filled)
    assert grid.n_jobs == 10
    assert not page.exception


def test_a_queued_job_can_be_paused_and_resumed(open_page: OpenPage, filled: Workspace):
    (job,) = jobs.unfinished(filled)
    open_page("experiments").button(f"experiments_job_{job.id}_first").click().run()
    assert jobs.find_job(filled, job.id).status is JobStatus.PAUSED
    open_page("experiments").button(f"experiments_job_{job.id}_first").click().run()
    assert jobs.find_job(filled, job.id).status is JobStatus.QUEUED


def test_all_jobs_pause_and_go_on_together(open_page: OpenPage, filled: Workspace):
    (job,) = jobs.unfinished(filled)
    page = open_page("experiments")
    page.button("experiments_pause_all").click().run()
    assert jobs.find_job(filled, job.id).status is JobStatus.PAUSED
    page.button("experiments_resume_all").click().run()
    assert jobs.find_job(filled, job.id).status is JobStatus.QUEUED


def test_a_run_is_deleted_with_its_files_after_a_second_click(
    open_page: OpenPage, filled: Workspace
):
    page = open_page("experiments")
    page.selectbox("experiments_watched").set_value(1).run()
    page.button_group("experiments_part").set_value("Settings").run()
    page.button("experiments_delete_1").click().run()
    assert 1 not in [run.id for run in experiments.runs(filled)]
    assert not filled.run_dir(1).exists()
    assert not page.exception


def test_jobs_are_filtered_and_paged(open_page: OpenPage, filled: Workspace):
    page = open_page("experiments")
    assert "running" not in text(page)
    page.button_group("experiments_filter").set_value("Stopped").run()
    assert [button.key for button in page.button if "_first" in button.key] == [
        "experiments_job_3_first"
    ]


def test_a_failed_job_shows_why_and_the_end_of_its_log(open_page: OpenPage, filled: Workspace):
    page = open_page("experiments")
    assert "RuntimeError: out of memory" in text(page)
    assert "RuntimeError: out of memory" in page.code[0].value
