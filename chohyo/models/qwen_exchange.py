"""Inputs of the Qwen3-VL models on their way from one process to another."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image

from chohyo.models.qwen_pixels import Picture, opened
from chohyo.models.qwen_prompts import ModelInput, ModelPair


def encoded(given: ModelInput | ModelPair) -> bytes:
    """Return an input or a pair as bytes, its images as PNG."""
    if isinstance(given, ModelInput):
        return json.dumps(_written(given)).encode()
    return json.dumps(
        {
            "query": _written(given.query),
            "document": _written(given.document),
            "instruction": given.instruction,
        }
    ).encode()


def decoded_input(data: bytes) -> ModelInput:
    """Return an encoded input."""
    return _read(json.loads(data))


def decoded_pair(data: bytes) -> ModelPair:
    """Return an encoded pair."""
    found = json.loads(data)
    return ModelPair(_read(found["query"]), _read(found["document"]), found["instruction"])


def _written(given: ModelInput) -> dict[str, Any]:
    return {
        "text": given.text,
        "images": [_png(picture) for picture in given.images],
        "instruction": given.instruction,
        "nothing": given.nothing,
    }


def _read(found: dict[str, Any]) -> ModelInput:
    images = tuple(
        Image.open(io.BytesIO(base64.b64decode(image)), formats=("PNG",))
        for image in found["images"]
    )
    return ModelInput(found["text"], images, found["instruction"], found["nothing"])


def _png(picture: Picture) -> str:
    buffer = io.BytesIO()
    opened(picture, "#1").save(buffer, "PNG", compress_level=1)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
