# `make` tells what there is. Everything here runs from a fresh clone.
.DEFAULT_GOAL := help
.PHONY: help demo demo-down app test test-full lint format images lock benchmark

# Any Python the project supports, for what needs nothing installed.
PYTHON := $(shell for python in python3 python3.11 python3.12 python3.13; do \
  $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$python && break; done)
OLDEST := .venv
NEWEST := .venv-3.13
BIN := $(OLDEST)/bin
ON_CLUSTER := PYTHONPATH=tests/cluster $(or $(PYTHON),$(error Python 3.11, 3.12 or 3.13 is needed on the PATH))

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: ## Bring up a Kubernetes node, install the operator and show a running vault
	@$(ON_CLUSTER) -m demo up

demo-down: ## Remove the demo: no process, mount, namespace or bridge stays behind
	@$(ON_CLUSTER) -m demo down

app: ## Run the app alone, on SQLite, at http://localhost:8000
	@$(PYTHON) tests/environment.py $(ALONE)/venv app 3.13 3.12 3.11
	@umask 077 && mkdir -p $(MEDIA_ROOT) && for secret in secret-key password token; do \
	  test -s $(ALONE)/$$secret || $(PYTHON) -c 'import secrets; print(secrets.token_hex(20))' > $(ALONE)/$$secret; done
	@umask 077 && cd vaultapp && PATH="$(ALONE)/venv/bin:$$PATH" && python manage.py prepare && \
	  echo "The vault is at http://localhost:8000, user admin, password and API token in build/app" && \
	  { python manage.py work & } && \
	  exec gunicorn --config gunicorn.conf.py --bind localhost:8000 mediavault.wsgi:application

ALONE := $(CURDIR)/build/app
app: export MEDIA_ROOT := $(ALONE)/media
app: export DATABASE_URL := sqlite:///$(ALONE)/db.sqlite3
app: export SECRET_KEY_FILE := $(ALONE)/secret-key
app: export ADMIN_USERNAME := admin
app: export ADMIN_PASSWORD_FILE := $(ALONE)/password
app: export ADMIN_TOKEN_FILE := $(ALONE)/token

test: $(OLDEST)/installed ## Run everything: lint, units, PostgreSQL, real pods, a real browser
	@$(PYTHON) tests/environment.py $(NEWEST) dev 3.13
	@PYTHONPATH=tests/cluster $(BIN)/python tests/run.py $(BIN)/python $(NEWEST)/bin/python

test-full: $(OLDEST)/installed ## Run everything, with the large matrices whole
	@$(PYTHON) tests/environment.py $(NEWEST) dev 3.13
	@PYTHONPATH=tests/cluster $(BIN)/python tests/run.py --full $(BIN)/python $(NEWEST)/bin/python

lint: $(OLDEST)/installed ## Check style, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	PYTHONPATH=operator:vaultapp $(BIN)/lint-imports

format: $(OLDEST)/installed ## Put the code in the house's style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

benchmark: $(OLDEST)/installed ## Measure SUITE (app or operator) beside its references, into docs/performance.md; ROWS="lists" for some
	@PYTHONPATH=operator:tests/cluster $(BIN)/python -m benchmarks $(or $(SUITE),app) $(ROWS)

images: ## Build the container images that changed
	@$(ON_CLUSTER) -m images build

lock: $(OLDEST)/installed ## Compile requirements/*.txt from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet $(LOCK) --extra operator --output-file requirements/operator.txt pyproject.toml
	$(BIN)/uv pip compile --quiet $(LOCK) --extra app --output-file requirements/app.txt pyproject.toml
	$(BIN)/uv pip compile --quiet $(LOCK) --all-extras --output-file requirements/dev.txt pyproject.toml

# One lock for all supported versions and platforms, without a word about where packages come from.
LOCK := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

$(OLDEST)/installed: requirements/dev.txt
	@$(PYTHON) tests/environment.py $(OLDEST) dev 3.11 3.12 3.13
	@touch $@
