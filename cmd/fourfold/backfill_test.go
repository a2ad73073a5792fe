package main

import "testing"

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
	sh.refused(exitUsage, []string{"2023-01-01"}, "backfill", "--since", "then")
	sh.refused(exitFailed, []string{"no store is linked"}, "backfill", "--since", "2023-01-01")
	sh.must("link", "shopify", "--shop", "corner")
	sh.refused(exitUsage, []string{"all there is"}, "backfill", "--since", "2023-01-01")
	sh.env["FOURFOLD_SINCE"] = "2024-01-01"
	sh.refused(exitUsage, []string{"2024-01-01"}, "backfill", "--since", "2025-01-01")
	sh.must("backfill", "--since", "2023-01-01")
	sh.must("backfill", "--since", "2022-01-01")
}
