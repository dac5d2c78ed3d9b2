"""Inputs of the Qwen3-VL models as JSON: objects with `text`, `image` and `instruction`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chohyo.errors import InvalidInputError
from chohyo.models.qwen_errors import InputFormError
from chohyo.models.qwen_prompts import ModelInput, ModelPair

_ROOM = 64 * 1024 * 1024  # bytes: a file of inputs names images, it does not hold them


def read_inputs(path: Path) -> list[ModelInput]:
    """Return the inputs that a file lists; an image is named from the file's folder or from here.

    Raises:
        InvalidInputError: there is no such file, or it holds no list.
        ModelInputError: an input is not of the agreed form; it says which.
    """
    entries = enumerate(_listed(path), 1)
    return [_input(entry, f"#{number}", path.parent) for number, entry in entries]


def read_pairs(path: Path) -> list[ModelPair]:
    """Return the pairs of `query` and `document` that a file lists, as `read_inputs` does."""
    return [_pair(entry, f"#{n}", path.parent) for n, entry in enumerate(_listed(path), 1)]


def _listed(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > _ROOM:
            raise InvalidInputError(field=str(path), reason="is larger than 64 MiB")
        entries = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInputError(field=str(path), reason="cannot be read") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(field=str(path), reason="is not JSON") from error
    if not isinstance(entries, list):
        raise InvalidInputError(field=str(path), reason="is not a list")
    return entries


def _pair(entry: Any, item: str, folder: Path) -> ModelPair:
    if not isinstance(entry, dict) or not {"query", "document"} <= entry.keys():
        raise InputFormError(item=item)
    if entry.keys() - {"query", "document", "instruction"}:
        raise InputFormError(item=item)
    return ModelPair(
        _input(entry["query"], f"{item}, query", folder),
        _input(entry["document"], f"{item}, document", folder),
        _string(entry, "instruction", item),
    )


def _input(entry: Any, item: str, folder: Path) -> ModelInput:
    if not isinstance(entry, dict) or entry.keys() - {"text", "image", "instruction"}:
        raise InputFormError(item=item)
    text, image, instruction = (_string(entry, k, item) for k in ("text", "image", "instruction"))
    images = () if image is None else (_placed(image, folder),)
    given = ModelInput(text, images, instruction, nothing=text is None and image is None)
    given.check(item)
    return given


def _placed(image: str, folder: Path) -> Path:
    beside = folder / image
    return beside if beside.is_file() else Path(image)


def _string(entry: dict[str, Any], key: str, item: str) -> str | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise InputFormError(item=item)
    return value
