.PHONY: check format docs test bench

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

test:
	pytest

bench:            ## speed as ratios against bare loops, within one run
	python -m benchmarks
