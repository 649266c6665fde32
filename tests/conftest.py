"""Fixtures that every test can use."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import settings

from core.settings import Settings
from core.workspace import Workspace, open_workspace
from db.enums import Emotion, Split
from db.models import Dataset, Image, ImageBlob

# Machines differ in speed and share their cores: how long an example takes proves nothing.
settings.register_profile("feelingit", deadline=None, max_examples=50)
settings.load_profile("feelingit")

SHARED_FACES = Path(__file__).parents[2] / "shared" / "fer2013"
Face = tuple[Split, Emotion, int]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace in a folder of its own."""
    opened = open_workspace(Settings(data=tmp_path / "data", database_url=None))
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
