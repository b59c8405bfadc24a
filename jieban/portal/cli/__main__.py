"""`python -m jieban.portal.cli`: the `jieban` command where its script is not on the path."""

from jieban.portal.cli.main import run

run()
