"""Which executor the settings name."""

from core.jobs.executors.choosing import executor, n_slots
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
