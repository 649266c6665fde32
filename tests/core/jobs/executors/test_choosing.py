"""Which executor the settings name."""

from core.jobs.executors.choosing import executor, n_slots, trouble
from core.jobs.executors.local import LocalExecutor
from core.jobs.executors.ray import RayExecutor
from core.settings import ExecutorName, Settings


def test_jobs_run_here_one_at_a_time_where_nothing_is_set(workspace):
    assert isinstance(executor(workspace, Settings(), 1), LocalExecutor)
    assert n_slots(Settings(), None) == 1


def test_jobs_run_on_ray_as_many_as_its_setting_says_or_somebody_asks_for(workspace):
    settings = Settings(executor=ExecutorName.RAY, ray_jobs=6)
    assert isinstance(executor(workspace, settings, 6), RayExecutor)
    assert (n_slots(settings, None), n_slots(settings, 2)) == (6, 2)


def test_a_cluster_that_does_not_answer_is_one_sentence_and_this_machine_always_does():
    nowhere = Settings(executor=ExecutorName.RAY, ray_address="http://127.0.0.1:1")
    assert trouble(nowhere).startswith("Ray at http://127.0.0.1:1 does not answer (")
    assert trouble(Settings()) is None
