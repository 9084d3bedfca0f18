# make run     start everything on this machine      (PORT=8001, DEMO=0 and the other settings of docs/running.md)
# make test    every test, on SQLite and PostgreSQL  (T=tests/rules for some of them)
# make lint    style, types, import contracts, security
PY := .venv/bin/python
PREPARE := sh tools/prepare.sh
T ?= tests

.PHONY: run test lint format bench schema catalogues screenshots clean help

run:
	@$(PREPARE) run && exec $(PY) run.py

test:
	@$(PREPARE) test && exec $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(T)

lint:
	@$(PREPARE) lint
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy run.py config.py app
	.venv/bin/lint-imports --no-logo
	.venv/bin/bandit -q -ll -c pyproject.toml -r app run.py config.py tools seeds
	$(PY) tools/catalogue.py check

format:
	@$(PREPARE) lint
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench:
	@$(PREPARE) lint && exec $(PY) -m bench $(B)

schema:
	@$(PREPARE) lint && exec .venv/bin/flask schema --out schema.sql

catalogues:
	@$(PREPARE) run && $(PY) tools/catalogue.py extract && $(PY) tools/catalogue.py missing && $(PY) tools/catalogue.py compile

screenshots:
	@$(PREPARE) test && exec $(PY) tools/screenshots.py

clean:
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

help:
	@sed -n '/^#/p' Makefile
