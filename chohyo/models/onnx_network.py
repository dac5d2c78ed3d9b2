"""Open a network that runs on the processor."""

from __future__ import annotations

from pathlib import Path

import onnxruntime


def open_network(weights: Path) -> onnxruntime.InferenceSession:
    """Open a network on one thread: workers are processes, and share the cores among them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
