"""What a researcher asks for: models, masks, seeds and settings, as one grid of runs."""

from dataclasses import replace

import streamlit as st

from core.configs import PRESETS, Protocol, Setting
from core.services.grids import STUDY_GRID, GridRequest, crossed
from core.services.terms import STUDY_MASKS, Mask, ModelName
from dashboard.components import recipes
from dashboard.format import MASK_NAMES, MODEL_NAMES

SIDES_PX = (48, 64, 96, 128)
PROTOCOL_NAMES = {Protocol.HONEST: "Honest", Protocol.STUDY: "The study's"}
_PROTOCOL_HELP = (
    "Honest: copies of a face stay on one side, a validation part chooses the epoch, the test part "
    "is looked at once. The study's: a fifth of the training faces chooses, the validation part "
    "is the test."
)
_MORE_MASKS = [mask for mask in Mask if mask not in STUDY_MASKS]


def grid(version: str) -> GridRequest:
    """Draw the models and what they share, and return what is asked so far, without masks."""
    models = st.pills(
        "Models, one run each", list(PRESETS), selection_mode="multi", default=[ModelName.FAST],
        key="experiments_models", format_func=lambda name: MODEL_NAMES[name], wrap=True,
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        n_seeds = st.number_input(
            "Seeds each", 1, 100, key="experiments_n_seeds", width=120,
            help="Runs of each cell that differ in their random numbers only.",
        )  # fmt: skip
        first = st.number_input("First seed", 0, 2**31, key="experiments_seed", width=120)
        epochs = st.number_input(
            "Epochs, at most", 1, 1000, value=None, key="experiments_epochs", width=170,
            placeholder="as its recipe",
        )  # fmt: skip
        side = st.selectbox(
            "Side of faces", [None, *SIDES_PX], key="experiments_side", width=170,
            format_func=lambda side: f"{side} px" if side else "as its recipe",
        )  # fmt: skip
    protocol = st.segmented_control(
        "Protocol", list(Protocol), default=Protocol.HONEST, required=True,
        key="experiments_protocol", format_func=lambda one: PROTOCOL_NAMES[one],
        help=_PROTOCOL_HELP,
    )  # fmt: skip
    asked: dict[str, Setting] = {"epochs": epochs, "image_size": side}
    changed = recipes.changes(models, version)
    return GridRequest(
        version=version,
        cells=crossed([name for name in PRESETS if name in models], [Mask.NONE]),
        seeds=tuple(range(int(first), int(first + n_seeds))),
        overrides=changed | {name: value for name, value in asked.items() if value is not None},
        protocol=Protocol(protocol),
    )


def masked(asked: GridRequest) -> GridRequest:
    """Draw the choice of masks to train and to test under, and return the whole grid."""
    chosen = st.pills(
        "Covered part, one run each", list(STUDY_MASKS), selection_mode="multi",
        default=[Mask.NONE], key="experiments_masks", format_func=lambda mask: MASK_NAMES[mask],
    )  # fmt: skip
    left, right = st.columns(2, gap="small")
    more = left.multiselect(
        "More masks, one run each", _MORE_MASKS, key="experiments_more_masks",
        format_func=lambda mask: MASK_NAMES[mask], placeholder="By landmarks, cut off, controls",
    )  # fmt: skip
    tested = right.multiselect(
        "Tested under, besides its own", [mask for mask in Mask if mask is not Mask.RANDOM],
        key="experiments_test_masks", format_func=lambda mask: MASK_NAMES[mask],
        placeholder="Only its own mask",
    )  # fmt: skip
    masks = [mask for mask in Mask if mask in chosen or mask in more]
    models = dict.fromkeys(cell.model for cell in asked.cells)
    return replace(asked, cells=crossed(models, masks), test_masks=tuple(tested))


def study(asked: GridRequest) -> GridRequest:
    """Return the study's table with the seeds, settings and protocol that are asked for."""
    return replace(asked, cells=STUDY_GRID)
