"""Training the layout encoder, and what of it ships."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed (extra: train)")
pytest.importorskip("onnx", reason="onnx is not installed (extra: train)")

import torch

from chohyo.models.layout_encoder import network_input
from chohyo.models.onnx_network import open_network
from eval.encoder.network import Shape, build_network, export
from eval.encoder.training import Recipe, Training, info_nce

_TINY = Recipe(
    seed=1,
    steps=6,
    forms=4,
    window=8,
    advance=2,
    warm_up=2,
    shape=Shape(height=64, width=64, convolutions=((4, 2), (8, 2)), pool=4, dimensions=16),
)


def _trained(recipe: Recipe, path, steps: int | None = None) -> Training:
    training = Training(recipe if steps is None else replace(recipe, steps=steps))
    training.run(lambda step, loss: None, path, every=100)
    return training


def _weights(training: Training) -> np.ndarray:
    return np.concatenate([p.detach().numpy().ravel() for p in training.average.parameters()])


def test_the_shipped_network_is_the_one_that_was_trained(tmp_path):
    shape = Shape()
    torch.manual_seed(5)
    network = build_network(shape)
    rng = np.random.default_rng(5)
    inks = (rng.random((6, shape.height, shape.width)) ** 8 * 255).astype(np.uint8)
    pages = network_input(inks)
    with torch.no_grad():
        network.train()(torch.from_numpy(pages))  # so that the norms have seen something
        expected = network.eval()(torch.from_numpy(pages)).numpy()

    export(network, shape, tmp_path / "network.onnx", {"revision": "test"})
    session = open_network(tmp_path / "network.onnx")
    (actual,) = session.run(None, {"pages": pages})

    unit = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in (expected, actual)]
    assert np.abs(unit[0] - unit[1]).max() < 1e-3
    assert session.get_modelmeta().custom_metadata_map["revision"] == "test"


def test_the_same_seed_gives_the_same_weights(tmp_path):
    first, second = (_trained(_TINY, tmp_path / name) for name in ("a.pt", "b.pt"))

    assert np.array_equal(_weights(first), _weights(second))


def test_a_stopped_run_goes_on_at_its_step(tmp_path):
    path = tmp_path / "checkpoint.pt"
    _trained(_TINY, path, steps=3)
    resumed = Training(_TINY)
    resumed.load(path)
    assert resumed.step == 3
    before = _weights(resumed)

    resumed.run(lambda step, loss: None, path)

    assert resumed.step == _TINY.steps
    assert not np.array_equal(before, _weights(resumed))


def test_the_loss_is_small_when_copies_find_each_other():
    eye = torch.eye(4)
    found = info_nce(torch.cat([eye, eye]), 0.07)
    lost = info_nce(torch.cat([eye, eye.roll(1, 0)]), 0.07)

    assert float(found) < 0.01
    assert float(lost) > 5
