# Two commands matter: `make demo` and `make test`. Everything lives in .venv, node_modules and var; `make clean` removes them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
ORDERS ?= 3000
PORT ?= 8000
SOURCES := jieban config simulation tests bench manage.py

.PHONY: help setup setup-dev demo test check bench lock clean

help:
	@echo "make demo    set up everything, build a small living Beijing, serve it, print who can log in"
	@echo "make test    set up everything, run every test that this machine can run"
	@echo "make setup | check | bench    the environment · linters, types, contracts · all benchmarks"

setup:
	@$(PYTHON) tools/setup.py base

setup-dev:
	@$(PYTHON) tools/setup.py dev

demo: setup
	@$(BIN)/jieban demo --orders $(ORDERS) --port $(PORT)

test: setup-dev
	@$(BIN)/python tests/run.py

# Each check's output is printed whole when it ends; all are run even if one fails.
check: setup-dev
	@$(MAKE) --no-print-directory --keep-going --output-sync=target --jobs=2 $(CHECKS)
	@echo "All checks passed. Next: make test"

# The longest first.
CHECKS := check-types check-imports check-lint check-format check-migrations check-django check-translations
.PHONY: $(CHECKS)
check-types:
	@echo "· mypy"; $(BIN)/mypy jieban config simulation
check-imports:
	@echo "· import contracts"; $(BIN)/lint-imports
check-lint:
	@echo "· ruff"; $(BIN)/ruff check $(SOURCES) tools
check-format:
	@echo "· ruff format"; $(BIN)/ruff format --check $(SOURCES) tools
check-migrations:
	@echo "· migrations"; $(BIN)/python manage.py makemigrations --check --dry-run
check-django:
	@echo "· Django"; $(BIN)/python manage.py check --fail-level WARNING
check-translations:
	@echo "· translations"; $(BIN)/python tools/messages.py --check

bench: setup-dev
	@for file in $$(grep -l __main__ bench/*.py); do \
	  name=$$(basename $$file .py); echo "· bench.$$name" >&2; $(BIN)/python -m bench.$$name || exit 1; done

lock:
	@$(PYTHON) tools/setup.py lock

clean:
	rm -rf .venv node_modules var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
