"""Load a Qwen3-VL checkpoint by hub id or from a folder, for the device that is there.

Imports torch and transformers, which only the extra `qwen` installs.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError
from transformers import AutoTokenizer, BitsAndBytesConfig
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.utils import cached_file
from transformers.utils import logging as transformers_logging

from chohyo.errors import InvalidInputError
from chohyo.models.qwen_errors import ExtraMissingError, ModelLoadError
from chohyo.models.qwen_tokens import Vocabulary

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
_HALF = (torch.bfloat16, torch.float16)
_NO_ROOM = re.compile(r"not enough memory|out of memory|_ALLOC(ATION)?_FAILED")
_NEEDED_FOR_BITS = ("bitsandbytes", "accelerate")

Quantization = Literal["none", "8bit", "4bit"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where weights come from: a folder, or a hub id with the commit that pins it."""

    model: str
    revision: str | None = None

    @property
    def pinned(self) -> dict[str, str]:
        """Return the revision as the loading functions want it."""
        return {"revision": self.revision} if self.revision else {}

    def check(self) -> None:
        """Refuse what is neither a folder nor like a hub id.

        Raises:
            ModelLoadError: it is not.
        """
        path = Path(self.model)
        if path.is_dir():
            if not (path / "config.json").is_file():
                raise ModelLoadError(model=self.model, detail="the folder has no config.json")
        elif path.exists() or not _HUB_ID.fullmatch(self.model):
            raise ModelLoadError(model=self.model, detail="there is no such folder")


@dataclass(frozen=True, slots=True)
class Placement:
    """The device, the number type and the way of attention that a network runs with."""

    device: torch.device
    dtype: torch.dtype
    attention: str
    quantization: Quantization = "none"

    @classmethod
    def choose(
        cls, device: str = "auto", dtype: str = "auto", quantization: Quantization = "none"
    ) -> Placement:
        """Choose CUDA with bfloat16 where there is a card, else the CPU with float32."""
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        chosen = _device(device)
        if dtype != "auto":
            numbers = getattr(torch, dtype)
        elif chosen.type == "cuda":
            numbers = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        else:
            numbers = torch.float32
        flash = (
            chosen.type == "cuda"
            and numbers in _HALF
            and importlib.util.find_spec("flash_attn") is not None
        )
        return cls(chosen, numbers, "flash_attention_2" if flash else "sdpa", quantization)


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise InvalidInputError(field="device", reason="is not known") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise InvalidInputError(field="device", reason="is not in this machine")
    return device


def load_weights(kind: Any, checkpoint: Checkpoint, placement: Placement) -> Any:
    """Return a model of a transformers class, every weight read, ready to run.

    Raises:
        ModelLoadError: it cannot be read, weights are missing, or the device has no room for them.
        ExtraMissingError: quantisation is wanted, and what it needs is not installed.
    """
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    # Else a card rounds the patches of float32 to ten bits: vectors were 1.7e-4 off.
    torch.backends.cudnn.allow_tf32 = False
    options: dict[str, Any] = {"dtype": placement.dtype, "attn_implementation": placement.attention}
    if placement.quantization != "none":
        options |= {"quantization_config": _bits(placement), "device_map": str(placement.device)}
    with _translated(checkpoint):
        model, report = kind.from_pretrained(
            checkpoint.model, output_loading_info=True, **checkpoint.pinned, **options
        )
    lacking = sorted(report["missing_keys"]) + sorted(map(str, report.get("mismatched_keys", ())))
    if lacking:
        # What is missing would be random numbers.
        detail = f"{len(lacking)} weights are missing, {lacking[0]} first"
        raise ModelLoadError(model=checkpoint.model, detail=detail)
    model.requires_grad_(False)
    if placement.quantization == "none":
        with _translated(checkpoint):
            model.to(placement.device)
    return model.eval()


def load_vocabulary(checkpoint: Checkpoint) -> Vocabulary:
    """Return the checkpoint's tokenizer with its chat template."""
    with _translated(checkpoint):
        tokenizer = AutoTokenizer.from_pretrained(checkpoint.model, **checkpoint.pinned)
        if tokenizer.chat_template is None:
            # Where the template belongs to the processor, the tokenizer does not read it.
            path = cached_file(checkpoint.model, "chat_template.json", **checkpoint.pinned)
            tokenizer.chat_template = json.loads(Path(path).read_text("utf-8"))["chat_template"]
    return Vocabulary(tokenizer, checkpoint.model)


def load_images(checkpoint: Checkpoint) -> Any:
    """Return the image processor that needs no torchvision; `Qwen3VLProcessor` would."""
    with _translated(checkpoint):
        return Qwen2VLImageProcessorPil.from_pretrained(checkpoint.model, **checkpoint.pinned)


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether memory ran out, of a card or of the machine.

    On a card that others have filled it is the driver or a library that finds no room, before
    torch asks for any; their errors are known by their words alone.
    """
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and _NO_ROOM.search(str(error)) is not None


def free_memory() -> None:
    """Give cached memory of a card back."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _bits(placement: Placement) -> BitsAndBytesConfig:
    lacking = [name for name in _NEEDED_FOR_BITS if importlib.util.find_spec(name) is None]
    if lacking:
        command = f"pip install {' '.join(_NEEDED_FOR_BITS)}"
        raise ExtraMissingError(package=lacking[0], command=command)
    # It tells at each matrix of each batch that 8 bits are multiplied in float16.
    logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)
    if placement.quantization == "8bit":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=placement.dtype
    )


class _translated:  # noqa: N801 - a context manager
    """Turn what the loading library raises into an error that names the checkpoint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint

    def __enter__(self) -> None:
        self._checkpoint.check()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and is_out_of_memory(error):
            detail = "there is too little free memory; `chohyo models plan` shows what it takes"
            raise ModelLoadError(model=self._checkpoint.model, detail=detail) from error
        if isinstance(error, (OSError, ValueError, KeyError, RuntimeError, SafetensorError)):
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise ModelLoadError(model=self._checkpoint.model, detail=lines[0]) from error
