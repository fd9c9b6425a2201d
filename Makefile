# firingorder. `make help` lists what there is. Works with GNU make 3.81 (macOS) and newer.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
ENV_STAMP := $(VENV)/.installed
# One stamp per kind of screen: a display needs more of the system's libraries than none.
QT_STAMP := $(VENV)/.qt-checked-$(if $(DISPLAY)$(WAYLAND_DISPLAY),screen,offscreen)
LOCK := requirements/lock.txt
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
# Two test workers: the suite has been kept free of shared ports and files.
TEST_WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help env live test test-long fuzz bench bench-library accuracy bench-accuracy bench-movement real-input firmware-test check format-check lint types imports format lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

env: $(ENV_STAMP) ## make .venv from the lock file and install firingorder into it
	@:

$(ENV_STAMP): $(LOCK) pyproject.toml tools/environment.sh
	@sh tools/environment.sh $(VENV) $(LOCK)
	@touch $@

$(QT_STAMP): $(ENV_STAMP) tools/qt_libraries.py
	@$(PY) tools/qt_libraries.py
	@touch $@

live: $(QT_STAMP) ## open the live window on a simulated belt (20 s offscreen without a display)
	@sh tools/live.sh $(BIN)

test: $(QT_STAMP) ## run the whole test suite
	@PYTHONDONTWRITEBYTECODE= QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n $(TEST_WORKERS)

test-long: $(QT_STAMP) ## the same with more kills of the recorder, more exercises and longer sessions
	@PYTHONDONTWRITEBYTECODE= LONG_TESTS=1 QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n $(TEST_WORKERS)

bench: $(QT_STAMP) ## measure speed and size against their bars, write out/bench.json
	@QT_QPA_PLATFORM=offscreen $(PY) -m benchmarks

bench-library: $(QT_STAMP) ## measure library, review, report, export and many recordings against their bars
	@QT_QPA_PLATFORM=offscreen $(PY) -m benchmarks library review review_window report
	@$(PY) -m benchmarks.export
	@$(PY) -m benchmarks.cohort

accuracy: $(ENV_STAMP) ## hold the leads of simulated bridges against the planted ones
	@$(PY) -m benchmarks.accuracy_bridges

firmware-test: $(ENV_STAMP) ## build the firmware, run it here and on emulated processors, record from it
	@sh hardware/firmware/install_tools.sh
	@$(MAKE) -C hardware/firmware test test-qemu sizes
	@FIRMWARE_LONG=1 $(PY) -m pytest -n 0 tests/hardware

$(BENCH_STAMP): $(LOCK) requirements/bench.txt pyproject.toml tools/environment.sh
	@sh tools/environment.sh $(BENCH_VENV) $(LOCK)
	@$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/bench.txt
	@touch $@

bench-accuracy: $(BENCH_STAMP) ## hold ours, tuned peers and the limit against simulated truth, write docs/accuracy.md
	@$(BENCH_VENV)/bin/python -m benchmarks.accuracy $(ARGS)

bench-movement: $(BENCH_STAMP) ## hold repetitions, phases, faults and angles of every exercise against simulated people, write docs/movement.md
	@$(BENCH_VENV)/bin/python -m benchmarks.movement $(ARGS)

real-input: $(QT_STAMP) ## play a real recording through device, window, recording and replay
	@$(PY) -m tests.real.show

fuzz: ## fuzz every decoder for ten minutes under atheris (Linux, Python 3.12 or newer)
	@sh tools/fuzz.sh .venv-fuzz $(LOCK) requirements/fuzz.txt $(ARGS)

check: format-check lint types imports ## format, lint, types and import direction, as CI runs them

format-check: $(ENV_STAMP)
	@$(BIN)/ruff format --check .

lint: $(ENV_STAMP)
	@$(BIN)/ruff check .

types: $(ENV_STAMP)
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright

imports: $(ENV_STAMP)
	@$(BIN)/lint-imports

format: $(ENV_STAMP) ## apply the formatter and the linter's safe fixes
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: $(ENV_STAMP) ## resolve the newest permitted versions anew into requirements/lock.txt
	@sh tools/lock.sh $(BIN)/uv $(LOCK)

clean: ## remove the environment, caches and out/
	rm -rf $(VENV) $(BENCH_VENV) .venv-fuzz out build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
