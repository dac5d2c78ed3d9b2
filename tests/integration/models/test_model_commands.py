"""`chohyo models`, on a tiny checkpoint."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cli.main import run


class Chohyo:
    """The command line."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self.monkeypatch, self.capsys, self.folder = monkeypatch, capsys, folder

    def __call__(self, *arguments: object) -> tuple[int, str]:
        """Run a command; return its exit code and all that it printed."""
        self.monkeypatch.setattr(sys, "argv", ["chohyo", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run()
        printed = self.capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    def models(self, command: str, model: Path, content: Any) -> tuple[int, str, Any]:
        """Run a command of `chohyo models` on inputs; return what it wrote as well."""
        inputs, out = self.folder / "in.json", self.folder / "out.json"
        inputs.write_text(json.dumps(content), "utf-8")
        out.unlink(missing_ok=True)
        code, printed = self(
            "models", command, "--model", model, "--inputs", inputs, "--json", out,
            "--device", "cpu",
        )  # fmt: skip
        return code, printed, json.loads(out.read_text("utf-8")) if out.exists() else None


@pytest.fixture
def chohyo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Chohyo:
    """Return a runner of commands in English."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("CHOHYO_DATA_DIR", str(tmp_path / "data"))
    return Chohyo(monkeypatch, capsys, tmp_path)


def test_embed_writes_a_vector_for_each_input(chohyo: Chohyo, checkpoint: Path) -> None:
    Image.linear_gradient("L").save(chohyo.folder / "a.png")
    code, printed, written = chohyo.models(
        "embed", checkpoint, [{"text": "x"}, {"image": "a.png"}, {"text": "x", "image": "a.png"}]
    )

    assert (code, printed.split()[0]) == (0, "3")
    assert np.linalg.norm(written["vectors"], axis=1) == pytest.approx(1)


def test_rerank_writes_a_score_for_each_pair(chohyo: Chohyo, checkpoint: Path) -> None:
    pairs = [{"query": {"text": "a"}, "document": {"text": d}} for d in "bcd"]
    code, _, written = chohyo.models("rerank", checkpoint, pairs)

    assert code == 0
    assert len(written["scores"]) == 3
    assert all(0 < score < 1 for score in written["scores"])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"image": "gone.png"}, "#2: there is no file"),
        ({"image": "in.json"}, "is no image"),
        ({"text": ""}, "#2 has an empty text"),
        ({"txt": "x"}, "#2: give an object"),
    ],
)
def test_a_bad_input_is_named_and_nothing_is_written(
    chohyo: Chohyo, checkpoint: Path, entry: dict[str, str], said: str
) -> None:
    code, printed, written = chohyo.models("embed", checkpoint, [{"text": "x"}, entry])

    assert (code, written) == (2, None)
    assert said in printed


def test_a_model_that_is_not_there_is_named(chohyo: Chohyo) -> None:
    pytest.importorskip("torch", reason="the extra `qwen` is not installed")
    code, printed, _ = chohyo.models("embed", chohyo.folder / "nowhere", [{"text": "x"}])

    assert code == 7
    assert "nowhere cannot be loaded: there is no such folder" in printed


def test_plan_says_what_fits(chohyo: Chohyo) -> None:
    code, printed = chohyo("models", "plan", "--card", "12", "--json")
    found = {
        (m["size"], m["quantization"], m["reranker"]): m for m in json.loads(printed)["models"]
    }

    assert code == 0
    assert len(found) == 12
    assert found["2B", "bf16", False]["fits"]
    assert not found["8B", "bf16", True]["fits"]
