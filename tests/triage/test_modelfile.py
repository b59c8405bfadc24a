"""Model files: what is written is read again, and nothing else is taken."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
import pytest

from jieban.core.errors import BadInput
from jieban.triage import modelfile, training
from jieban.triage.classifiers.linear import Linear
from jieban.triage.texts import Text
from tests import factories
from tests.triage.letters import LETTERS

TEXTS = [Text(title, body) for _, _, title, body in LETTERS]


@pytest.fixture(scope="module")
def model() -> Linear:
    kinds = training.sample(TEXTS, [kind for _, kind, _, _ in LETTERS])
    return training.train(kinds, at=factories.AT, facts={"label_column": "kind"})


def test_model_read_again_guesses_the_same(model, tmp_path) -> None:
    modelfile.save(model, tmp_path / "kind.model")
    again = modelfile.load(tmp_path / "kind.model")
    assert [guesses[0].value for guesses in again.suggest(TEXTS)] == [
        guesses[0].value for guesses in model.suggest(TEXTS)
    ]
    assert again.facts == model.facts
    assert again.suggest(TEXTS[:1])[0][0].probability == pytest.approx(
        model.suggest(TEXTS[:1])[0][0].probability, abs=0.01
    )


def test_model_is_named_by_file_and_contents(model, tmp_path) -> None:
    modelfile.save(model, tmp_path / "kind.model")
    name, _, version = modelfile.load(tmp_path / "kind.model").model.partition("@")
    assert (name, len(version)) == ("kind", 8)


def test_saving_leaves_no_other_file(model, tmp_path) -> None:
    modelfile.save(model, tmp_path / "new" / "kind.model")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["kind.model"]


def test_place_that_cannot_be_written_is_told(model, tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="cannot be written"):
        modelfile.save(model, tmp_path / "file" / "kind.model")


@pytest.mark.parametrize("body", [b"", b"id,title\n1,x\n", pickle.dumps({"a": 1})])
def test_file_that_is_no_model_is_refused(tmp_path, body) -> None:
    (tmp_path / "x.model").write_bytes(body)
    with pytest.raises(BadInput, match="is not a model file"):
        modelfile.load(tmp_path / "x.model")


def test_missing_file_is_told(tmp_path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        modelfile.load(tmp_path / "none.model")


@pytest.mark.parametrize("at", [20, 200, -1])
def test_changed_byte_is_found(model, tmp_path, at) -> None:
    path = tmp_path / "kind.model"
    modelfile.save(model, path)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(BadInput, match="damaged"):
        modelfile.load(path)


def test_objects_in_a_model_are_never_unpickled(tmp_path) -> None:
    body = io.BytesIO()
    np.savez(body, told=np.array([{"labels": []}], dtype=object))
    _forge(tmp_path / "x.model", body.getvalue())
    with pytest.raises(BadInput, match="cannot be used"):
        modelfile.load(tmp_path / "x.model")


def test_model_whose_tables_do_not_fit_is_refused(model, tmp_path) -> None:
    path = tmp_path / "kind.model"
    modelfile.save(model, path)
    with np.load(io.BytesIO(path.read_bytes()[len(modelfile.MARK) + 65 :])) as arrays:
        kept = dict(arrays)
    body = io.BytesIO()
    np.savez(body, **{**kept, "bias": kept["bias"][:-1]})
    _forge(path, body.getvalue())
    with pytest.raises(BadInput, match="another size"):
        modelfile.load(path)


def _forge(path: Path, data: bytes) -> None:
    """A file with a right checksum over wrong contents."""
    path.write_bytes(modelfile.MARK + modelfile.hashlib.sha256(data).hexdigest().encode() + b"\n" + data)
