"""Training the layout encoder, and what of it ships."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from random import Random

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed (extra: train)")
pytest.importorskip("onnx", reason="onnx is not installed (extra: train)")

import torch

from chohyo.models.layout_encoder import WEIGHTS, network_input
from chohyo.models.onnx_network import open_network
from eval.encoder.batches import FormChooser
from eval.encoder.network import Shape, build_network, export
from eval.encoder.pool import open_pool
from eval.encoder.training import Recipe, Training, info_nce, normalised
from eval.encoder.trials import CHOSEN, TRIALS

_TINY = Recipe(
    seed=1,
    steps=6,
    forms=4,
    pool=16,
    copies=3,
    warm_up=2,
    shape=Shape(height=64, width=64, convolutions=((4, 2), (8, 2)), pool=4, dimensions=16),
)


def _inks(folder, recipe: Recipe = _TINY, processes: int = 1) -> np.ndarray:
    return open_pool(recipe.pool_plan(), folder, processes, lambda done, total: None)


def _trained(recipe: Recipe, path, steps: int | None = None) -> Training:
    wanted = recipe if steps is None else replace(recipe, steps=steps)
    training = Training(wanted, _inks(path.parent))
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
    resumed = Training(_TINY, _inks(tmp_path))
    resumed.load(path)
    assert resumed.step == 3
    before = _weights(resumed)

    resumed.run(lambda step, loss: None, path)

    assert resumed.step == _TINY.steps
    assert not np.array_equal(before, _weights(resumed))


def test_processes_and_stops_do_not_change_what_is_drawn(tmp_path):
    whole = _inks(tmp_path / "one", replace(_TINY, pool=80))
    shared = _inks(tmp_path / "two", replace(_TINY, pool=80), processes=2)
    assert np.array_equal(whole, shared)
    assert len({form.tobytes() for form in whole}) == 80

    stopped = tmp_path / "one" / "1-80x3-64x64.drawn"
    stopped.write_text(stopped.read_text().replace("64\n", ""))
    np.load(stopped.with_suffix(".npy"), mmap_mode="r+")[0] = 7  # drawn, and not drawn again
    resumed = _inks(tmp_path / "one", replace(_TINY, pool=80))
    assert (resumed[0] == 7).all()
    assert np.array_equal(resumed[64:], shared[64:])


def test_a_step_has_pairs_of_editions_and_what_looked_alike():
    chooser = FormChooser(pool=240, forms=24, dimensions=2, mined=True, device="cpu")
    angles = torch.linspace(0, 3, 240)
    chooser.remember(list(range(240)), torch.stack([angles.cos(), angles.sin()], 1))

    chosen = chooser.choose(Random(1))

    assert len(set(chosen)) == 24
    assert all(number ^ 1 in chosen[:12] for number in chosen[:12])
    mined = chosen[-4:]
    assert max(mined) - min(mined) < 8


def test_the_trained_network_sees_what_the_shipped_one_does():
    inks = np.random.default_rng(3).integers(0, 255, (2, 24, 20), np.uint8)
    assert np.allclose(normalised(torch.from_numpy(inks)).numpy(), network_input(inks), atol=1e-5)


def test_the_shipped_weights_are_of_the_chosen_recipe():
    metadata = open_network(WEIGHTS).get_modelmeta().custom_metadata_map
    chosen = json.loads(json.dumps(asdict(TRIALS[CHOSEN])))
    assert json.loads(metadata["recipe"]) == chosen
    assert int(metadata["step"]) == chosen["steps"]


def test_the_loss_is_small_when_copies_find_each_other():
    eye = torch.eye(4)
    found = info_nce(torch.cat([eye, eye]), 0.07)
    lost = info_nce(torch.cat([eye, eye.roll(1, 0)]), 0.07)

    assert float(found) < 0.01
    assert float(lost) > 5
