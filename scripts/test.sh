#!/bin/sh
# Every package's tests, once, as a stream of test2json events: under the race detector where goroutines meet, and plainly where the
# detector would slow SQLite in Go tenfold and what runs is made of the former. Run by `make test`, which tells what it says.
set -u

raced="./connectors/... ./internal/link ./internal/metrics ./internal/sim/... ./internal/store ./internal/vault ./internal/web ./internal/worker/..."

# shellcheck disable=SC2086,SC2046 # lists of packages
plain=$(printf '%s\n' $(go list ./...) $(go list $raced) | sort | uniq -u)
failed=0
# shellcheck disable=SC2086
CGO_ENABLED=1 go test -json -race -timeout 30m $raced || failed=1
# shellcheck disable=SC2086
go test -json -timeout 30m $plain || failed=1
exit $failed
