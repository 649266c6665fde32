"""A warm process that has torch and trained networks loaded and answers for single faces.

`classify` and `explain` ask it, `export_onnx` has it write a network; the first question starts
it. Whoever asks loads no torch.
"""

from core.jobs.inference.client import classify, explain
from core.jobs.inference.exporting import OnnxFile, export_onnx

__all__ = ["OnnxFile", "classify", "explain", "export_onnx"]
