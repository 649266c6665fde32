"""Writing a report to a file."""

from collections.abc import Sequence
from pathlib import Path

from core.services.publishing import published
from core.services.report.contents import OnProgress, gather
from core.services.report.parts import WHOLE, Scope
from core.services.report.rendering import report_html
from core.workspace import Workspace


def write_report(
    workspace: Workspace,
    run_ids: Sequence[int],
    out: Path,
    *,
    scope: Scope = WHOLE,
    on_progress: OnProgress | None = None,
) -> int:
    """Write a report on finished runs to `out`, which must not exist yet; return its bytes.

    Raises:
        EmptySetError: If no run is given, or none of its test images is in the slice.
        UnknownRunError: If there is no such run.
        NotReadyError: If one has no figures under the mask.
        ExportError: If something is at `out` already, or it cannot be written.
    """
    with published(out) as partial:
        text = report_html(gather(workspace, run_ids, scope=scope, on_progress=on_progress))
        return partial.write_bytes(text.encode("utf-8"))
