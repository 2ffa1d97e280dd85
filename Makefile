# Two commands for people: `make up` and `make test`. Each makes .venv first, and is quick when nothing changed.
.POSIX:
.DELETE_ON_ERROR:
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null)
VENV := .venv
BIN := $(VENV)/bin

ifdef UV
create_venv = uv venv -q --allow-existing --python $(PYTHON) $(VENV)
install = VIRTUAL_ENV=$(CURDIR)/$(VENV) uv pip install -q
else
create_venv = $(PYTHON) -m venv $(VENV)
install = $(BIN)/python -m pip install -q --disable-pip-version-check
endif

.PHONY: up test check docs bench requirements clean

up: $(VENV)/.run
	@exec $(BIN)/sickbay up

# In a folder with a short name, for paths of sockets may not be long; what failed stays there to be looked at.
test: $(VENV)/.dev
	folder=$$(mktemp -d /tmp/test.XXXX) && \
	$(BIN)/python -m pytest --numprocesses=auto --basetemp=$$folder $(PYTEST_ARGS) && rm -rf $$folder

# What CI asks besides the tests.
check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.generate --check

# Writes the documents that follow from the code.
docs: $(VENV)/.dev
	$(BIN)/python -m docs.generate

# Measures everything anew, for README's table (needs Docker; takes minutes, and a machine that does nothing else).
bench: $(VENV)/.dev
	$(BIN)/python -m bench.all
	$(BIN)/python -m docs.generate

$(VENV)/.run: requirements/build.txt requirements/run.txt pyproject.toml
	$(create_venv)
	$(install) --require-hashes -r requirements/build.txt
	$(install) --require-hashes -r requirements/run.txt
	$(install) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(install) --require-hashes -r requirements/dev.txt
	@touch $@

# Pins anew from pyproject.toml (needs uv). No host is named in what it writes.
COMPILE = uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url
requirements:
	$(COMPILE) --group build -o requirements/build.txt
	$(COMPILE) pyproject.toml -o requirements/run.txt
	$(COMPILE) pyproject.toml --group dev -o requirements/dev.txt

clean:
	rm -rf $(VENV)
