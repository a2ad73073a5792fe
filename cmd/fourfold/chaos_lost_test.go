package main

import (
	"strings"
	"testing"

	"fourfold/internal/store/storetest"
)

// TestChaosDatabaseLost takes the database away in the middle of a page, several times. Each pull says so, and the next goes on where the last page ended:
// what Shopify was asked to prepare is not asked for again, and in the end all is as if nothing had happened.
func TestChaosDatabaseLost(t *testing.T) {
	t.Parallel()
	dsn := storetest.Postgres(t)
	u := calmly(t, "postgres", storetest.Postgres)
	c := newCourse(t, dsn)
	first := c.firstNight(func() {
		db := c.database()
		for range 3 {
			p := c.start("pull")
			// Until the process ends: a backend that has just committed when it is taken away is one that nobody misses.
			caught, ended := 0, false
			for !ended {
				select {
				case <-p.ended:
					ended = true
				default:
				}
				var n int
				err := db.QueryRow(`SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()
					AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND (query ILIKE 'copy%' OR query ILIKE 'insert%' OR query ILIKE 'update%')`).Scan(&n)
				if err != nil {
					t.Fatal(err)
				}
				caught += n
			}
			if caught == 0 {
				t.Fatalf("no backend was caught in mid-page:\n%s", &p.output)
			}
			if code := c.end(p); code != exitFailed || !strings.Contains(p.output.String(), "run the same again, it goes on where the last page ended") {
				t.Fatalf("a pull whose database was lost exits with %d:\n%s", code, &p.output)
			}
		}
		c.must("pull")
	})
	if n := c.srv.Stats().BulkRuns; n != u.firstWork.BulkRuns {
		t.Errorf("%d bulk operations were run, %d undisturbed", n, u.firstWork.BulkRuns)
	}
	if d := u.first.firstOnly().diff(first.firstOnly(), "undisturbed", "with a database that was lost"); d != "" {
		t.Error(d)
	}
}
