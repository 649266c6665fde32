# FeelingIt: `make run` serves it, `make test` checks all of it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

BIN := .venv/bin
PORT ?= 8501
# Each file of tests on one core, and none of their threads waiting for those of another.
SIDE_BY_SIDE := OMP_NUM_THREADS=1 $(BIN)/pytest -m "not browser" --numprocesses=auto --maxprocesses=4 --dist=loadfile
# The first Python on PATH that is new enough; `make PYTHON=/path/to/python3.12 run` chooses another.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)

.PHONY: help run test check browser postgres bench clean

help: ## list what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

run: .venv/installed ## serve the dashboard at 127.0.0.1:8501 (PORT=8601 for another port)
	@exec $(BIN)/feelingit serve --port $(PORT)

test: .venv/installed-dev browser postgres check-static ## run every check and every test, browser tests included
	$(SIDE_BY_SIDE)
	$(BIN)/pytest -m browser

check: .venv/installed-dev check-static ## run every check and test but those in a browser
	$(SIDE_BY_SIDE)

.PHONY: check-static
check-static: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed-dev ## time FeelingIt beside its named peers (takes a while)
	@missed=0; for script in tests/benchmarks/bench_*.py; do \
		echo "== $$script"; $(BIN)/python $$script || missed=1; done; exit $$missed

clean: ## remove the environment and caches; data/ stays
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "FeelingIt needs Python 3.11 or newer on PATH; install python3 and run make again." >&2; exit 1; fi
	@$(PYTHON) -m venv .venv 2>/dev/null \
		|| { rm -rf .venv; [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv .venv; } \
		|| { rm -rf .venv; echo "Python's venv module is missing; install it (Debian, Ubuntu: sudo apt install python3-venv) and run make again." >&2; exit 1; }

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing FeelingIt into .venv (some minutes the first time: torch is large) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/installed-dev: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,landmarks]'
	@touch $@

# A browser on PATH; else Debian's, when root; else Playwright's own download; else say so.
browser: .venv/installed-dev ## make sure there is a Chromium for the browser tests
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| $(BIN)/playwright install chromium >/dev/null 2>&1 \
		|| { echo "No Chromium was found and none could be installed; install chromium and run make test again, or run make check." >&2; exit 1; }

# PostgreSQL's own programs, as Debian packages them or on PATH; the tests start a server of their own.
postgres: ## make sure there is a PostgreSQL for the database tests
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq postgresql >/dev/null; } \
		|| { echo "No PostgreSQL was found and none could be installed; install postgresql and run make test again, or run make check." >&2; exit 1; }
