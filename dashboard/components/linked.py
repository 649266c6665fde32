"""Widgets whose choice is kept in the page's address under a lasting name, so a link shares it.

Streamlit's own binding writes the words that a widget shows; these change with the data (a run's
name, a count) and cannot be written by hand. Here the address holds the option itself: a run's
number, a mask, a slice. It is the only truth: what it names is chosen, and the first option where
it names nothing that there is. The words are understood as well.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from dashboard.format import counted

T = TypeVar("T")
Words = Callable[[T], str]


def selectbox(
    label: str, options: Sequence[T], *, key: str, words: Words[T], width: int, help: str = ""
) -> T:
    """Draw a choice of one among many and return it; the first where the address names none."""
    st.session_state[key] = _one(key, options, words)
    chosen: T = st.selectbox(
        label, options, key=key, format_func=words, width=width, help=help or None,
        on_change=_keep_one, args=(key, options[0]),
    )  # fmt: skip
    return chosen


def segments(
    label: str, options: Sequence[T], *, key: str, words: Words[T], is_named: bool = True
) -> T:
    """Draw a choice of one among few and return it; `is_named` shows the label."""
    st.session_state[key] = _one(key, options, words)
    chosen = st.segmented_control(
        label, options, key=key, format_func=words, required=True,
        label_visibility="visible" if is_named else "collapsed",
        on_change=_keep_one, args=(key, options[0]),
    )  # fmt: skip
    return options[0] if chosen is None else chosen


def several(
    label: str,
    options: Sequence[T],
    *,
    key: str,
    words: Words[T],
    default: Sequence[T] = (),
    most: int | None = None,
) -> list[T]:
    """Draw a choice of any number and return it; the default where the address names none."""
    asked = _several(key, options, words)
    st.session_state[key] = (list(default) if asked is None else asked)[:most]
    return st.multiselect(
        label, options, key=key, format_func=words, max_selections=most, width="stretch",
        placeholder="All" if not default else f"Choose up to {counted(most or 0, 'run')}",
        on_change=_keep_several, args=(key, list(default)),
    )  # fmt: skip


def switch(label: str, *, key: str, is_on: bool) -> bool:
    """Draw a switch and return whether it is on; `is_on` where the address says nothing."""
    places = {"1": True, "true": True, "0": False, "false": False}
    st.session_state[key] = places.get(st.query_params.get(key, "").lower(), is_on)
    return st.toggle(label, key=key, on_change=_keep_switch, args=(key, is_on))


def _one(key: str, options: Sequence[T], words: Words[T]) -> T:
    """Return the option that the address names, the first where it names none of them."""
    found = _matching(st.query_params.get(key, ""), options, words)
    return found[0] if found else options[0]


def _several(key: str, options: Sequence[T], words: Words[T]) -> list[T] | None:
    """Return the options that the address names, None where it names none of them.

    Each has a parameter of its own; a link made by hand may list them with commas instead.
    """
    found: list[T] = []
    for written in st.query_params.get_all(key):
        whole = _matching(written, options, words)
        parts = [] if whole else written.split(",")
        found += whole + [one for part in parts for one in _matching(part.strip(), options, words)]
    return list(dict.fromkeys(found)) or None


def _matching(name: str, options: Sequence[T], words: Words[T]) -> list[T]:
    """Return the option of this name, or else with these words, as a list of one or none."""
    named = [option for option in options if str(option) == name]
    return (named or [option for option in options if words(option) == name])[:1]


def _keep_one(key: str, default: object) -> None:
    _keep(key, st.session_state[key], default)


def _keep_switch(key: str, is_on: bool) -> None:
    _keep(key, int(st.session_state[key]), int(is_on))


def _keep(key: str, chosen: object, default: object) -> None:
    """Write a choice into the address; nothing for the default, which goes without saying."""
    if chosen == default:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = str(chosen)


def _keep_several(key: str, default: list[object]) -> None:
    chosen = list(st.session_state[key])
    if chosen and chosen != default:
        st.query_params[key] = [str(one) for one in chosen]
    else:
        st.query_params.pop(key, None)
