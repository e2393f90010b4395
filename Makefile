# setup: environment; demo: the Longdong demo on http://127.0.0.1:8000; test: everything; soak: the long runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.PHONY: setup setup-dev demo test soak bench messages clean

setup: $(BIN)/.ready

setup-dev: $(BIN)/.ready-dev

$(BIN)/.ready: requirements.txt requirements-uv.txt pyproject.toml
	sh bin/setup $(PYTHON) requirements.txt
	@touch $@

$(BIN)/.ready-dev: requirements-dev.txt requirements-uv.txt pyproject.toml
	sh bin/setup $(PYTHON) requirements-dev.txt
	@touch $@ $(BIN)/.ready

demo: setup
	$(BIN)/hawthorn demo

test: setup-dev
	$(BIN)/python bin/test.py

soak: setup-dev
	$(BIN)/python bin/test.py --soak

bench: setup-dev
	$(BIN)/python -m bench.run

messages: setup-dev
	$(BIN)/python bin/messages.py

clean:
	rm -rf $(VENV) data build .pytest_cache .mypy_cache .ruff_cache
