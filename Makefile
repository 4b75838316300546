.PHONY: check format docs test contract bench

check:            ## what CI runs: format, lint, types, tests
	ruff format --check .
	ruff check .
	mypy
	pytest -n 2

format:           ## rewrite what `check` would complain about
	ruff format .
	ruff check --fix .

docs:             ## write the tables of the documentation anew
	python docs/tables.py
	telnyx-emulator schema --output telnyx_emulator/scenarios/schema.json

test:             ## quick feedback: all tests but the slow ones
	pytest -m "not slow"

contract:         ## distil the facts that tests/contract compares with anew: make contract DOCUMENT=voice.openapi.json
	python tests/contract/distil.py $(DOCUMENT) $(ERROR_CODES) > tests/contract/facts.new
	mv tests/contract/facts.new tests/contract/facts.json

# The list of error codes lies beside the document, unless it is named.
ERROR_CODES = $(dir $(DOCUMENT))error-codes.json

bench:            ## speed as ratios against bare loops, within one run
	python -m benchmarks
