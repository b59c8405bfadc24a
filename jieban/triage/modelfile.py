"""Model files: plain numbers and text, with a mark, a format number and a hash; reading one runs no code from it.

JIEBAN-MODEL 1\\n  <sha256 of what follows, 64 hex digits>\\n  <NumPy .npz without pickled objects>
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from jieban.core.errors import BadInput
from jieban.triage.classifiers.linear import Eyes, Linear

MARK = b"JIEBAN-MODEL 1\n"
_DIGITS = 64


def save(model: Linear, path: Path) -> None:
    """Write the model; the file appears whole or not at all, else BadInput. Weights are kept as 16-bit numbers."""
    told = {"labels": model.labels, "temperature": model.temperature, "facts": model.facts, "names": model.eyes.names}
    body = io.BytesIO()
    np.savez(
        body,
        told=np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), dtype=np.uint8),
        in_titles=model.eyes.in_titles,
        in_texts=model.eyes.in_texts,
        weights=model.weights.astype(np.float16),
        bias=model.bias.astype(np.float32),
    )
    data = body.getvalue()
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(MARK + hashlib.sha256(data).hexdigest().encode() + b"\n" + data)
        part.replace(path)
    except OSError as error:
        raise BadInput(f"The model cannot be written to {path}: {error.strerror or error}.") from error


def load(path: Path) -> Linear:
    """The model in a file. BadInput, with the reason, for a file that is none, is damaged, or does not fit together."""
    data, digest = _checked(path)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return _model(dict(arrays), f"{path.stem}@{digest[:8]}")
    except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile) as error:
        raise BadInput(
            f"{path} is a model file with contents that cannot be used ({error}). Train it again."
        ) from error


def _checked(path: Path) -> tuple[bytes, str]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"The model {path} cannot be read: {error.strerror or error}. Make one with: jieban train"
        ) from error
    if not raw.startswith(MARK):
        raise BadInput(f"{path} is not a model file of this version of Jieban. Make one with: jieban train")
    start = len(MARK) + _DIGITS + 1
    digest, data = raw[len(MARK) : start - 1].decode("ascii", "replace"), raw[start:]
    if hashlib.sha256(data).hexdigest() != digest:
        raise BadInput(f"The model {path} is damaged: its contents do not fit its checksum. Copy or train it again.")
    return data, digest


def _model(arrays: dict[str, Any], name: str) -> Linear:
    told = json.loads(arrays["told"].tobytes())
    names, labels = tuple(told["names"]), tuple(told["labels"])
    weights, bias = arrays["weights"].astype(np.float32), arrays["bias"]
    size = len(names)
    if weights.shape != (2 * size, len(labels)) or bias.shape != (len(labels),):
        raise ValueError("the table of weights has another size than its labels")
    if arrays["in_titles"].shape != (size,) or arrays["in_texts"].shape != (size,):
        raise ValueError("the features have another number than their weights")
    eyes = Eyes.of(names, arrays["in_titles"], arrays["in_texts"])
    return Linear(
        labels=labels, eyes=eyes, weights=weights, bias=bias, temperature=float(told["temperature"]),
        facts=told["facts"], model=name,
    )  # fmt: skip
