# The commands of a day's work; `make help` lists them.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test bench fmt fmt-check clippy layers tidy tests

KARAT := $(or $(CARGO_TARGET_DIR),target)/release/karat
DEMO := demo/agents

define header
@printf '\n== %s ==\n' '$(1)'
endef

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: ## build Karat and run the agents example in demo/agents
	@scripts/setup demo
	$(call header,build)
	cargo build --release -p karat
	$(call header,demo)
	@[ -e $(DEMO)/karat.toml ] || $(KARAT) new $(DEMO) --example agents
	$(KARAT) --project $(DEMO) run
	@printf '\nLook around: %s --project %s db psql\n' '$(KARAT)' '$(DEMO)'

test: setup fmt-check clippy layers tidy tests ## the gate: format, lints, layers, house rules, tests
	@printf '\nall is well\n'

bench: ## make bench NAME=name; without a name, list the benches
	cargo xtask bench $(NAME)

fmt: ## format all Rust code
	cargo fmt --all

setup: ## install what the machine lacks
	@scripts/setup

fmt-check: ## is all Rust code formatted
	$(call header,format)
	cargo fmt --all --check

clippy: ## lints, warnings are errors
	$(call header,clippy)
	cargo clippy --workspace --all-targets -- -D warnings

layers: ## who may depend on whom
	$(call header,layers)
	cargo xtask layers

tidy: ## the house rules of files
	$(call header,tidy)
	cargo xtask tidy

tests: ## the tests alone
	$(call header,tests)
	scripts/test
