"""Names of claims: who may work on a job, when it was claimed more than once."""

import hashlib

from db.rows import JobRow


def claim_token(job: JobRow) -> str:
    """Return 12 hex digits that name this claim of a job; any other claim of it has others."""
    claim = f"{job.id} {job.worker} {job.attempt} {job.started_at}"
    return hashlib.sha256(claim.encode()).hexdigest()[:12]
