"""The trained models of this installation: JIEBAN_HOME/models/<field>.model, made with `jieban train`.

A model is read once per process and again when its file changes. A file that cannot be used is told once in the log
and then passed over until it changes, so that a bad copy never stops the intake.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from django.conf import settings

from jieban.core.errors import BadInput
from jieban.triage.texts import Classifier

FIELDS = ("category", "kind", "unit")
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_Mark = tuple[int, int]
_kept: dict[Path, tuple[_Mark, Classifier | None]] = {}


def model(field: str) -> Classifier | None:
    """The trained model of a field, None where there is none that can be used. `field` is one of FIELDS."""
    path = Path(settings.JIEBAN_HOME) / "models" / f"{field}.model"
    try:
        found = path.stat()
    except OSError:
        return None
    mark = found.st_mtime_ns, found.st_size
    with _lock:
        if path not in _kept or _kept[path][0] != mark:
            _kept[path] = mark, _read(path)
        return _kept[path][1]


def _read(path: Path) -> Classifier | None:
    # Reading a model needs the scientific libraries; a city without one starts faster and smaller without them.
    from jieban.triage import modelfile

    try:
        return modelfile.load(path)
    except BadInput as error:
        _log.error("The model is passed over, its field is guessed by words instead. %s", error)
        return None
