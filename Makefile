# `make run` and `make test` are all a newcomer needs: no root, no Docker, no Redis.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=

.PHONY: run test bench check format encoder clean

run: $(VENV)/.run
	$(BIN)/chohyo demo --open

test: check
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/unit tests/integration $(PYTEST_ARGS)
	$(BIN)/python -m pytest tests/acceptance $(PYTEST_ARGS)

# What takes an hour: the main job at 300 documents, with faults and without.
bench: $(VENV)/.dev
	$(BIN)/python -m pytest -m bench -o log_cli=true --log-cli-level=INFO $(PYTEST_ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Trains the layout encoder on generated forms and writes its weights; goes on where it stopped.
encoder: $(VENV)/.train
	$(BIN)/python -m eval.encoder train

clean:
	rm -rf $(VENV) build dist

# The stamps make a second run quick; a changed pyproject.toml installs again.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/.run

$(VENV)/.train: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	touch $@
