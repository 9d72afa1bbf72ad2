# The console's commands. `make help` lists them.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.SUFFIXES:

BIN := .venv/bin
# CI installs exact versions with their hashes; other machines install compatible ranges.
REQUIREMENTS := $(if $(CI),requirements-dev.lock,requirements-dev.txt)
# One more than processors: now and then a test waits.
WORKERS ?= $(shell expr $$(nproc) + 1)
BEAUTIFY := $(BIN)/css-beautify --indent-size 2 --space-around-combinator --end-with-newline
STYLES := static/app.css $(wildcard static/css/*.css static/css/*/*.css)

.PHONY: help run demo test check format lock bench trust

help: ## List the commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/installed-to-run ## Install, migrate and serve on http://127.0.0.1:8000 (HOST, PORT).
	@exec $(BIN)/python -m tools.run

demo: .venv/installed-to-run ## Serve the console with an invented organisation, in demo.db (DEMO_PATH).
	@exec $(BIN)/python -m tools.demo

test: check ## Check, then run every test that this machine can run (REQUIRE=... insists, EVERYWHERE=1 takes no turns).
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(WORKERS) --timeout 300

check: .venv/installed-to-test ## Check format, lint, types, import rules, templates and style sheets.
	@$(BIN)/ruff format --check --quiet --diff .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > .venv/lint-imports.txt || { cat .venv/lint-imports.txt; exit 1; }
	@$(BIN)/djlint --check templates > .venv/djlint.txt 2>&1 || { cat .venv/djlint.txt; exit 1; }
	@$(BIN)/djlint --lint templates > .venv/djlint.txt 2>&1 || { cat .venv/djlint.txt; exit 1; }
	@for file in $(STYLES); do $(BEAUTIFY) $$file | diff -u $$file - || exit 1; done

format: .venv/installed-to-test ## Format code, templates and style sheets.
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/djlint --quiet --reformat templates || $(BIN)/djlint --quiet --check templates
	@for file in $(STYLES); do $(BEAUTIFY) --replace $$file > /dev/null; done

lock: .venv/installed-to-test ## Update requirements.lock and requirements-dev.lock.
	@tools/lock.sh

bench: .venv/installed-to-run ## Measure the console against a baseline, on PostgreSQL (OPTIONS="-t all": and its peers).
	@$(BIN)/python -m bench $(OPTIONS)

trust: .venv/installed-to-test ## Try what docs/reliability.md promises (OPTIONS="sqlite": on one database).
	@PYTHONPATH=clients/python $(BIN)/python -m tools.trust $(OPTIONS)

.venv/installed-to-run: requirements.txt
	@tools/install.sh requirements.txt
	@touch $@

.venv/installed-to-test: requirements.txt $(REQUIREMENTS)
	@tools/install.sh $(REQUIREMENTS)
	@touch $@ .venv/installed-to-run
