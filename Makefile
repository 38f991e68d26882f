# `make` alone lists the targets. Everything is set up in .venv (and .venv-3.12, .venv-docs, ...) inside this folder from
# the hashed files in requirements/; a stamp file in each says which requirements it was made from.

VERSIONS := 3.11 3.12 3.13
VENV     := .venv
PYTHON   ?= $(shell .ci/find-python $(VERSIONS) 3)
BIN      := $(VENV)/bin/python -m
UV       ?= uv
PYTEST   ?= -q -n auto
MINUTES  ?= 60
SEED     ?= 1
SEEDS    ?= 0:2000
JOBS     ?= 2
LOCK     := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
            --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint format check agree bench fuzz mutants docs lock clean coverage $(VERSIONS:%=test-%)

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/run.stamp  ## decide the example cases and count a deadline
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" sh examples/demo.sh

test: lint coverage test-$(lastword $(VERSIONS))  ## lint, test with coverage, test again on the newest Python if it is here

lint: $(VENV)/dev.stamp  ## rules of style, formatting, types
	@echo "==> ruff check"; $(BIN) ruff check --quiet .
	@echo "==> ruff format --check"; $(BIN) ruff format --quiet --check .
	@echo "==> mypy --strict"; $(BIN) mypy src
	@# a test is a sentence: it needs no `-> None`, and what it calls is checked all the same
	@$(BIN) mypy --allow-untyped-defs --allow-incomplete-defs --allow-untyped-calls tests
	@$(BIN) mypy benchmarks examples

format: $(VENV)/dev.stamp  ## format the code and mend what ruff can mend
	@$(BIN) ruff format . && $(BIN) ruff check --fix .

coverage: $(VENV)/spark.stamp $(VENV)/durable.stamp
	@echo "==> pytest with coverage, Python $$($(VENV)/bin/python -V | cut -d' ' -f2)"
	@# the plugin of pytest imports the package before a plugin that measures could begin
	@$(BIN) coverage erase
	@$(BIN) coverage run -m pytest $(PYTEST)
	@$(BIN) coverage combine --quiet
	@$(BIN) coverage report

$(VERSIONS:%=test-%): test-%: $(VENV)/dev.stamp
	@if $(VENV)/bin/python -V | grep -q ' $*\.'; then exit 0; fi; \
	if ! .ci/find-python $* >/dev/null; then echo "==> Python $*: no working interpreter here, its tests are not run"; exit 0; fi; \
	$(MAKE) --no-print-directory .venv-$*/dev.stamp && \
	echo "==> pytest, Python $$(.venv-$*/bin/python -V | cut -d' ' -f2)" && \
	.venv-$*/bin/python -m pytest $(PYTEST) -m "not long"

check: $(VENV)/run.stamp  ## check the rule packs, and test them against their cases
	@$(BIN) vedligehold check
	@$(BIN) vedligehold test

fuzz: $(VENV)/dev.stamp  ## read mutated packs and cases for an hour (MINUTES=5 for less)
	@PYTHONPATH=tests $(BIN) fuzz --minutes $(MINUTES) --seed $(SEED)

agree: $(VENV)/spark.stamp $(VENV)/durable.stamp  ## decide a million rows in columns and one by one, 200,000 cases twice (SEEDS=0:2000)
	@PYTHONPATH=tests $(BIN) opinions
	@PYTHONPATH=tests VEDLIGEHOLD_PACKS=60 $(BIN) agreement --seeds $(SEEDS) --processes $(JOBS)

bench: .venv-bench/bench.stamp  ## measure beside named peers, and write docs/performance.md
	@PYTHONPATH=tests:examples:benchmarks .venv-bench/bin/python benchmarks/run.py

docs: .venv-docs/docs.stamp  ## build the documentation into site/
	@echo "==> mkdocs build --strict"; .venv-docs/bin/python -m mkdocs build --quiet --strict --clean

mutants: .venv-mutants/mutants.stamp  ## change the library in small ways and see that a test fails on each (JOBS=2; MODULE=settle)
	@echo "==> mutants of the library: an hour or less; an interrupted run goes on where it was"
	@PYTHONHASHSEED=0 .venv-mutants/bin/python .ci/mutants.py $(MODULE)

lock:  ## resolve the requirement files again (needs uv; UPGRADE=1 takes newer versions)
	@echo "==> requirements/run.txt, dev.txt, spark.txt, durable.txt, docs.txt, bench.txt, mutants.txt"
	@$(LOCK) pyproject.toml requirements/run.in --output-file requirements/run.txt
	@$(LOCK) requirements/dev.in --output-file requirements/dev.txt
	@$(LOCK) requirements/spark.in --output-file requirements/spark.txt
	@$(LOCK) requirements/durable.in --output-file requirements/durable.txt
	@$(LOCK) requirements/docs.in --output-file requirements/docs.txt
	@$(LOCK) requirements/bench.in --output-file requirements/bench.txt
	@$(LOCK) requirements/mutants.in --output-file requirements/mutants.txt
	@if grep -n '://' requirements/*.txt; then echo "an address does not belong in a requirement file" >&2; exit 1; fi

clean:  ## remove what make made
	@rm -rf .venv .venv-* build dist site .coverage .coverage.* htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# --- virtual environments ---

# $(call install,folder,file): what requirements/<file>.txt pins, by hash, then the project itself in place. Python compiles
# what is imported, which of the large libraries is a small part: not all at once, that takes as long as the rest
define install
@echo "==> $(1): installing requirements/$(2).txt"
@$(1)/bin/python -m pip install -qq --no-compile --require-hashes -r requirements/$(2).txt
@$(1)/bin/python -m pip install -qq --no-deps --no-build-isolation -e .
endef

# $(call build,folder,file): what comes as source, built with the setuptools that the folder has by hash
define build
@echo "==> $(1): building requirements/$(2).txt"
@$(1)/bin/python -m pip install -qq --no-compile --require-hashes --no-build-isolation --use-pep517 -r requirements/$(2).txt
endef

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "no working Python 3.11 or newer found" >&2; exit 1; }
	@echo "==> $(VENV): $$($(PYTHON) -V) ($(PYTHON))"
	@$(PYTHON) -m venv --clear $(VENV)

.venv-docs/pyvenv.cfg .venv-bench/pyvenv.cfg .venv-mutants/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "no working Python 3.11 or newer found" >&2; exit 1; }
	@echo "==> $(@D): $$($(PYTHON) -V) ($(PYTHON))"
	@$(PYTHON) -m venv --clear $(@D)

$(VERSIONS:%=.venv-%/pyvenv.cfg): .venv-%/pyvenv.cfg:
	@python=$$(.ci/find-python $*) && echo "==> .venv-$*: $$("$$python" -V) ($$python)" && "$$python" -m venv --clear .venv-$*

# dev.txt holds everything in run.txt, so what is set up for tests is set up to run as well
$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(VENV)/pyvenv.cfg
	$(call install,$(VENV),run)
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml | $(VENV)/pyvenv.cfg
	$(call install,$(VENV),dev)
	@touch $(VENV)/run.stamp $@

# Spark is large: the tests that need it run on the first Python, and say elsewhere that they are skipped
$(VENV)/spark.stamp: requirements/spark.txt $(VENV)/dev.stamp
	$(call build,$(VENV),spark)
	@touch $@

# of Python 3.13 and newer nothing: it does not run there, and its tests say that they are skipped
$(VENV)/durable.stamp: requirements/durable.txt $(VENV)/dev.stamp
	$(call build,$(VENV),durable)
	@touch $@

$(VERSIONS:%=.venv-%/dev.stamp): .venv-%/dev.stamp: requirements/dev.txt pyproject.toml | .venv-%/pyvenv.cfg
	$(call install,.venv-$*,dev)
	@touch $@

.venv-bench/bench.stamp: requirements/bench.txt requirements/spark.txt requirements/durable.txt pyproject.toml | .venv-bench/pyvenv.cfg
	$(call install,.venv-bench,bench)
	$(call build,.venv-bench,spark)
	$(call build,.venv-bench,durable)
	@touch $@

.venv-docs/docs.stamp: requirements/docs.txt | .venv-docs/pyvenv.cfg
	@echo "==> .venv-docs: installing requirements/docs.txt"
	@.venv-docs/bin/python -m pip install -qq --require-hashes -r requirements/docs.txt
	@touch $@

.venv-mutants/mutants.stamp: requirements/mutants.txt | .venv-mutants/pyvenv.cfg
	@echo "==> .venv-mutants: installing requirements/mutants.txt"
	@.venv-mutants/bin/python -m pip install -qq --require-hashes -r requirements/mutants.txt
	@touch $@
