#!/bin/sh
# Every test, once, as a stream of test2json events, which `make test` tells of: under the race detector where goroutines meet, and plainly
# elsewhere. The program's own tests are plain, and so are those that would work for minutes and bring no goroutines together that others
# do not: the detector slows SQLite, which is Go here, tenfold.
set -eu

long='TestMerchantsAreApart|TestCDNOW|TestARedactionChangesNoTotal|TestAllConnectionsFollowTheFacts|TestTotalsFollowTheFacts'
long="$long|TestSpendIsPublishedAfterItsGrace|TestTheLifeOfAMonth|TestATargetJudgesAtOnce"
all=$(go list ./...)
raced=$(go list ./connectors/... ./internal/link ./internal/metrics ./internal/sim/... ./internal/store ./internal/vault ./internal/web ./internal/worker/...)
plain=$(printf '%s\n' "$all" "$raced" | sort | uniq -u | grep -vx fourfold)
failed=0
# The rules of the house ask go list who imports whom: what it reads is nothing that Go's cache of results knows of.
go test -json -count=1 . || failed=1
# shellcheck disable=SC2086 # lists of packages
CGO_ENABLED=1 go test -json -race -timeout 30m -skip "^($long)\$" $raced || failed=1
# shellcheck disable=SC2086
go test -json -timeout 30m -run "^($long)\$" $(grep -rlE "^func ($long)\(" --include='*_test.go' . | xargs -n1 dirname | sort -u) || failed=1
# shellcheck disable=SC2086
go test -json -timeout 30m $plain || failed=1
exit $failed
