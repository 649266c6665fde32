"""A warm process that has torch and trained networks loaded and answers for single faces.

`classify` and `explain` ask it; the first question starts it. Whoever asks loads no torch.
"""

from core.jobs.inference.client import classify, explain

__all__ = ["classify", "explain"]
