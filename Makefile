# The two commands: `make run` serves with sample data on http://127.0.0.1:8080 until Ctrl-C; `make test` tests.
# Both set up all they need in .venv. PORT= and DATA= choose another port and data folder for `make run`.
PYTHON ?= python3
PORT ?= 8080
DATA ?=
VENV := .venv
LICENCES := MIT;Apache;BSD;ISC;PSF;Python Software Foundation;MPL;Mozilla;LGPL;HPND;OFL
# Tools of the tests whose metadata names no licence: resvg_py is MPL-2.0.
TEST_TOOLS := resvg_py
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check bench clean

help:
	@echo "make run    serve with sample data on http://127.0.0.1:$(PORT) until Ctrl-C (PORT=, DATA=)"
	@echo "make test   run the tests"
	@echo "make check  lint, format, types, licences of the dependencies"
	@echo "make bench  measure, one JSON object a line"

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "ColdLedger needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run: $(VENV)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[scanners]'
	@touch $@

$(VENV)/dev: $(VENV)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/run

run: $(VENV)/run
	@exec $(BIN)/coldledger serve --sample-data --no-access-log --port $(PORT) $(if $(DATA),--data "$(DATA)")

test: $(VENV)/dev
	$(BIN)/pytest $(ARGS)

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pip-licenses --from=mixed --partial-match --format=json --output-file=$(VENV)/licences.json \
	  --allow-only="$(LICENCES)" --ignore-packages coldledger $(TEST_TOOLS)

bench: $(VENV)/dev
	$(BIN)/python -m tests.benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
