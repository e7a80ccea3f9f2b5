# The commands of this house. `make` alone lists them.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo build release same deb setup test quick faults lint check format docs golden formats oracle oracle-pairs oracle-webhooks fuzz bench clean

# FILTER=CSVTests runs some tests only; ARGS goes to `swift test` as it is.
TEST_ARGUMENTS = $(if $(FILTER),--filter '$(FILTER)') $(ARGS)
# The same for all that is built for release, so that nothing is built twice.
PRODUCT = gradus
# No path of the machine that builds gets into the program, so that others can build the same bytes.
RELEASE = -c release --static-swift-stdlib --product $(PRODUCT) \
  -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now \
  -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=gradus -Xcc -ffile-prefix-map=$(CURDIR)=gradus
# Some of what the compiler writes follows the order of its addresses, which the kernel shuffles;
# some containers forbid to ask it not to.
UNSHUFFLED = $(shell setarch --addr-no-randomize true 2>/dev/null && echo setarch --addr-no-randomize)

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Install what is missing, build, and show a whole exam from blueprint to results
	@.ci/install
	@$(MAKE) --no-print-directory build
	@deploy/demo/run .build/release/gradus

build: ## Build the program for release, as one file in .build/release/gradus
	@$(UNSHUFFLED) swift build $(RELEASE)

release: build ## Write dist/: the stripped program, what it is made of (SPDX), digests
	@.ci/release

same: build ## Build the committed sources in another folder too; fail unless the bytes are the same
	@.ci/release same

deb: release ## Make dist/gradus_….deb: program, manual pages, completions, systemd units
	@.ci/deb

setup: ## Install the Debian packages that building and testing need
	@.ci/install test

test: ## Run all tests beside a throwaway PostgreSQL (FILTER=CSVTests for some)
	@.ci/install test
	@.ci/with-postgres .ci/test $(TEST_ARGUMENTS)

quick: ## Run the tests that need no PostgreSQL (FILTER=CSVTests for some)
	@env -u GRADUS_TEST_POSTGRES .ci/test $(TEST_ARGUMENTS)

faults: ## Run the long form of the fault tests: kills, cuts, full disks (needs no root, more with it)
	@.ci/install test
	@GRADUS_FAULTS=long .ci/with-postgres .ci/test --filter 'Faults/' $(ARGS)

lint: ## Check format, layers, tests that would not run, unfinished work, syntax, pages
	@.ci/lint

check: lint test ## Lint and test: what must hold before a commit

format: ## Put the sources into the house's format
	@swift format format --in-place --recursive --parallel --configuration .swift-format \
	  Sources Tests Package.swift .ci/layers.swift $(wildcard Benchmarks deploy)

docs: ## Write the pages made from tables and declarations, and DocC pages into .build/documentation
	@.ci/typed-answers > Documentation/TypedAnswers.md
	@swift build --product gradus
	@.ci/family-pages .build/debug/gradus Documentation/Families
	@.build/debug/gradus manual --settings > deploy/gradus.env.example
	@.ci/documentation

golden: ## Rewrite the golden files; read the diff before you commit it (FILTER=… for some)
	@.ci/install test
	@GRADUS_GOLDEN=update .ci/with-postgres .ci/test $(TEST_ARGUMENTS)
	@git --no-pager diff --stat

oracle: ## Compare fresh draws and tables with independent engines in Python (DRAWS=50 SEED=1000)
	@swift build --product gradus
	@test -x .build/oracle/bin/python || python3 -m venv .build/oracle
	@.build/oracle/bin/pip install --quiet --disable-pip-version-check \
	  --extra-index-url https://download.pytorch.org/whl/cpu -r Tests/Oracle/requirements.txt
	@.build/oracle/bin/python Tests/Oracle/check.py --gradus .build/debug/gradus \
	  --draws $(or $(DRAWS),50) --seed $(or $(SEED),1000) --record Tests/Oracle/drawn.jsonl
	@python3 Tests/CSVTests/tables.py 2000 $(or $(SEED),1000) >.build/tables.jsonl
	@GRADUS_CSV_TABLES=$(CURDIR)/.build/tables.jsonl .ci/test --filter PythonTests

oracle-pairs: ## Make the pairs of expressions anew, judged by SymPy and 60-digit arithmetic
	@test -x .build/oracle/bin/python || python3 -m venv .build/oracle
	@.build/oracle/bin/pip install --quiet --disable-pip-version-check sympy==1.14.0
	@.build/oracle/bin/python Tests/Oracle/expression_pairs.py Tests/CalculusTests/pairs.tsv --simplify

oracle-webhooks: ## Let the reference library of Standard Webhooks judge real deliveries
	@swift build --product gradus
	@test -x .build/oracle/bin/python || python3 -m venv .build/oracle
	@.build/oracle/bin/pip install --quiet --disable-pip-version-check \
	  standardwebhooks==1.1.0 cryptography==50.0.2 jsonschema==4.26.0
	@.build/oracle/bin/python Tests/Oracle/webhooks.py --gradus .build/debug/gradus

formats: ## Read every format with somebody else's reader (SCHEMAS=folder of IMS's schemas)
	@swift build --product gradus
	@test -x .build/formats/bin/python || python3 -m venv .build/formats
	@.build/formats/bin/pip install --quiet --disable-pip-version-check -r Tests/Formats/requirements.txt
	@rm -rf .build/formats-set && mkdir .build/formats-set
	@.build/debug/gradus new .build/formats-set/w --quiet
	@.build/debug/gradus families --format json | python3 Tests/Formats/all_families.py \
	  >.build/formats-set/all.json5
	@.build/debug/gradus generate .build/formats-set/all.json5 --secret-file .build/formats-set/w/secret \
	  --count 5 --format all --pictures --out .build/formats-set/out --quiet
	@.build/formats/bin/python Tests/Formats/check.py .build/formats-set/out $(SCHEMAS)
	@Tests/Formats/accessibility .build/debug/gradus .build/formats-set/out/*/v1.html
	@for compiler in typst pdflatex lualatex; do echo "every family as a PDF by $$compiler"; \
	  .build/debug/gradus generate .build/formats-set/all.json5 --secret-file .build/formats-set/w/secret \
	    --count 2 --format pdf --compiler $$compiler --out .build/formats-set/$$compiler --quiet \
	    || test $$? = 69 || exit 1; done

fuzz: ## Fuzz the readers of typed answers (SECONDS=600 each, READER=expression for one)
	@.ci/fuzz $(or $(SECONDS),600) $(READER)

bench: ## Measure keys, draws, papers and marked answers per second
	@$(MAKE) -s build PRODUCT=question-speed
	@.build/release/question-speed
	@Benchmarks/marking

clean: ## Remove what was built
	@rm -rf .build
