"""`jieban train`: learn to guess a column from the text of letters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from jieban.triage.classifiers.linear import Linear


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train)


def train(
    labels: Annotated[Path, typer.Option(help="CSV, XLSX or JSONL file with letters.", show_default=False)],
    text: Annotated[str, typer.Option(help="Text columns: the title, then the body.", show_default=False)],
    label: Annotated[str, typer.Option(help="The column to learn.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Where the model goes.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print what the model says of itself as JSON.")] = False,
) -> None:
    """Train a model on letters with known labels, and say how well it does on letters that it has not seen.

    The title counts more than the body. Put as unit.model, category.model or kind.model into the folder "models" of
    JIEBAN_HOME, the model is used at once.

    Example: jieban train --labels letters.csv --text title,content --label unit --out var/models/unit.model
    """
    from jieban.core import clock
    from jieban.portal import letters
    from jieban.portal.cli.progress import Bar
    from jieban.triage import modelfile, training

    read = letters.read(labels, text, also=[label])
    learnt = training.sample(read.texts, read.column(label))
    facts = {"file": labels.name, "text_columns": letters.named(text), "label_column": label}
    with Bar("train", training.steps(learnt)) as bar:
        model = training.train(learnt, at=clock.now(), facts=facts, tick=bar.step)
        modelfile.save(model, out)
    typer.echo(json.dumps(dict(model.facts), ensure_ascii=False) if as_json else _told(model, out))


def _told(model: Linear, out: Path) -> str:
    facts: dict[str, Any] = dict(model.facts)
    scores = facts["scores"]
    return (
        f"{facts['letters']} letters, {len(model.labels)} labels, {facts['skipped']} rows without text or label.\n"
        f"On letters left out ({scores['method']}): macro F1 {scores['macro_f1']:.3f}, "
        f"right label first {scores['top1']:.1%}, among the first three {scores['top3']:.1%}.\n"
        f"The model is in {out}."
    )
