"""The Duplicates page in a real browser: its state is in the URL, and menus do what they say."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.images.encoding import encode
from core.quality.embedding_pairs import pictures
from core.quality.near_duplicates import NearPairs
from core.services import curation, datasets, embeddings, versions
from core.services.embeddings import Embedding
from core.services.importing import import_records
from core.services.near_duplicates import find
from core.services.scanning import Likeness
from core.sources.records import SourceRecord
from core.workspace import Workspace
from db.enums import Emotion, Split

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD


@pytest.fixture(scope="module")
def pair(site_workspace: Workspace) -> tuple[int, int]:
    """The ids of a face and of a slightly brighter one with another label, in a set of theirs."""
    face = np.random.default_rng(1).integers(0, 200, (12, 12), dtype=np.uint8)
    face = face.repeat(4, 0).repeat(4, 1)
    records = [
        SourceRecord("train/1.png", "train/1.png", Split.TRAIN, HAPPY, encode(face)),
        SourceRecord("test/2.png", "test/2.png", Split.TEST, SAD, encode(face + 20)),
    ]
    import_records(site_workspace, records, name="copies")
    dataset = datasets.find_dataset(site_workspace, "copies")
    (group,) = find(site_workspace, dataset.id, Likeness.NEAR, max_distance_bits=4).groups
    return group.image_ids[0], group.image_ids[1]


def test_a_link_shows_near_copies_and_one_menu_gives_them_one_label(
    open_page: OpenPage, site_workspace: Workspace, pair: tuple[int, int]
):
    first, second = pair
    page = open_page("duplicates?dataset=copies&duplicates_kind=Near")
    expect(page.get_by_text("bits apart").first).to_be_visible()
    page.get_by_role("button", name="Relabel all").click()
    page.get_by_role("menuitem", name="Fear").click()
    expect(page.get_by_role("button", name="Undo: 2 faces given one label")).to_be_visible()
    labels = {curation.find_image(site_workspace, image_id).label for image_id in (first, second)}
    assert labels == {Emotion.FEAR}
    page.get_by_role("button", name="Undo: 2 faces given one label").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert curation.find_image(site_workspace, second).label is SAD


def test_what_is_looked_for_is_in_the_url(open_page: OpenPage, pair: tuple[int, int]):
    page = open_page("duplicates?dataset=copies")
    page.get_by_role("radio", name="Near").click()
    expect(page.get_by_text("bits apart").first).to_be_visible()
    assert "duplicates_kind=Near" in page.url


@pytest.fixture
def run_id(site_workspace: Workspace) -> int:
    """A finished run to whose network face 1 is 0.9 like face 2 and 0.8 like face 3."""
    dataset = datasets.find_dataset(site_workspace, "faces")
    run = embeddings.finished_runs(site_workspace, dataset.id)[0]
    faces = versions.face_set(site_workspace, run.version_id)
    picture_of, places = pictures(faces.groups)
    embedding = Embedding(
        image_ids=faces.image_ids,
        pictures=picture_of,
        features=np.zeros((len(faces), 1), dtype=np.float16),
        vectors=np.zeros((len(places), 1), dtype=np.float16),
        pairs=NearPairs(np.array([0, 0]), np.array([1, 2]), np.array([100, 200])),
        reach=500,
    )
    embeddings.record_embedding(site_workspace, run.id, embedding)
    return run.id


def test_a_link_shows_what_a_network_finds_alike_and_those_that_differ_stay_away(
    open_page: OpenPage, site_workspace: Workspace, run_id: int
):
    link = f"duplicates?dataset=faces&duplicates_kind=Network&duplicates_run={run_id}"
    page = open_page(f"{link}&duplicates_similarity=0.85")
    expect(page.get_by_text("0.900 alike")).to_be_visible()
    expect(page.get_by_text("0.800 alike")).to_have_count(0)
    expect(page.get_by_role("button", name="of all")).to_have_count(0)
    page.get_by_role("button", name="These differ").click()
    undo = page.get_by_role("button", name="Undo: 1 pair differs")
    expect(undo).to_be_visible()
    expect(page.get_by_text("alike to this network")).to_be_visible()
    again = open_page(f"{link}&duplicates_similarity=0.7")
    expect(again.get_by_text("0.800 alike")).to_be_visible()
    expect(again.get_by_text("0.900 alike")).to_have_count(0)
    undo.click()
    expect(page.get_by_text("0.900 alike")).to_be_visible()
