# make rehearse   an exercise of three allies on this machine, from its file to its teardown
# make test       the tests
# make setup      what both need: .venv, the locked dependencies, the Pulumi CLI, Podman where it may
# make check      ruff, mypy, the layers, the house style
# make bench      how fast and how big, as a table
# make prove      the proofs that take long; a second run goes on where the first was stopped
# make lock       the lock file again, after a change of pyproject.toml

VENV := .venv
BIN := $(VENV)/bin
EXERCISE := examples/steadfast.yaml

# The first Python that is new enough; or name one: make setup PYTHON=...
PYTHON = $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; \
	done; echo python3)

# Two engines side by side fill two cores; a file stays in one process, with what it sets up, and long ones come first.
TEST_PROCESSES ?= 2
PYTEST := $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DELETE_ON_ERROR:
.PHONY: rehearse test setup check bench prove lock clean postgresql

rehearse: setup
	$(BIN)/range rehearse $(EXERCISE)

test: setup postgresql
	$(PYTEST)

setup: $(VENV)/.installed
	@$(BIN)/python -m range.provision.cli >/dev/null
	@$(BIN)/python -m range.rehearsal.hosts.means

# For the tests of several controllers, which are left out where it can't be had.
postgresql:
	@tools/postgresql.sh

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if ls playbooks/*.yml >/dev/null 2>&1; then PATH="$(BIN):$$PATH" ansible-lint --offline playbooks; fi
	$(BIN)/python -m pytest tests/style

bench: setup postgresql
	$(BIN)/python -m bench

prove: setup postgresql
	$(BIN)/python -m pytest -m prove --resume --timeout 7200

lock: setup
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-header --annotation-style line --quiet -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# uv installs in a minute what takes pip over three; pip, with its own configuration, is there if uv can't. Bytecode is
# made now: where Python may not write any later, every command would compile pulumi_aws again, for seconds.
$(VENV)/.installed: $(VENV)/.made requirements.lock pyproject.toml
	@echo "installing the locked dependencies into $(VENV)" >&2
	@sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ /p}' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r $(VENV)/uv.lock
	@$(BIN)/uv pip install --quiet --system-certs --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock \
		|| { echo "uv could not; pip does it instead, in some minutes" >&2; \
		$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock; }
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.made: tools/venv.py
	@$(PYTHON) tools/venv.py $(VENV)
	@touch $@
