"""Settings as people type them: NAME=VALUE."""

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import get_origin

from core.configs.checking import Setting
from core.configs.training import TrainConfig
from core.errors import ConfigError

LISTS = {field.name for field in fields(TrainConfig) if get_origin(field.type) is tuple}


def settings_of(pairs: Iterable[str]) -> dict[str, Setting]:
    """Return settings given as NAME=VALUE: numbers, true, false and null as in JSON, else text.

    What is a list, such as random_masks, has commas between its parts. Names and kinds are
    checked where the configuration is made.

    Raises:
        ConfigError: If a text has no name or no equals sign.
    """
    found: dict[str, Setting] = {}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not (name and equals):
            raise ConfigError(f"{pair!r} is no setting; give NAME=VALUE, like epochs=5.")
        found[name] = [part.strip() for part in text.split(",")] if name in LISTS else _value(text)
    return found


def _value(text: str) -> Setting:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str | int | float | bool | None) else text
