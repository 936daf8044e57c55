# Everything runs in .venv, which is made when it is first needed and made up to date when pyproject.toml or the lock
# changes. To use another Python: make test PYTHON=/path/to/python

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements/ci.txt
FOR_USE := $(VENV)/.for-use
FOR_WORK := $(VENV)/.for-work
EXAMPLES := examples/abstracts.jsonl examples/saved-page.txt
PYTEST_ARGS ?= -n 3 --dist worksteal

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo test lint format bench scale rdf score errors analytics resolution classes weights page explorer screenshot lock fuzz clean

help: ## Say what there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

# Sets up .venv with kg and the extras given. Nothing is compiled yet: Python does so when it imports a module, and most
# of what is installed is never imported.
define set-up
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'kg needs Python 3.11 or later: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@echo 'setting up $(VENV)$(if $(1), to work on kg)'
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --no-compile --constraint $(LOCK) --editable '.$(1)'
endef

$(FOR_USE): pyproject.toml $(LOCK)
	$(call set-up)
	@touch $@

$(FOR_WORK): pyproject.toml $(LOCK)
	$(call set-up,[dev])
	@touch $(FOR_USE) $@

install: $(FOR_USE) ## Set up .venv with kg in it

demo: $(FOR_USE) ## Build the graph of the example papers, and say what it holds
	@$(BIN)/kg build $(EXAMPLES) -o demo/
	@echo
	@$(BIN)/kg stats demo/ --top 5
	@echo
	@echo 'Look at it:     open demo/graph.html in a browser'
	@echo 'Ask why:        $(BIN)/kg explain "We propose FooNet, which reaches 92.3% accuracy on ImageNet."'
	@echo 'Use your own:   $(BIN)/kg build YOUR-FILES -o my-graph/'

test: $(FOR_WORK) ## Run the tests
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(FOR_WORK) ## Check style, formatting and types
	@status=0; for check in 'ruff check .' 'ruff format --check .' mypy; do $(BIN)/$$check || status=1; done; exit $$status

format: $(FOR_WORK) ## Put the code in the one format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(FOR_USE) ## Measure the speed beside that of spaCy's tokenizer, and builds of all sizes (make scale)
	@$(BIN)/python benchmarks/throughput.py
	@$(BIN)/python benchmarks/scale.py --all

scale: $(FOR_USE) ## Measure builds of up to 84,442 papers by size and workers, and draw docs/scale.svg (needs ../shared)
	@$(BIN)/python benchmarks/scale.py --all --plot docs/scale.svg

rdf: $(FOR_USE) ## Measure how fast RDF is written, read and queried, beside pyoxigraph and rdflib
	@$(BIN)/python benchmarks/rdf.py
	@$(BIN)/python benchmarks/store.py

score: $(FOR_USE) ## Measure how well kg reads the annotated abstracts (needs ../shared)
	@$(BIN)/python benchmarks/accuracy.py

analytics: $(FOR_WORK) ## Measure the analyses: how long they take, and what gaps and similar papers are worth
	@$(BIN)/python benchmarks/analytics.py

resolution: $(FOR_USE) ## Measure how well names of different papers are told to be one thing (needs ../shared)
	@$(BIN)/python benchmarks/resolution.py

fuzz: $(FOR_WORK) ## Read what a fuzzer makes of the samples, format by format, in search of input that does harm
	@$(BIN)/python -m pip install --quiet 'atheris>=2.3'
	@$(BIN)/python benchmarks/fuzz.py

errors: $(FOR_WORK) ## Say what goes wrong with results, by cause (needs ../shared; after make weights)
	@$(BIN)/python benchmarks/result_errors.py

classes: $(FOR_WORK) ## Make rules/word-classes.tsv of the corpus anew; then fit the weights (needs ../shared)
	@$(BIN)/python benchmarks/word_classes.py

weights: $(FOR_WORK) ## Fit the weights in rules/ to the annotated abstracts anew (needs ../shared)
	@$(BIN)/python benchmarks/fit_weights.py --write
	@$(BIN)/python benchmarks/fit_role_weights.py --write
	@$(BIN)/python benchmarks/fit_result_weights.py --write

page: $(FOR_WORK) ## Measure how soon the page of a graph can be read, beside pyvis (needs Chromium)
	@$(BIN)/python benchmarks/page.py

explorer: $(FOR_WORK) ## Measure how fast the explorer starts and answers, and maps are drawn (needs Chromium)
	@$(BIN)/python benchmarks/serve.py --browser

screenshot: $(FOR_WORK) ## Take the pictures of the page and the explorer anew (needs Chromium)
	@$(BIN)/python docs/screenshot.py docs/graph-page.png docs/explorer-page.png

lock: ## Pin anew what is installed
	@rm -rf .cache/lock
	@"$(PYTHON)" -m venv .cache/lock
	@.cache/lock/bin/python -m pip install --quiet --editable '.[dev]'
	@head -1 $(LOCK) > .cache/lock.txt
	@.cache/lock/bin/python -m pip freeze --all --exclude pip --exclude-editable >> .cache/lock.txt
	@mv .cache/lock.txt $(LOCK)

clean: ## Remove all that was made, .venv too
	rm -rf $(VENV) .cache demo out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
