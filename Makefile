# make run and make test do everything that they need on a fresh machine: Python 3.11 or later is all they ask for.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: run test check lint types layers install pictures clean

run: $(INSTALLED)
	$(BIN)/makemore-tui $(ARGS)

test: $(INSTALLED)
	$(BIN)/pytest $(ARGS)

check: lint types layers

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

layers: $(INSTALLED)
	$(BIN)/lint-imports

install: $(INSTALLED)

# The pictures of the README, made by the app itself.
pictures: $(INSTALLED)
	$(BIN)/python docs/make_pictures.py

$(INSTALLED): pyproject.toml constraints.txt
	@echo "setting up $(VENV): this fetches PyTorch and takes some minutes, once"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
