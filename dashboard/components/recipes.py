"""How models are trained: their recipes side by side, and what a researcher changes in them."""

import json
from collections.abc import Iterable

import streamlit as st

from core.configs import PRESETS, Setting, settings_of
from core.services import experiments
from core.services.terms import JobStatus, ModelName
from dashboard import state
from dashboard.format import MODEL_NAMES, run_name

NO_TEACHER = 0
_ELSEWHERE = ("model", "mask", "seed", "protocol", "teacher_run", "weights")


def changes(models: Iterable[ModelName], version: str) -> dict[str, Setting]:
    """Draw what can be changed in the recipes, closed at first, and return what was.

    Raises:
        ConfigError: If a line is no NAME=VALUE.
    """
    with st.expander("Recipe: weights to start from, a teacher, every other setting"):
        weights = st.text_input(
            "Initial weights", key="experiments_weights",
            placeholder="Path of a safetensors file or a state_dict; random if empty",
        )  # fmt: skip
        teacher = _teacher(version)
        lines = st.text_area(
            "Further settings, one NAME=VALUE a line", key="experiments_settings", height=96,
            placeholder="learning_rate=0.0003\nlabel_smoothing=0.1\nrandom_masks=eyes, mouth",
        )  # fmt: skip
        _table([name for name in PRESETS if name in set(models)])
    found = settings_of(line for line in (lines or "").splitlines() if line.strip())
    if weights and weights.strip():
        found["weights"] = weights.strip()
    if teacher != NO_TEACHER:
        found["teacher_run"] = teacher
    return found


def _teacher(version: str) -> int:
    """Draw the choice of a finished run to imitate and return its id."""
    able = {
        run.id: run
        for run in experiments.runs(state.workspace())
        if run.version == version and run.status is JobStatus.DONE
    }
    chosen: int = st.selectbox(
        "Teacher", [NO_TEACHER, *able], key="experiments_teacher", disabled=not able,
        format_func=lambda run: run_name(able[run]) if run else "None: learn from labels alone",
        help="A finished run on this version that is shown uncovered faces and imitated.",
    )  # fmt: skip
    return chosen


def _table(models: list[ModelName]) -> None:
    """Draw the settings of the chosen models' recipes, one a row."""
    recipes = {MODEL_NAMES[model]: PRESETS[model].to_json() for model in models}
    names = [name for name in PRESETS[ModelName.FAST].to_json() if name not in _ELSEWHERE]
    rows = [
        {"Setting": name} | {model: _written(recipe[name]) for model, recipe in recipes.items()}
        for name in names
    ]
    st.dataframe(
        rows, hide_index=True, height=240, key="experiments_recipes",
        alt="Settings of the chosen models' recipes",
    )  # fmt: skip


def _written(value: Setting) -> str:
    """Return a value as it is typed in a line."""
    if isinstance(value, list):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value)
