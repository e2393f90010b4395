"""A model as bytes: arrays in an npz without pickled objects, words as JSON. Pure."""

from __future__ import annotations

import io
import json

import numpy as np

from hawthorn.hints.classing import Model

ARRAYS = ("rarity", "titled", "lines", "squares", "biases", "mix")
WORDS = ("categories", "threshold", "accuracy", "coverage", "n")


def pack(model: Model) -> tuple[bytes, str]:
    """The arrays and the words of a model, as they are stored."""
    held = io.BytesIO()
    np.savez_compressed(held, allow_pickle=False, **{name: _narrow(getattr(model, name)) for name in ARRAYS})
    words = {name: getattr(model, name) for name in WORDS} | {"grams": sorted(model.grams, key=model.grams.__getitem__)}
    return held.getvalue(), json.dumps(words, ensure_ascii=False)


def unpack(arrays: bytes, words: str) -> Model:
    """The model back from what `pack` gave. Raises ValueError where an array holds objects."""
    told = json.loads(words)
    with np.load(io.BytesIO(arrays), allow_pickle=False) as held:
        kept = {name: held[name] for name in ARRAYS}
    grams = {gram: n for n, gram in enumerate(told.pop("grams"))}
    return Model(**told | {"categories": tuple(told["categories"]), "grams": grams} | kept)


def _narrow(value: np.ndarray) -> np.ndarray:
    return value.astype(np.float32) if value.dtype == np.float64 and value.ndim == 1 else value
