package main

import (
	"strings"
	"testing"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
)

// A store that is read from one day on and then from an earlier one holds what it would had it been read from there at once.
func TestBackfillReachesFurtherBack(t *testing.T) {
	t.Parallel()
	for _, database := range chaosDatabases {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			read := func(first, second string) dumped {
				c := newCourse(t, database.dsn(t))
				c.must("link", "shopify", "--shop", "chaos")
				c.must("merchant", "set", "Stage", "--since", first)
				c.clock.Advance(backfillAt.Sub(c.clock.Now()))
				c.must("pull")
				if second != "" {
					before := c.read(c.database(), "SELECT COUNT(*) FROM orders")[0][0].text
					c.must("backfill", "--since", second)
					c.must("pull")
					if after := c.read(c.database(), "SELECT COUNT(*) FROM orders")[0][0].text; before == after {
						t.Errorf("there are %s orders as before", after)
					}
				}
				c.must("pull") // what comes after the first pull
				c.must("pull")
				c.rebuilt(c.database())
				d := c.dump(c.database())
				delete(d, "snapshots") // taken twice
				delete(d, "proofs")    // one for each reading
				return d
			}
			twice, once := read("2026-06-01", "2026-05-10"), read("2026-05-10", "")
			if d := once.diff(twice, "at once", "in two steps"); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestBackfillRefuses(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.refused(exitUsage, []string{"since"}, "backfill")
	sh.refused(exitUsage, []string{"such as"}, "backfill", "--since", "then")
	sh.refused(exitFailed, []string{"no store is linked"}, "backfill", "--since", "2023-01-01")
	sh.must("link", "shopify", "--shop", "corner")
	sh.refused(exitUsage, []string{"all there is"}, "backfill", "--since", "2023-01-01")
	sh.env["FOURFOLD_SINCE"] = "2024-01-01"
	sh.refused(exitUsage, []string{"2024-01-01"}, "backfill", "--since", "2025-01-01")
	sh.must("backfill", "--since", "2023-01-01")
	sh.must("backfill", "--since", "2022-01-01")
}

// What is read decides how far back a backfill may reach, whatever was set since.
func TestBackfillGoesByWhatWasRead(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.env["FOURFOLD_SINCE"] = "2026-05-01"
	sh.linkAndPull()
	sh.refused(exitUsage, []string{"still to come"}, "merchant", "set", "Sample Store", "--since", "2030-01-01")
	sh.refused(exitUsage, []string{"still to come"}, "backfill", "--since", "2030-01-01")
	if out := sh.must("merchant", "set", "Sample Store", "--since", "2026-04-01"); !strings.Contains(out, "fourfold backfill --since 2026-04-01") {
		t.Errorf("set says %q", out)
	}
	sh.must("pull", "--quiet")
	sh.refused(exitUsage, []string{"2026-05-01"}, "backfill", "--since", "2026-05-02")
	sh.must("backfill", "--since", "2026-04-15") // later than what is set, and earlier than what was read
	sh.must("pull", "--quiet")
	sh.refused(exitUsage, []string{"2026-04-15"}, "backfill", "--since", "2026-04-15")
	sh.must("merchant", "set", "Sample Store", "--since", "")
	delete(sh.env, "FOURFOLD_SINCE")
	sh.must("backfill", "--since", "2019-01-01") // before the store was opened: all there is
	sh.must("pull", "--quiet")
	sh.refused(exitUsage, []string{"all there is"}, "backfill", "--since", "2018-01-01")
}

// What an app may read by now, and could not when the store was first read, is within reach.
func TestBackfillBehindTheWall(t *testing.T) {
	t.Parallel()
	shop, err := sim.Generate(sim.Config{Seed: 3, Orders: 60, Since: linkAt.AddDate(0, 0, -100), Until: linkAt, Products: 5,
		Domain: "small.myshopify.com", Zone: "Europe/Berlin", Currency: "EUR", Presentments: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, storetest.EmptySQLite(t), shop, linkAt, withoutScopes("read_all_orders"))
	s.wants(exitOK, linkSmall)
	s.wants(exitOK, "pull -q")
	s.wants(exitOK, "backfill --since 2026-01-01", "fourfold pull")
}
