# The doors of the repository. `make` alone lists them.

PYTHON ?= python3
VENV ?= .venv
PINNED := pyproject.toml constraints.txt
PIP_INSTALL := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-input --constraint constraints.txt

export PYTHONUNBUFFERED = 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo serve test check bench clean

help: ## list what make can do here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.installed-demo ## start a server with an invented community on 127.0.0.1:8000 (PORT changes it)
	@exec $(VENV)/bin/cabinet demo

serve: $(VENV)/.installed-demo ## start a server on your own data (cabinet serve --help says more)
	@exec $(VENV)/bin/cabinet serve

test: $(VENV)/.installed-dev ## run every test on a throw-away database
	@$(VENV)/bin/python -m pytest --numprocesses auto --dist loadfile

check: $(VENV)/.installed-dev ## lint, format, types and the shape of the house
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/mypy
	@$(VENV)/bin/python -m pytest tests/shape

bench: $(VENV)/.installed-dev ## measure the headline figures on this machine
	@$(VENV)/bin/python bench/first.py

clean: ## remove the environment, the demo's database and every cache
	@rm -rf $(VENV) .cabinet .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are older than the pins exactly when the environment has to be brought up to date.
$(VENV)/.installed-demo: $(PINNED) | $(VENV)/bin/python
	@echo "Installing into $(VENV); the first time takes about a minute."
	@$(PIP_INSTALL) --editable '.[demo]'
	@touch $@

$(VENV)/.installed-dev: $(PINNED) | $(VENV)/bin/python
	@echo "Installing the tests' tools into $(VENV); the first time takes about a minute."
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.installed-demo

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "There is no $(PYTHON). Install Python 3.11 or later, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "$(PYTHON) could not make $(VENV). On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
