# ExpertPool: what to type.
#
#   make demo    set up, then serve a lively demo on http://localhost:8000
#   make test    set up, then run the tests on SQLite and PostgreSQL and in a browser
#   make check   the tests, lint, types, floors, migrations and translations: what CI runs
#   make help    all targets

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PY := $(BIN)/python
WORKERS ?= 2

# Keep compiled modules, also where the environment says not to: a hundred processes of the tests import the same ones.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.PHONY: demo
demo: .venv/ready translations ## set up, load the demo, serve it
	$(BIN)/expertpool up --demo --port $(PORT)

.PHONY: test
test: .venv/ready-dev translations system-packages ## set up, run all tests
	$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

.PHONY: check
check: .venv/ready-dev lint types floors translations ## everything that CI runs
	sh tests/system-packages --required
	EXPERTPOOL_INSIST=1 $(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

.PHONY: system-packages
system-packages:
	sh tests/system-packages

.PHONY: lint
lint: .venv/ready-dev ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: format
format: .venv/ready-dev ## let ruff mend and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: types
types: .venv/ready-dev ## mypy, strict
	$(BIN)/mypy

.PHONY: floors
floors: .venv/ready-dev ## which room may import which
	$(BIN)/lint-imports

.PHONY: translations
translations: ## compile the catalogues
	$(PY) -m expertpool.translations

.PHONY: bench
bench: .venv/ready-dev ## run the benchmarks and print their tables; ARGS="--sizes 1000 20000" for some sizes
	$(PY) -m benchmarks.panel_proposal $(ARGS)
	$(PY) -m benchmarks.proposal_database $(ARGS)
	$(PY) -m benchmarks.best_of_pool $(ARGS)
	$(PY) -m benchmarks.pages $(ARGS)
	$(PY) -m benchmarks.rounds $(ARGS)
	$(PY) -m benchmarks.affinity $(ARGS)
	$(PY) -m benchmarks.training_plans

.PHONY: lock
lock: .venv/ready-dev ## resolve the dependencies anew
	$(BIN)/uv pip compile --upgrade --universal --generate-hashes --python-version 3.11 --no-header \
	    --no-emit-index-url -q pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --upgrade --universal --generate-hashes --python-version 3.11 --no-header \
	    --no-emit-index-url -q --group dev pyproject.toml -o requirements-dev.lock

.PHONY: clean
clean: ## remove what can be made again
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv

.venv/ready: .venv/bin/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --editable .
	@touch $@

.venv/ready-dev: .venv/bin/uv requirements-dev.lock pyproject.toml
	$(BIN)/uv pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/uv pip install --quiet --no-deps --editable .
	@touch $@ .venv/ready
