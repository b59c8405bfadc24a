"""Training on real letters, with the answering unit hidden.

Reads the folder named by JIEBAN_DATA. These letters are public but carry no licence, so they are not in the repository:
without the folder the test is not collected on a desk, and fails where CI is true, because a run that should have
measured must not pass without having done so.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from jieban.triage import training
from jieban.triage.texts import Text
from tests import factories

FOLDER = os.environ.get("JIEBAN_DATA", "")
FILE = Path(FOLDER) / "beijing_letters" / "train.csv"
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")

if FOLDER or IN_CI:

    @pytest.mark.data
    @pytest.mark.slow
    def test_unit_of_a_letter_is_found_far_better_than_by_a_plain_model() -> None:
        assert FILE.is_file(), "JIEBAN_DATA must name a folder that holds beijing_letters/train.csv"
        with FILE.open(encoding="utf-8-sig", newline="") as rows:
            read = [(Text(row["title"], row["content"]), row["institution_grp"]) for row in csv.DictReader(rows)]
        learnt = training.sample([text for text, _ in read], [label for _, label in read])
        scores = training.train(learnt, at=factories.AT).facts["scores"]
        assert scores["letters"] == len(read)
        assert scores["macro_f1"] > 0.8
        assert scores["top1"] > 0.94
        assert scores["top3"] > 0.98
