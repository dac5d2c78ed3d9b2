"""What training on half of a corpus's forms is worth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from chohyo.domain.spaces import EmbeddingSpace
from chohyo.errors import InvalidInputError
from eval.training import evaluate_training

FORMS, COPIES = 12, 6
_LEVELS = (40, 120, 200)


class Levels:
    """Embeds a page by the grey of its cells, drowned in that of its last one."""

    space = EmbeddingSpace("levels", "test/levels", "1", 8)

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        rows = []
        for image in images:
            cells = cv2.resize(image, (8, 1), interpolation=cv2.INTER_AREA)[0] / 128.0 - 1
            cells[-1] *= 4
            rows.append(cells / np.linalg.norm(cells))
        return np.array(rows, np.float32)


def _corpus(folder: Path, copies: int) -> Path:
    random, rows = np.random.default_rng(3), []
    for form in range(FORMS):
        print_ = random.choice(_LEVELS, 7)
        for copy in range(copies):
            cells = np.clip(
                np.append(print_ + random.normal(0, 12, 7), 255 * random.random()), 0, 255
            )
            file = f"{form}-{copy}.png"
            image = np.repeat(np.repeat(cells.astype(np.uint8)[None], 40, axis=0), 40, axis=1)
            cv2.imwrite(str(folder / file), image)
            rows.append(
                {"file": file, "layout_id": f"f{form}", "kin_id": f"f{form}", "scan": {"kind": "x"}}
            )
    (folder / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return folder


def _evaluate(corpus: Path):
    return evaluate_training(
        corpus, [Levels()], limit=None, seed=0, track=lambda items, description: items
    )


def test_a_disturbance_is_unlearned_for_the_other_half_too(tmp_path: Path):
    result = _evaluate(_corpus(tmp_path, COPIES))

    assert result["pages"] == FORMS * COPIES
    for part in ("known", "unseen"):
        gain = f"levels_{part}_rank_gain"
        assert result[gain] > 0.05
        assert result["intervals"][gain]["low"] <= result[gain]
    assert _evaluate(tmp_path)["levels_known_rank_after"] == result["levels_known_rank_after"]


def test_a_corpus_without_copies_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInputError):
        _evaluate(_corpus(tmp_path, 2))
