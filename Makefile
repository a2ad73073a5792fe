# Two commands do all the set-up: make demo, make test.
.DEFAULT_GOAL := help
export CGO_ENABLED ?= 0
TOOL := go tool -modfile=tools/go.mod
BIN := bin/fourfold

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## bin/fourfold, one static binary
	@mkdir -p bin
	go build -trimpath -ldflags "-s -w" -o $(BIN) ./cmd/fourfold

.PHONY: demo
demo: build ## link a simulated store, pull two years, print its scorecard (ORDERS=file.txt serves those orders instead)
	@$(BIN) demo $(if $(ORDERS),--orders "$(ORDERS)") $(DEMO_FLAGS)

.PHONY: demo-serve
demo-serve: build ## serve the demo merchant's pages on 127.0.0.1, with the simulators behind them (makes the demo first, where there is none)
	@$(BIN) demo --serve $(DEMO_FLAGS)

.PHONY: screenshots
screenshots: test-deps ## every page of the demo merchant at 390 and 1280 px, light and dark, and the one-page print, into docs/screenshots
	FOURFOLD_SCREENSHOTS="$(CURDIR)/docs/screenshots" go test -count=1 -timeout 20m -run TestScreenshots -v ./cmd/fourfold

.PHONY: test
test: test-deps ## everything CI runs: vet, linters, race detector, both databases, import rules, generated docs
	go vet ./...
	go vet -tags bench,release ./cmd/fourfold
	$(TOOL) golangci-lint run
	$(TOOL) gotestsum --format pkgname --format-hide-empty-pkg --raw-command -- ./scripts/test.sh

.PHONY: test-deps
test-deps: ## installs what the tests need from Debian, where it is missing and it may
	@sh scripts/test-deps.sh

.PHONY: chaos
chaos: ## kill -9 at 60 random moments of a backfill and of a night, and every fault of the simulator, on both databases
	FOURFOLD_CHAOS=60 go test -count=1 -timeout 60m -run Chaos -v ./cmd/fourfold

.PHONY: chaos-cluster
chaos-cluster: ## kill -9 at 100 random moments, a frozen worker and restarts of Postgres while three workers serve 200 merchants
	FOURFOLD_CHAOS_CLUSTER="200 100" go test -count=1 -timeout 180m -run ChaosCluster -v ./cmd/fourfold

.PHONY: bench
bench: test-deps ## the figures of docs/performance.md, measured side by side in one run
	go test -tags bench -count=1 -timeout 120m -run Bench -v ./cmd/fourfold

.PHONY: docs
docs: build ## docs/kpis.md from the catalogue
	$(BIN) kpis --docs docs/kpis.md

.PHONY: clean
clean: ## what was built, and the demo's files
	rm -rf bin demo
