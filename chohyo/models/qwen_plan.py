"""What Qwen3-VL takes: memory of weights, of a batch and of the vectors' index, by arithmetic.

Sizes of the networks are those of the published configurations. On an H200, 2B with random weights
took 3.96 GiB in bf16, 2.28 in 8 bits and 1.55 in 4 (here 3.96, 2.28, 1.54), and 0.305 GiB for each
page of 1,851 tokens in a batch of 1, 2, 4, 9 or 18 (0.313), in 8 bits 0.338 (0.341); 8B took 15.18
GiB in bf16 (15.17), and 0.364 for a page (0.372).
"""

from __future__ import annotations

from dataclasses import dataclass

from chohyo.models.qwen_pixels import FACTOR, MAX_PIXELS

GIB = 1024.0**3
PAGE_TOKENS = MAX_PIXELS // FACTOR**2 + 100  # a page that uses up its pixels, and the prompt
QUANTIZATIONS = ("bf16", "8bit", "4bit")
_OVERHEAD = 0.8 * GIB  # CUDA's context and the libraries' workspaces
_SPARE = 0.95  # of the card: what fragmentation leaves usable
# bitsandbytes keeps an absolute maximum in float32 for each block of 64 four-bit weights.
_BYTES = {"bf16": 2.0, "8bit": 1.0, "4bit": 0.5 + 4 / 64}
_NEIGHBOURS = 32  # pgvector's `m`; the lowest layer keeps twice as many, six bytes each
_TUPLE = 60  # bytes: headers of the vector's and of the neighbours' tuple
_VOCABULARY = 151_936
_PLACES = 2_304  # learned positions of the vision tower
_PATCH = 3 * 2 * 16 * 16  # numbers of a patch: colours, two equal frames, pixels
_MEASURED = 1.43  # what a batch took on the card, against the tensors counted here
_COPIES = {"bf16": 1.0, "8bit": 1.09, "4bit": 1.0}  # 8 bits are multiplied in float16
_PATCHES = 4  # that are merged into one token
_DEEPSTACK = 3  # mergers besides the last one


@dataclass(frozen=True, slots=True)
class Shape:
    """Widths and depths of a Qwen3-VL: of the language model, then of the vision tower."""

    hidden: int
    layers: int
    heads: int
    key_heads: int
    head: int
    inner: int
    tied: bool
    vision_hidden: int
    vision_layers: int
    vision_inner: int

    @property
    def linear(self) -> int:
        """Return the weights in linear layers, which quantisation shrinks."""
        attention = self.hidden * self.head * 2 * (self.heads + self.key_heads)
        text = self.layers * (attention + 3 * self.hidden * self.inner)
        seen, wide = self.vision_hidden, self.vision_hidden * _PATCHES
        vision = self.vision_layers * (4 * seen * seen + 2 * seen * self.vision_inner)
        return text + vision + (1 + _DEEPSTACK) * (wide * wide + wide * self.hidden)

    @property
    def other(self) -> int:
        """Return the weights of embeddings, norms, biases and patches, which stay in 16 bits."""
        seen, wide = self.vision_hidden, self.vision_hidden * _PATCHES
        text = (_VOCABULARY + 1 + 2 * self.layers) * self.hidden + 2 * self.head * self.layers
        block = 4 * seen + 3 * seen + seen + self.vision_inner + seen
        vision = (_PATCH + 1 + _PLACES) * seen + self.vision_layers * block
        mergers = (1 + _DEEPSTACK) * (wide + self.hidden) + 2 * seen + _DEEPSTACK * 2 * wide
        return text + vision + mergers

    @property
    def head_weights(self) -> int:
        """Return the weights of a vocabulary head of its own."""
        return 0 if self.tied else _VOCABULARY * self.hidden

    def weights(self, quantization: str) -> float:
        """Return the bytes of a loaded network without its vocabulary head."""
        return self.linear * _BYTES[quantization] + self.other * _BYTES["bf16"]

    def activations(self, tokens: int, quantization: str = "bf16") -> float:
        """Return the bytes that a batch of padded tokens takes at its widest layer, in 16 bits.

        Attention is computed in blocks, and no cache of keys is kept. Counted are the states in
        and out of a layer with their norm and sum, and the two inner products of the MLP with
        their result; of the vision tower the same for four patches a token, and its pixels. What
        the card took besides is added as a factor.
        """
        text = 4 * self.hidden + 3 * self.inner
        vision = _PATCHES * (4 * self.vision_hidden + 2 * self.vision_inner + _PATCH)
        kept = (1 + _DEEPSTACK) * self.hidden  # the images' tokens, for the layers that add them
        return 2.0 * tokens * (max(text, vision) + kept) * _MEASURED * _COPIES[quantization]


SHAPES = {
    "2B": Shape(2048, 28, 16, 8, 128, 6144, True, 1024, 24, 4096),
    "8B": Shape(4096, 36, 32, 8, 128, 12288, False, 1152, 27, 4304),
}


@dataclass(frozen=True, slots=True)
class Demand:
    """What an embedder, or an embedder with a reranker of its size, takes of a card.

    `weights` and `page` (one page at full size) are bytes; `pages` is the largest batch, 0 when
    not even one fits.
    """

    size: str
    quantization: str
    reranker: bool
    weights: float
    page: float
    pages: int


def demands(card_gib: float, page_tokens: int = PAGE_TOKENS) -> list[Demand]:
    """Return what each size and quantisation takes, with and without reranker, of a card."""
    return [
        _demand(card_gib, page_tokens, size, quantization, reranker)
        for size in SHAPES
        for reranker in (False, True)
        for quantization in QUANTIZATIONS
    ]


def index_bytes(pages: int, dimensions: int) -> float:
    """Return the bytes of one space: vectors in the table, and again in its HNSW index."""
    vector = 8 + 2 * dimensions
    return float(pages * (2 * vector + 2 * _NEIGHBOURS * 6 + 2 * _TUPLE))


def _demand(card_gib: float, tokens: int, size: str, quantization: str, reranker: bool) -> Demand:
    shape = SHAPES[size]
    weights = shape.weights(quantization) * (2 if reranker else 1)
    # A pair holds two pages; embedder and reranker take turns.
    page = shape.activations(tokens * (2 if reranker else 1), quantization)
    left = card_gib * GIB * _SPARE - _OVERHEAD - weights
    return Demand(size, quantization, reranker, weights, page, max(0, int(left // page)))
