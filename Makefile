# From a fresh clone to the dashboard with `make run`. Needs python3 (3.11 or newer), make and git, nothing else.

HOST ?= 127.0.0.1
PORT ?= 8050
SONGS ?= songs
LIBRARY ?= library
PASSWORD_FILE ?=
OPEN ?=

PYTHON = .venv/bin/python
INSTALL = $(PYTHON) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

.PHONY: install run test lint docs pictures bench clean

install: .venv/installed

run: install
	@[ -n "$$(ls -A '$(SONGS)' 2>/dev/null)" ] || $(PYTHON) cli.py demo '$(SONGS)'
	@$(PYTHON) cli.py build-index '$(SONGS)' --library '$(LIBRARY)'
	@$(PYTHON) -m dashboard --library '$(LIBRARY)' --host '$(HOST)' --port '$(PORT)' \
	    $(if $(PASSWORD_FILE),--password-file '$(PASSWORD_FILE)') $(if $(OPEN),--open)

test: .venv/installed-dev
	$(PYTHON) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

lint: .venv/installed-dev
	$(PYTHON) -m ruff check
	$(PYTHON) -m mypy
	@[ ! -x .venv/bin/hadolint ] || .venv/bin/hadolint Dockerfile

# What every command says of itself, as a page.
docs: .venv/installed-dev
	$(PYTHON) tests/manual.py

# The pictures of the README, of the songs in the folder that SONGBOARD_DEV_SONGS names; needs chromium.
pictures: .venv/installed-dev
	SONGBOARD_SCREENSHOTS=docs $(PYTHON) -m pytest tests/browser/test_screenshots.py -k story

# A quarter of an hour on two cores; a million vectors want 3 GB. The page is drawn by Debian's chromium.
bench: .venv/installed-bench
	$(PYTHON) -m benchmarks.growth measure build --songs 1000,10000,100000
	$(PYTHON) -m benchmarks.growth measure search --songs 1000,10000,100000,1000000
	$(PYTHON) -m benchmarks.growth measure map --songs 1000,10000,100000
	$(PYTHON) -m benchmarks.growth measure page click --songs 1000,10000,100000
	$(PYTHON) -m benchmarks.growth draw

# Songs and libraries are yours: they stay.
clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make a second run start at once; they age when what to install changes.
.venv/installed: setup.cfg pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Songboard into .venv; the first time takes some minutes."
	@$(INSTALL) .
	@touch $@

.venv/installed-dev: .venv/installed
	@$(INSTALL) '.[dev]'
	@touch $@

.venv/installed-bench: .venv/installed
	@$(INSTALL) '.[bench]'
	@touch $@

# constraints.txt was made on 3.11, so that one is asked first.
.venv/bin/python:
	@for python in python3.11 python3.12 python3.13 python3; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        exec $$python -m venv .venv; \
	    fi; \
	done; \
	echo "Songboard needs Python 3.11 or newer: install it, then run make again." >&2; exit 1
