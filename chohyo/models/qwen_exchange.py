"""Inputs of the Qwen3-VL models on their way from one process to another."""

from __future__ import annotations

import base64
import io
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PIL import Image

from chohyo.models.qwen_pixels import Picture, opened
from chohyo.models.qwen_prompts import ModelInput, ModelPair


def encoded(given: Sequence[ModelInput | ModelPair]) -> list[bytes]:
    """Return inputs or pairs as bytes, their images as PNG.

    A scanned page takes 0.1 s of a core: cores share the images, and one that several have, as the
    query of many pairs, is encoded once.
    """
    pictures = {id(picture): picture for each in given for picture in each.images}
    with ThreadPoolExecutor(os.cpu_count() or 1) as cores:
        images = dict(zip(pictures, cores.map(_png, pictures.values()), strict=True))
    return [json.dumps(_asked(each, images)).encode() for each in given]


def decoded_input(data: bytes) -> ModelInput:
    """Return an encoded input."""
    return _read(json.loads(data))


def decoded_pair(data: bytes) -> ModelPair:
    """Return an encoded pair."""
    found = json.loads(data)
    return ModelPair(_read(found["query"]), _read(found["document"]), found["instruction"])


def _asked(given: ModelInput | ModelPair, images: Mapping[int, str]) -> dict[str, Any]:
    if isinstance(given, ModelInput):
        return _written(given, images)
    return {
        "query": _written(given.query, images),
        "document": _written(given.document, images),
        "instruction": given.instruction,
    }


def _written(given: ModelInput, images: Mapping[int, str]) -> dict[str, Any]:
    return {
        "text": given.text,
        "images": [images[id(picture)] for picture in given.images],
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
