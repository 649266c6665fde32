"""The Saliency page in a real browser: maps are painted, zoomed and opened; own ones are drawn."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.services.human_maps import delete_own, find
from core.services.map_columns import MapColumn, column_maps
from core.services.presenting.map_prints import MapLook, painted
from core.services.presenting.map_table import ShownColumn, TableColumn, map_table
from core.services.terms import Emotion, SaliencyMethod
from core.workspace import Workspace

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
ALL_PIXELS = "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
PIXELS = "canvas => [...canvas.getContext('2d').getImageData(60, 60, 1, 1).data].slice(0, 3)"


def pictures(page: Page) -> Locator:
    return page.get_by_role("grid", name="Maps of each emotion").first.locator("td button")


def test_maps_are_painted_zoomed_together_and_opened(open_page: OpenPage):
    page = open_page("saliency?dataset=faces&saliency_emotion=angry")
    face, network, human = (pictures(page).nth(number) for number in range(3))
    expect(network).to_contain_text("r ")
    red, green, blue = network.locator("canvas").evaluate(PIXELS)
    assert (red, green) != (green, blue)  # a colour lies over the grey face
    assert len(set(face.locator("canvas").evaluate(PIXELS))) == 1
    page.get_by_role("button", name="Zoom in").first.click()
    for one in (face, network, human):
        transform = one.locator(".moved").evaluate(
            "e => new DOMMatrix(getComputedStyle(e).transform).a"
        )
        assert transform == pytest.approx(1.5)
    page.wait_for_url("**zoom=1.5*")
    network.click()
    expect(page.get_by_role("heading", name="Angry, #1 Fast, no mask")).to_be_visible()
    assert "map=angry" in page.url


def test_the_page_paints_as_print_does(open_page: OpenPage, site_workspace: Workspace):
    page = open_page("saliency?dataset=faces&saliency_emotion=angry")
    side = pictures(page).nth(1).locator("canvas").evaluate("canvas => canvas.width")
    columns = [MapColumn.of_run(1, SaliencyMethod.GRAD_CAM), MapColumn.of_people()]
    shown = [
        ShownColumn(head=TableColumn(name=one.text), maps=column_maps(site_workspace, one))
        for one in columns
    ]
    cells = map_table(shown, emotions=[Emotion.ANGRY]).cells[0]
    for number, cell in enumerate(cells):
        expected = painted(cell, MapLook(), side_px=side).astype(int)
        got = pictures(page).nth(number).locator("canvas").evaluate(ALL_PIXELS)
        drawn = np.array(got, dtype=int).reshape(side, side, 4)[..., :3]
        assert np.abs(drawn - expected).mean() < 3  # their bicubic kernels differ a little


def test_maps_are_walked_and_zoomed_by_key(open_page: OpenPage):
    page = open_page("saliency?dataset=faces")
    first = pictures(page).first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="Show whole faces").first).to_have_text("1.5x")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Disgust, #1 Fast, no mask")).to_be_visible()


def test_no_strength_shows_the_face_alone(open_page: OpenPage):
    page = open_page("saliency?dataset=faces&saliency_emotion=angry&saliency_strength=0")
    face, network = (pictures(page).nth(number).locator("canvas") for number in range(2))
    assert face.evaluate(PIXELS) == network.evaluate(PIXELS)


def test_the_figure_is_downloaded(open_page: OpenPage):
    page = open_page("saliency?dataset=faces&saliency_emotion=angry")
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="SVG").first.click()
    content = waiting.value.path().read_bytes()
    assert waiting.value.suggested_filename == "saliency-maps.svg"
    assert content.startswith(b"<svg")
    assert b">Angry</text>" in content


def test_an_own_map_is_drawn_by_pointer_and_key_and_saved(
    open_page: OpenPage, site_workspace: Workspace
):
    page = open_page("saliency?dataset=faces&saliency_part=people&saliency_own_way=draw")
    face = page.get_by_role("application")
    face.scroll_into_view_if_needed()
    box = face.bounding_box()
    face.click(position={"x": 0.3 * box["width"], "y": 0.4 * box["height"]})
    drawn = page.get_by_role("list", name="What is drawn").get_by_role("listitem")
    expect(drawn).to_have_count(2)  # both sides alike
    page.get_by_role("radio", name="Region").click()
    for x, y in ((0.4, 0.7), (0.6, 0.7), (0.5, 0.9), (0.4, 0.7)):
        face.click(position={"x": x * box["width"], "y": y * box["height"]})
    expect(drawn).to_have_count(3)
    page.get_by_role("radio", name="Sad").click()
    page.get_by_role("radio", name="Point").click()
    face.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(drawn.first).to_contain_text("Point at 40, 72")
    page.get_by_role("radio", name="Angry").click()
    page.get_by_role("button", name="Remove Point").first.focus()
    page.keyboard.press("Enter")
    expect(drawn).to_have_count(2)
    page.get_by_role("textbox", name="Name", exact=True).fill("By hand")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Save maps of angry, sad").click()
    expect(page.get_by_text("By hand: 2 emotions")).to_be_visible()
    assert set(find(site_workspace, "by-hand").maps) == {Emotion.ANGRY, Emotion.SAD}
    delete_own(site_workspace, "by-hand")
