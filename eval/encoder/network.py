"""The layout encoder as a torch network, and as the ONNX file that ships."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from chohyo.models.layout_encoder import HEIGHT, WIDTH


@dataclass(frozen=True, slots=True)
class Shape:
    """What the network is made of; chosen by measurement, see the training card.

    Input in pixels; channels and stride of the 3 × 3 convolutions; `squeeze` channels remain after
    a 1 × 1 convolution (0: there is none); then the page is pooled to parts of `pool` × `pool`
    pixels of the last layer, by the root of summed powers `power`.
    """

    height: int = HEIGHT
    width: int = WIDTH
    convolutions: tuple[tuple[int, int], ...] = (
        (24, 2),
        (32, 2),
        (64, 2),
        (96, 1),
        (128, 2),
        (160, 1),
    )
    squeeze: int = 48
    pool: int = 1
    power: int = 2
    dimensions: int = 256


def build_network(shape: Shape) -> Any:
    """Return a network that maps (n, 1, height, width) to (n, dimensions), not yet normalised."""
    layers: list[Any] = []
    before = 1
    for channels, stride in shape.convolutions:
        layers += _convolution(before, channels, 3, stride)
        before = channels
    if shape.squeeze:
        layers += _convolution(before, shape.squeeze, 1, 1)
        before = shape.squeeze
    shrunk = math.prod(stride for _, stride in shape.convolutions) * shape.pool
    cells = (shape.height // shrunk) * (shape.width // shrunk)
    layers += [nn.LPPool2d(shape.power, shape.pool), nn.Flatten()]
    network = nn.Sequential(*layers, nn.Linear(before * cells, shape.dimensions))
    return network.to(memory_format=torch.channels_last)


def _convolution(before: int, channels: int, size: int, stride: int) -> list[Any]:
    layer = nn.Conv2d(before, channels, size, stride=stride, padding=size // 2, bias=False)
    return [layer, nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]


def export(network: Any, shape: Shape, path: Path, card: dict[str, str]) -> None:
    """Write a network as ONNX, its batch norms folded in and its weights in half precision.

    `card` goes into the file as metadata. The graph widens the weights again when it is loaded.
    """
    graph = _Graph()
    value = "pages"
    layers = list(copy.deepcopy(network).cpu().eval())
    for layer, after in zip(layers, [*layers[1:], None], strict=True):
        if isinstance(layer, nn.Conv2d):
            value = graph.convolution(value, layer, after)
        elif isinstance(layer, nn.LPPool2d):
            sides, power = [layer.kernel_size] * 2, int(layer.norm_type)
            value = graph.add("LpPool", value, kernel_shape=sides, strides=sides, p=power)
        elif isinstance(layer, nn.Flatten):
            value = graph.add("Flatten", value, axis=1)
        elif isinstance(layer, nn.Linear):
            weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
            names = graph.constant(weight), graph.constant(bias)
            value = graph.add("Gemm", value, *names, transB=1)
    model = graph.model(value, shape)
    helper.set_model_props(model, card)
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)


class _Graph:
    """An ONNX graph that is written from its input to its output."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node; return the name of its output."""
        name = f"{kind.lower()}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, values: Any) -> str:
        """Add weights, kept in half precision; return the name of what they widen to."""
        name = f"weights{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(values.astype(np.float16), name))
        return self.add("Cast", name, to=TensorProto.FLOAT)

    def convolution(self, value: str, layer: Any, norm: Any) -> str:
        """Add a convolution with the batch norm that follows it, and what comes after both."""
        with torch.no_grad():
            scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            weight = (layer.weight * scale[:, None, None, None]).numpy()
            bias = (norm.bias - norm.running_mean * scale).numpy()
        names = self.constant(weight), self.constant(bias)
        out = self.add(
            "Conv",
            value,
            *names,
            kernel_shape=list(layer.kernel_size),
            pads=list(layer.padding) * 2,
            strides=list(layer.stride),
        )
        return self.add("Relu", out)

    def model(self, output: str, shape: Shape) -> Any:
        """Return the whole as a model."""
        size: list[str | int | None] = ["n", 1, shape.height, shape.width]
        pages = helper.make_tensor_value_info("pages", TensorProto.FLOAT, size)
        vectors = helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n", shape.dimensions])
        graph = helper.make_graph(
            self._nodes, "layout-encoder", [pages], [vectors], initializer=self._weights
        )
        opset = [helper.make_opsetid("", 18)]
        return helper.make_model(graph, opset_imports=opset, ir_version=9, producer_name="chohyo")
