# Every target runs from a fresh clone. It needs only python3 (3.10 or newer), stable Rust, make, and the package registries.
# The environment is .venv at the repository's root, and the command is .venv/bin/solproof.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ENVIRONMENT := $(VENV)/environment.stamp
NATIVE := $(VENV)/native.stamp
ORACLE := tests/support/oracle
PYTHON_SOURCES := src assurance tests benches guest docs examples setup.py
SPELLED := $(PYTHON_SOURCES) native vectors/README.md $(wildcard *.md)
TEST_PROCESSES ?= 2
PYTHONS ?= python3.10 python3.11 python3.12 python3.13 $(wildcard $(HOME)/.pyenv/versions/3.1[0-3].*/bin/python3)
# The tests for every save. They take under a minute on two cores, and make one proof (tests/test_api.py).
QUICK := tests/air tests/isa tests/program tests/vm tests/accesses tests/statement tests/test_api.py tests/test_layers.py tests/test_tests.py
PROGRAMS ?= 20000
TRANSACTIONS ?= 20000
SEED ?= 1
CHECK_EVERY ?= 1
# The processors of `make wheels`.
ARCHITECTURES ?= x86_64 aarch64

NATIVE_SETTINGS := $(VENV)/native.toml
NATIVE_SOURCES := $(NATIVE_SETTINGS) setup.py .cargo/config.toml native/Cargo.toml native/Cargo.lock \
	$(wildcard native/*/Cargo.toml native/*/src/*.rs)
ORACLE_SOURCES := $(ORACLE)/Cargo.toml $(ORACLE)/Cargo.lock $(wildcard $(ORACLE)/src/*.rs)

# The targets of `make fuzz`, and the seconds for each target.
TARGET ?= elf raw assembly json scene fixture input_bin output_bin proof_file claim engine command invoke
SECONDS ?= 600

.PHONY: help install demo quick test audit pythons conformance check bench reference vectors calibrate docs fuzz wheels lock clean guest
.DEFAULT_GOAL := help

help:
	@echo "make demo     run, compare, prove and verify two real SPL Token transfers"
	@echo "make quick    run the tests for every save, under a minute"
	@echo "make test     run every test"
	@echo "make audit    attack the circuit, compare with the reference and fuzz, for about an hour"
	@echo "make pythons  run the quick tests with every Python from 3.10 to 3.13 on this machine"
	@echo "make conformance  compare random programs and transactions with the reference, check and prove"
	@echo "              (PROGRAMS=20000 TRANSACTIONS=20000 SEED=1 CHECK_EVERY=1)"
	@echo "make guest    build the ZisK guest again, and test it with 2,000 random programs"
	@echo "make check    check formatting, lint, spelling, types, stubs, dead code and Rust"
	@echo "make bench    measure the figures of the README and of docs/benchmarks.md"
	@echo "make reference  write docs/reference and the pictures again, from code and text"
	@echo "make vectors  write vectors/ again, the test cases for other verifiers"
	@echo "make calibrate  measure proofs, and fit the model of solproof estimate"
	@echo "make docs     build the site of the documents, docs/_build/index.html"
	@echo "make fuzz     fuzz every reader of untrusted bytes (SECONDS=600 for each TARGET)"
	@echo "make wheels   build wheels that run on other machines, dist/*.whl, and test them (ARCHITECTURES=x86_64 aarch64)"
	@echo "make install  install only the environment and the command .venv/bin/solproof"
	@echo "make lock     choose the newest Python dependencies again (needs uv)"
	@echo "make clean    remove everything that make has made"

install: $(NATIVE)

demo: $(NATIVE)
	$(BIN)/solproof demo --directory demo

quick: $(NATIVE) $(ORACLE)/target/oracle.stamp
	$(BIN)/python -m pytest -q -n $(TEST_PROCESSES) $(QUICK)

test: $(NATIVE) $(ORACLE)/target/oracle.stamp
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist=worksteal --durations=15

audit: $(NATIVE) $(ORACLE)/target/oracle.stamp
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist=worksteal tests/soundness tests/verifying
	$(MAKE) conformance
	$(MAKE) fuzz SECONDS=60

# The quick tests with every Python from 3.10 to 3.13 that this machine has, each in an environment of its own.
pythons: $(NATIVE) $(ORACLE)/target/oracle.stamp
	for python in $(PYTHONS); do \
		$$python --version > /dev/null 2>&1 || { echo "$$python: not on this machine"; continue; }; \
		rm -rf build/python && $$python -m venv build/python && build/python/bin/python --version && \
		build/python/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt && \
		PYTHONPATH=$(CURDIR)/src build/python/bin/python -m pytest -q $(QUICK) || exit; \
	done

conformance: $(NATIVE) $(ORACLE)/target/oracle.stamp
	$(BIN)/python -m tests.differential --programs $(PROGRAMS) --seed $(SEED) --check-every $(CHECK_EVERY)
	$(BIN)/python -m tests.differential.transactions --transactions $(TRANSACTIONS) --seed $(SEED) --check-every $(CHECK_EVERY)
	$(BIN)/python -m pytest -q -n $(TEST_PROCESSES) --prove tests/runtime/real_programs

guest: $(NATIVE) $(ORACLE)/target/oracle.stamp
	$(BIN)/python guest/build.py
	SOLPROOF_GUEST_PROGRAMS=2000 $(BIN)/python -m pytest -n $(TEST_PROCESSES) tests/zisk

check: $(NATIVE)
	$(BIN)/ruff format --check $(PYTHON_SOURCES)
	$(BIN)/ruff check $(PYTHON_SOURCES)
	$(BIN)/codespell $(SPELLED)
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest solproof._native
	$(BIN)/vulture
	cargo fmt --all --check --manifest-path native/Cargo.toml
	cargo fmt --check --manifest-path $(ORACLE)/Cargo.toml
	cargo clippy --locked --workspace --all-targets --manifest-path native/Cargo.toml -- -D warnings
	cargo clippy --locked --all-targets --manifest-path $(ORACLE)/Cargo.toml -- -D warnings

bench: $(NATIVE)
	$(BIN)/python benches/run.py

reference: $(NATIVE)
	$(BIN)/python -m solproof.reference docs/reference
	$(BIN)/python docs/draw.py

vectors: $(NATIVE)
	$(BIN)/python -m tests.vectors

calibrate: $(NATIVE)
	$(BIN)/python benches/calibrate.py

docs: $(NATIVE)
	$(BIN)/python -m sphinx --fail-on-warning --quiet docs docs/_build
	@echo docs/_build/index.html

fuzz: $(NATIVE) $(ORACLE)/target/oracle.stamp
	for target in $(TARGET); do $(BIN)/python -m tests.fuzz.run $$target --seconds $(SECONDS) || exit; done

# A wheel for x86-64 has a prover for each level of processors, so this takes about half an hour.
# Another architecture needs Rust's standard library for it: rustup target add aarch64-unknown-linux-gnu
wheels: $(NATIVE)
	rm -f dist/*.whl
	for architecture in $(ARCHITECTURES); do \
		rm -rf build/lib* build/bdist*; \
		SOLPROOF_WHEEL=$$architecture PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pip wheel \
			--disable-pip-version-check --no-build-isolation --no-deps --wheel-dir dist . || exit; \
	done
	$(BIN)/python -m pytest tests/test_wheels.py

lock:
	uv pip compile pyproject.toml --extra development --universal --python-version 3.10 \
		--generate-hashes --no-header --no-annotate --upgrade --quiet --output-file requirements.txt

clean:
	rm -rf $(VENV) build demo dist docs/_build fuzz native/target $(ORACLE)/target src/*.egg-info src/solproof/_native/*.so
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find $(PYTHON_SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

$(ENVIRONMENT): requirements.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python 3.10 or newer is needed, this is " + sys.version)'
	@command -v cargo > /dev/null || { echo "Rust is needed: install its stable toolchain"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@touch $@

# The parts of pyproject.toml that affect the build. They are rewritten only when they change, to avoid needless builds.
$(NATIVE_SETTINGS): pyproject.toml | $(ENVIRONMENT)
	@sed -n -e '/^name = /p' -e '/^version = /p' -e '/^\[build-system\]/,/^$$/p' \
		-e '/^\[project.scripts\]/,/^$$/p' -e '/^\[project.entry-points/,/^$$/p' \
		-e '/^\[*tool\.setuptools/,/^$$/p' -e '/^\[tool\.distutils/,/^$$/p' pyproject.toml > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# A release build of the native modules for this machine's processor (.cargo/config.toml).
# The installation is editable, so changes of the Python sources need no build.
$(NATIVE): $(NATIVE_SOURCES) | $(ENVIRONMENT)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(ORACLE)/target/oracle.stamp: $(ORACLE_SOURCES)
	cargo build --release --locked --manifest-path $(ORACLE)/Cargo.toml --target-dir $(ORACLE)/target
	@touch $@
