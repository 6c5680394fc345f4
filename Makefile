# `make` alone lists the targets. Everything is installed into .venv/ in this folder, nothing elsewhere.

PYTHON ?= python3
PARAMS ?= params/FY2017.yml

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet --compile

# What is set outside must not put other packages or another "python3" kernel before those in .venv/.
unexport PYTHONHOME PYTHONPATH JUPYTER_PATH
export JUPYTER_PREFER_ENV_PATH := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup report test lint bench lock clean

help: ## list the targets
	@echo "make TARGET   (PYTHON=python3.12 picks the interpreter of .venv, PARAMS=params/2024Q1.yml the report)"
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile | expand -t 10

setup: $(STAMP) ## make .venv with everything pinned in requirements.lock
	@$(BIN)/python -m compileall -q kpianalysis

# editable_mode=compat adds one path to .venv/; setuptools' default imports a finder at every start of Python.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "kpianalysis needs Python 3.11 or newer; '$(PYTHON)' is" \
	        "$$($(PYTHON) --version 2>/dev/null || echo 'not there')." \
	        "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Making $(VENV)/ with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing what requirements.lock pins (a few minutes the first time) ..."
	@$(PIP_INSTALL) --require-hashes --requirement requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $(STAMP)
	@echo "$(VENV)/ is ready."

report: setup ## run PARAMS and write outputs/<cycle>/index.html
	@$(BIN)/kpianalysis run $(PARAMS)

test: lint ## lint, types, then every test with its coverage
	@$(BIN)/python -m pytest --cov=kpianalysis

lint: setup ## ruff (rules and format) and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m mypy

bench: setup ## measure imports, scoring, weight sensitivity, correlation and attainment
	@$(BIN)/python -m benchmarks.imports
	@$(BIN)/python -m benchmarks.scoring
	@$(BIN)/python -m benchmarks.drawn_ranks
	@$(BIN)/python -m benchmarks.stability
	@$(BIN)/python -m benchmarks.importance
	@$(BIN)/python -m benchmarks.sobol
	@$(BIN)/python -m benchmarks.correlation
	@$(BIN)/python -m benchmarks.attainment
	@$(BIN)/python -m benchmarks.process

# Needs uv on PATH, and network. One version of each package for every Python and system, so that a cycle's
# numbers don't depend on the machine. `make lock UPGRADE=--upgrade` moves to the newest versions.
# The constraint: the last argon2-cffi-bindings with wheels for macOS on Intel. Extras stay in the lock: without them
# pip before 23.3 takes the newest coverage[toml] instead of the pinned one, and then finds no hash for it.
lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	@echo 'argon2-cffi-bindings<26' | uv pip compile pyproject.toml --extra dev --constraint - \
	    --output-file requirements.lock $(UPGRADE) \
	    --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	    --no-header --no-annotate --no-strip-extras --no-emit-index-url --no-emit-find-links --quiet

clean: ## remove .venv and caches; outputs/ stays
	@rm -rf $(VENV) build dist *.egg-info .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
