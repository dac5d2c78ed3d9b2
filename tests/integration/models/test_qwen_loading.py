"""Checkpoints that are not what they should be are refused with the reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chohyo.errors import InvalidInputError
from chohyo.models.qwen_errors import ExtraMissingError, ModelLoadError

torch = pytest.importorskip("torch", reason="the extra `qwen` is not installed")

from chohyo.models import qwen_loading
from chohyo.models.qwen_embedder import QwenEmbedder
from chohyo.models.qwen_loading import Checkpoint, Placement
from chohyo.models.qwen_plan import SHAPES
from chohyo.models.qwen_prompts import ModelInput
from tests.integration.models.tiny_qwen import placement


def load(folder: Path) -> QwenEmbedder:
    """Load an embedder."""
    return QwenEmbedder.load(Checkpoint(str(folder)), placement())


@pytest.fixture
def copy(checkpoint: Path, tmp_path: Path) -> Path:
    """Copy the checkpoint, to break it."""
    return Path(shutil.copytree(checkpoint, tmp_path / "copy"))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="no such folder"):
        load(tmp_path / "nowhere")


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match=r"no config\.json"):
        load(tmp_path)


def test_a_file_that_is_cut_short_is_refused(copy: Path) -> None:
    weights = sorted(copy.glob("*.safetensors"))[0]
    weights.write_bytes(weights.read_bytes()[:1000])

    with pytest.raises(ModelLoadError):
        load(copy)


def test_weights_that_are_missing_are_not_made_up(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    for path in copy.glob("*.safetensors"):
        kept = {k: v for k, v in load_file(path).items() if "layers.2.mlp" not in k}
        save_file(kept, path, {"format": "pt"})

    with pytest.raises(ModelLoadError, match="weights are missing"):
        load(copy)


def test_a_template_that_belongs_to_the_processor_is_found(copy: Path, checkpoint: Path) -> None:
    import json

    template = (copy / "chat_template.jinja").read_text("utf-8")
    (copy / "chat_template.jinja").unlink()
    (copy / "chat_template.json").write_text(json.dumps({"chat_template": template}), "utf-8")

    given = ModelInput("x")
    assert load(copy).prompt(given, "#1").ids == load(checkpoint).prompt(given, "#1").ids


def test_fewer_bits_without_bitsandbytes_say_what_to_install(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qwen_loading.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ExtraMissingError, match="pip install bitsandbytes"):
        QwenEmbedder.load(Checkpoint(str(checkpoint)), Placement.choose("cpu", quantization="4bit"))


def test_fewer_bits_need_accelerate_as_well(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        qwen_loading.importlib.util, "find_spec", lambda name: name != "accelerate" or None
    )

    with pytest.raises(ExtraMissingError, match=r"^accelerate is not .*bitsandbytes accelerate"):
        QwenEmbedder.load(Checkpoint(str(checkpoint)), Placement.choose("cpu", quantization="8bit"))


@pytest.mark.parametrize(
    ("words", "ran_out"),
    [
        ("CUDA error: out of memory\nSearch for `cudaErrorMemoryAllocation'", True),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", True),
        ("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED", True),
        ("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes.", True),
        ("CUDA error: an illegal memory access was encountered", False),
        ("The size of tensor a (3) must match the size of tensor b (4)", False),
    ],
)
def test_memory_that_libraries_find_no_room_for_has_run_out(words: str, ran_out: bool) -> None:
    assert qwen_loading.is_out_of_memory(RuntimeError(words)) is ran_out


def test_weights_that_the_device_has_no_room_for_are_told(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 24.00 MiB.")

    monkeypatch.setattr(torch.nn.Module, "to", full)

    with pytest.raises(ModelLoadError, match="too little free memory"):
        load(checkpoint)


def test_the_cpu_computes_in_float32_and_a_card_in_bfloat16(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Placement.choose("cpu").dtype == torch.float32
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    found = Placement.choose()

    assert (found.device.type, found.dtype) == ("cuda", torch.bfloat16)


def test_float32_is_float32_on_a_card_too(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    load(checkpoint)

    assert not torch.backends.cudnn.allow_tf32


@pytest.mark.parametrize("device", ["gpu", "cuda:99"])
def test_a_device_that_is_not_there_is_refused(device: str) -> None:
    with pytest.raises(InvalidInputError, match="device"):
        Placement.choose(device)


def test_the_plan_counts_the_weights_of_the_networks_as_they_are_built() -> None:
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    shape = SHAPES["8B"]
    config = Qwen3VLConfig(
        text_config={
            "hidden_size": shape.hidden, "intermediate_size": shape.inner,
            "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads,
            "num_key_value_heads": shape.key_heads, "head_dim": shape.head, "vocab_size": 151_936,
        },
        vision_config={
            "hidden_size": shape.vision_hidden, "intermediate_size": shape.vision_inner,
            "depth": shape.vision_layers, "num_heads": 16, "out_hidden_size": shape.hidden,
            "deepstack_visual_indexes": [8, 16, 24],
        },
        tie_word_embeddings=shape.tied,
    )  # fmt: skip
    with torch.device("meta"):
        model = Qwen3VLForConditionalGeneration(config)

    built = sum(each.numel() for each in model.parameters())
    assert shape.linear + shape.other + shape.head_weights == pytest.approx(built, rel=1e-4)
