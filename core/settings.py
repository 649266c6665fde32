"""Settings of this installation, read from FEELINGIT_* environment variables."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the workspace is and how large an untrusted file may be."""

    model_config = SettingsConfigDict(env_prefix="FEELINGIT_")

    data: Path = Field(default=Path("data"), description="Folder of the workspace.")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL; the workspace's SQLite file when not set."
    )
    annotator: str = Field(default="me", description="Who labels when nobody says who.")
