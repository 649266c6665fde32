"""Runs that differ only in their seed are one experiment."""

from collections.abc import Sequence

from db.rows import RunRow


def by_experiment(runs: Sequence[RunRow]) -> list[tuple[RunRow, ...]]:
    """Return runs grouped by version and every setting but the seed, each group by seed.

    Groups stand in the order of their first run. Of several runs with one seed the newest counts.
    """
    groups: dict[str, dict[int, RunRow]] = {}
    for run in runs:
        of_seed = groups.setdefault(_experiment(run), {})
        newest = of_seed.get(run.seed)
        of_seed[run.seed] = run if newest is None or run.id > newest.id else newest
    return [tuple(of_seed[seed] for seed in sorted(of_seed)) for of_seed in groups.values()]


def _experiment(run: RunRow) -> str:
    """Return what runs that differ only in their seed share."""
    settings = {name: value for name, value in run.config.items() if name != "seed"}
    return repr((run.version_id, sorted(settings.items(), key=lambda item: item[0])))
