"""Settings of this installation, read from FEELINGIT_* environment variables."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ExecutorName(StrEnum):
    """Where jobs run: on the machine of the supervisor, or on a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"


class Settings(BaseSettings):
    """Where the workspace is, who labels, and where jobs run."""

    model_config = SettingsConfigDict(env_prefix="FEELINGIT_")

    data: Path = Field(default=Path("data"), description="Folder of the workspace.")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL; the workspace's SQLite file when not set."
    )
    executor: ExecutorName = Field(default=ExecutorName.LOCAL, description="Where jobs run.")
    ray_address: str = Field(
        default="http://127.0.0.1:8265", description="Dashboard of the Ray cluster's head."
    )
    ray_jobs: int = Field(default=4, ge=1, description="How many jobs Ray is given at once.")
    ray_cpus: float = Field(default=1.0, gt=0, description="Processors that a job takes.")
    ray_gpus: float = Field(default=0.0, ge=0, description="GPUs that a job takes.")
    ray_python: str | None = Field(
        default=None, description="Python with FeelingIt on Ray's machines; this one if not set."
    )
    inference_idle_s: float = Field(
        default=600.0, gt=0, description="After how long without a question networks are unloaded."
    )
    annotator: str = Field(default="me", description="Who labels when nobody says who.")
    allowed_hosts: str = Field(
        default="", description="Names besides localhost that the dashboard answers under; commas."
    )

    @property
    def host_names(self) -> tuple[str, ...]:
        """Return the allowed names besides this machine's own."""
        return tuple(name.strip() for name in self.allowed_hosts.split(",") if name.strip())
