"""What all tables share: metadata, and how times and enums are stored."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Enum,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase

from db import enums

STORED_ENUMS: tuple[type[StrEnum], ...] = (
    enums.Emotion,
    enums.Split,
    enums.ImageState,
    enums.EventKind,
    enums.JobKind,
    enums.JobStatus,
    enums.Fault,
    enums.Mask,
    enums.ModelName,
    enums.Subset,
    enums.LabelPolicy,
    enums.DuplicateVerdict,
)


class UtcTime(TypeDecorator[datetime]):
    """A time that goes in and comes out in UTC; SQLite alone would forget the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC; refuse one without a time zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time in UTC, whatever time zone the database speaks in."""
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


def _text_enum(kind: type[StrEnum]) -> Enum:
    """Return the column type of an enum: its value as text, so that rows read well anywhere."""
    return Enum(
        kind,
        native_enum=False,
        length=16,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """The metadata that all tables share."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcTime(),
        dict[str, Any]: JSON,
        **{kind: _text_enum(kind) for kind in STORED_ENUMS},
    }
