package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fourfold/internal/shapes"
	sim "fourfold/internal/sim/shopify"
)

// What a customer may ask for works without a webhook: a report, and a redaction that changes nothing of the scorecard.
func TestPrivacy(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.refused(exitFailed, []string{"no store is linked"}, "privacy", "report", "--customer", "7")
	sh.linkAndPull()
	if out := sh.must("audit"); !strings.Contains(out, "Nothing is on record") {
		t.Errorf("before anything was asked for: %s", out)
	}
	var who *sim.Customer
	sh.srv.View(func(shop *sim.Shop) {
		for _, c := range shop.Customers {
			if who == nil || c.Orders > who.Orders {
				who = c
			}
		}
	})
	id := fmt.Sprint(who.ID)
	report := func(flags ...string) (held heldReport) {
		t.Helper()
		if err := json.Unmarshal([]byte(sh.must(append([]string{"privacy", "report"}, flags...)...)), &held); err != nil {
			t.Fatal(err)
		}
		return held
	}
	held := report("--customer", "gid://shopify/Customer/"+id, "--connection", "corner")
	if held.Store != "Sample Store" || held.Customer != id || held.Redacted || held.Record == nil || len(held.Orders) != who.Orders || who.Orders < 2 {
		t.Fatalf("held of a customer with %d orders: %+v", who.Orders, held)
	}
	db := sh.open()
	may, totals := sh.must("show", "2026-05"), sh.count(db, "SELECT SUM(amount) FROM totals")
	if out := sh.must("privacy", "redact", "--customer", id); !strings.Contains(out, fmt.Sprintf("whom %d orders named", len(held.Orders))) {
		t.Errorf("redact says %q", out)
	}
	if out := sh.must("privacy", "redact", "--customer", id); !strings.Contains(out, "redacted before") {
		t.Errorf("once more redact says %q", out)
	}
	// The provider still shows the customer, and has news of an order: the next pull leaves it redacted.
	if err := sh.srv.Change(func(shop *sim.Shop) error {
		who.LastOrder.UpdatedAt = sim.At(sh.clock.Now())
		shop.Touch(who.LastOrder)
		shop.SetConsent(who, sim.At(sh.clock.Now()), false)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sh.must("pull", "--quiet")
	sh.must("rebuild")
	if held := report("--customer", id); !held.Redacted || held.Record != nil || len(held.Orders) != 0 {
		t.Errorf("held once redacted: %+v", held)
	}
	if n := sh.count(db, "SELECT COUNT(*) FROM orders WHERE customer_id LIKE 'redacted-%'"); n != len(held.Orders) {
		t.Errorf("%d orders name the random ID, want %d", n, len(held.Orders))
	}
	if sh.must("show", "2026-05") != may || sh.count(db, "SELECT SUM(amount) FROM totals") != totals {
		t.Error("a redaction changed what was counted")
	}

	sh.stdin = "no\n"
	sh.refused(exitUsage, []string{"nothing was erased"}, "privacy", "erase")
	sh.stdin = ""
	sh.must("privacy", "erase", "--connection", "corner", "--yes")
	if n := sh.count(db, "SELECT (SELECT COUNT(*) FROM orders) + (SELECT COUNT(*) FROM customers) + (SELECT COUNT(*) FROM connections)"); n != 0 {
		t.Errorf("%d rows are left of an erased store", n)
	}
	var entries []shapes.AuditEntry
	sh.json(&entries, "audit")
	var actions []string
	for _, e := range entries {
		actions = append(actions, e.Action)
		if strings.Contains(e.Detail, id) {
			t.Errorf("the audit log names a customer: %+v", e)
		}
	}
	if got := strings.Join(actions, ", "); got != "store erased, customer data requested, customer redacted, customer redacted, customer data requested" {
		t.Errorf("on record: %s", got)
	}
	sh.refused(exitFailed, []string{"no store is linked"}, "privacy", "redact", "--customer", id)
}
