"""Fixtures that every test can use."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import settings

from core.images.drawing.planning import plan_sample
from core.images.drawing.sample import draw_face
from core.metrics.faithfulness import (
    Curve,
    CurveKind,
    Estimate,
    Faithfulness,
    Figure,
    Fill,
    Order,
    Stage,
)
from core.settings import Settings
from core.workspace import Workspace, open_workspace
from db.enums import Emotion, Split
from db.models import Dataset, Image, ImageBlob

# Machines differ in speed and share their cores: how long an example takes proves nothing.
settings.register_profile("feelingit", deadline=None, max_examples=50)
settings.load_profile("feelingit")

SHARED_FACES = Path(__file__).parents[2] / "shared" / "fer2013"
Face = tuple[Split, Emotion, int]


TESTS = Path(__file__).parent
# What speaks with the database is tested with both of them, the rest with SQLite.
ON_BOTH_DATABASES = ("db", "core/services", "core/jobs")
# These train or start processes with torch: slow.
ON_ONE_DATABASE = ("core/jobs/handlers", "core/jobs/inference", "core/jobs/test_grid_run.py")
DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat the tests that speak with the database for each kind of it."""
    path = metafunc.definition.path

    def is_in(parts: tuple[str, ...]) -> bool:
        return any(path.is_relative_to(TESTS / part) for part in parts)

    is_on_both = is_in(ON_BOTH_DATABASES) and not is_in(ON_ONE_DATABASE)
    if "database" in metafunc.fixturenames and is_on_both:
        metafunc.parametrize("database", DATABASES, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database of this test: sqlite or postgres."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL server for this session, a `tests/postgres_server.py`."""
    module = _module("postgres_server")
    bin_dir = module.programs()
    if bin_dir is None:
        reason = "PostgreSQL is not installed (Debian, Ubuntu: sudo apt install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    server = module.PostgresServer(bin_dir)
    yield server
    server.stop()


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest) -> str | None:
    """The address of a database with empty tables; None for the workspace's own file."""
    if database == "sqlite":
        return None
    return request.getfixturevalue("postgres").empty_database()


@pytest.fixture
def workspace(tmp_path: Path, database_url: str | None) -> Iterator[Workspace]:
    """An empty workspace in a folder of its own, with each kind of database where both are due."""
    opened = open_workspace(Settings(data=tmp_path / "data", database_url=database_url))
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="session")
def real_faces_dir() -> Path:
    """The folder with the real FER2013 faces and its `unpack` script."""
    if not (SHARED_FACES / "unpack").exists():
        reason = f"the real FER2013 faces are not at {SHARED_FACES}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED_FACES


@pytest.fixture(scope="session")
def small_real_set(real_faces_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty real faces of each split and emotion, in Kaggle's folders."""
    folder = tmp_path_factory.mktemp("faces") / "kaggle"
    unpack = [sys.executable, str(real_faces_dir / "unpack"), str(folder), "--limit", "30"]
    subprocess.run(unpack, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def two_faces() -> bytes:
    """A PNG file of 720 x 480 px with two drawn faces of 200 px beside each other."""
    canvas = np.full((480, 720), 200, dtype=np.uint8)
    for number, face in enumerate(plan_sample(200, 0)[:2]):
        large = cv2.resize(draw_face(face, 0).pixels, (200, 200), interpolation=cv2.INTER_CUBIC)
        canvas[140:340, 80 + 340 * number : 280 + 340 * number] = large
    return cv2.imencode(".png", canvas)[1].tobytes()


@pytest.fixture
def add_faces(workspace: Workspace) -> Callable[..., int]:
    """Return a function that stores faces (split, label, shade) and returns the data set's id."""

    def add(faces: list[Face], name: str = "faces", is_complete: bool = True) -> int:
        with workspace.writing() as session:
            dataset = Dataset(name=name, created_at=datetime.now(UTC), is_complete=is_complete)
            session.add(dataset)
            session.flush()
            for number, (split, label, shade) in enumerate(faces):
                pixels = np.full((48, 48), shade, dtype=np.uint8)
                image = Image(
                    dataset_id=dataset.id,
                    source_path=f"{split}/{label}/{number}.png",
                    split=split,
                    original_split=split,
                    original_label=label,
                    label=label,
                    file_sha256=f"{shade:064d}",
                    pixel_sha256=f"{shade:064d}",
                    phash=0,
                    width=48,
                    height=48,
                )
                session.add(image)
                session.flush()
                content = cv2.imencode(".png", pixels)[1].tobytes()
                session.add(ImageBlob(image_id=image.id, content=content))
            return dataset.id

    return add


@pytest.fixture(scope="session")
def fill() -> Callable[..., None]:
    """Return the function that fills a workspace, `tests/week_of_work.py`."""
    return _module("week_of_work").fill


@pytest.fixture(scope="session")
def finish_next() -> Callable[[Workspace], None]:
    """Return the function that ends the queued job that is next as done."""
    return _module("week_of_work").finish_next


@pytest.fixture(scope="session")
def examination() -> Faithfulness:
    """An examination of Grad-CAM maps: all curves, five stages, no sensitivity, not flagged."""
    shares = np.linspace(0, 1, 21)

    def about(value: float) -> Estimate:
        return Estimate(value=value, low=value - 0.05, high=value + 0.05)

    curves = tuple(
        Curve(
            kind=kind,
            fill=fill,
            order=order,
            shares=shares,
            mean=0.6 - 0.4 * shares if kind is CurveKind.DELETION else 0.2 + 0.4 * shares,
            area=about(0.25 if order is Order.METHOD else 0.4),
            gain=None if order is Order.RANDOM else about(0.15),
        )
        for kind in CurveKind
        for fill in Fill
        for order in Order
    )
    layers = ("classifier", "third", "second", "first", "input")
    stages = tuple(
        Stage(
            share=(number + 1) / len(layers),
            last_layer=layer,
            spearman=about(0.5 - 0.1 * number),
            ssim=about(0.4 - 0.05 * number),
            n=70,
        )
        for number, layer in enumerate(layers)
    )
    return Faithfulness(
        n_images=70,
        curves=curves,
        sensitivity=Figure(value=None, n=0, why="It was too slow."),
        infidelity=Figure(value=about(0.7), n=14),
        stages=stages,
    )


def _module(name: str) -> ModuleType:
    """Return a module of this folder, which tests cannot import by name."""
    spec = importlib.util.spec_from_file_location(name, TESTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
