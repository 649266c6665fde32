"""Whether a setting is of the right kind and in range; what is not is refused by name."""

from enum import StrEnum
from typing import Any, get_args, get_origin

from core.errors import ConfigError

Setting = str | int | float | bool | list[str] | None


def at_least(name: str, value: float, least: float) -> None:
    """Refuse a value below `least`."""
    if not value >= least:
        raise ConfigError(f"{name} is {value}; give at least {least}.")


def inside(name: str, value: float, low: float, high: float) -> None:
    """Refuse a value outside low (excluded) to high (included)."""
    if not low < value <= high:
        raise ConfigError(f"{name} is {value}; give a value above {low} and up to {high}.")


def share(name: str, value: float) -> None:
    """Refuse a value outside 0 (included) to 1 (excluded)."""
    if not 0 <= value < 1:
        raise ConfigError(f"{name} is {value}; give a share from 0 to below 1.")


def plain(value: Any) -> Setting:
    """Return a field's value ready for JSON: enums as their text, tuples of them as lists."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [str(one) for one in value]
    setting: Setting = value
    return setting


def typed(name: str, value: Setting, kind: Any) -> Any:
    """Return the value as its field's type: enums from their text, floats from whole numbers.

    Raises:
        ConfigError: If it is of another kind.
    """
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if value not in list(kind):
            raise ConfigError(f"{name} is {value!r}; give one of {', '.join(kind)}.")
        return kind(value)
    if get_origin(kind) is tuple and isinstance(value, list | tuple):
        return tuple(typed(name, one, get_args(kind)[0]) for one in value)
    if kind is float and type(value) is int:
        return float(value)
    plain_kind = get_origin(kind) is not tuple
    is_bool_for_number = isinstance(value, bool) and kind is not bool
    if not plain_kind or is_bool_for_number or not isinstance(value, kind):
        wanted = getattr(kind, "__name__", str(kind)) if plain_kind else "list"
        raise ConfigError(f"{name} is {value!r}; give a value of type {wanted}.")
    return value
