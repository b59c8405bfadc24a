"""`jieban classify`: guess the label of letters with a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_BATCH = 1000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("classify")(classify)


def classify(
    model: Annotated[Path, typer.Option(help="A file made by jieban train.", show_default=False)],
    file: Annotated[Path, typer.Option("--in", help="CSV, XLSX or JSONL file with letters.", show_default=False)],
    text: Annotated[str, typer.Option(help="Text columns: the title, then the body.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The result: .csv or .jsonl.", show_default=False)],
) -> None:
    """Write the letters again with three more columns: predicted, probability, top3.

    In CSV the three likeliest labels are joined by "|"; in JSONL they are a list.

    Example: jieban classify --model unit.model --in letters.csv --text title,content --out guessed.csv
    """
    from jieban.portal import letters
    from jieban.portal.cli.progress import Bar
    from jieban.triage import modelfile

    if out.suffix.lower() not in letters.FORMATS:
        raise typer.BadParameter(f"the result must be a .csv or .jsonl file, not {out.name}", param_hint="--out")
    trained = modelfile.load(model)
    read = letters.read(file, text)
    guesses = []
    with Bar("classify", len(read.texts)) as bar:
        for start in range(0, len(read.texts), _BATCH):
            guesses += trained.suggest(read.texts[start : start + _BATCH])
            bar.at(len(guesses))
    letters.write(out, read, guesses)
    typer.echo(f"{len(guesses)} letters, written with predicted, probability and top3 to {out}.")
