package daily

import (
	"context"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

func account() connectors.Account {
	return connectors.Account{AccountInfo: connectors.AccountInfo{Zone: "UTC"}, Now: func() time.Time { return noon }}
}

// pullOnce pulls from a cursor until the pull ends, and gives the days read, the cursor and the error.
func pullOnce(t *testing.T, r Report, req connectors.Request) (read []period.Days, next connectors.Cursor, last error) {
	t.Helper()
	next = req.Cursor
	for p, err := range r.Stream().Pull(t.Context(), account(), req) {
		if err != nil {
			return read, next, err
		}
		if next = p.Next; p.Replaces != nil {
			read = append(read, *p.Replaces)
		}
	}
	return read, next, nil
}

func TestMonthsAreAskedForTogetherAsFarAsTheyFit(t *testing.T) {
	since := period.Date(2025, time.November, 17)
	for most, want := range map[int][]string{
		31: {"2025-11-17..2025-11-30", "2025-12-01..2025-12-31", "2026-01-01..2026-01-31", "2026-02-01..2026-02-28", "2026-03-01..2026-03-01"},
		92: {"2025-11-17..2026-01-31", "2026-02-01..2026-03-01"},
		15: {"2025-11-17..2025-11-30", "2025-12-01..2025-12-15", "2025-12-16..2025-12-30", "2025-12-31..2025-12-31", "2026-01-01..2026-01-15",
			"2026-01-16..2026-01-30", "2026-01-31..2026-01-31", "2026-02-01..2026-02-15", "2026-02-16..2026-02-28", "2026-03-01..2026-03-01"},
	} {
		r := Report{ID: "t", Title: "t", Most: most, Months: true, Read: func(context.Context, Ask) (Answer, error) { return Answer{}, nil }}
		read, _, err := pullOnce(t, r, connectors.Request{Since: since.UTC()})
		if err != nil {
			t.Fatal(err)
		}
		got := make([]string, len(read))
		for i, d := range read {
			got[i] = d.String()
		}
		if len(got) != len(want) {
			t.Fatalf("by %d days: %v, want %v", most, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("by %d days: %v, want %v", most, got, want)
				break
			}
		}
	}
}

func TestWhatIsTooLargeIsHalvedAndSaysSo(t *testing.T) {
	var halved []bool
	r := Report{ID: "t", Title: "t", Most: 8, Read: func(_ context.Context, a Ask) (Answer, error) {
		halved = append(halved, a.Halved)
		if a.Days.Len() > 2 {
			return Answer{}, connectors.Errorf(connectors.TooLarge, "read", "too much")
		}
		return Answer{}, nil
	}}
	read, _, err := pullOnce(t, r, connectors.Request{Since: noon.AddDate(0, 0, -4)})
	if err != nil || len(read) != 2 || len(halved) != 3 || halved[0] || !halved[1] || !halved[2] {
		t.Errorf("read %v, halved %v, %v", read, halved, err)
	}
}

func TestAPullRestsWhereTheProviderAsksForIt(t *testing.T) {
	r := Report{ID: "t", Title: "t", Most: 2, Read: func(context.Context, Ask) (Answer, error) { return Answer{Rest: time.Minute}, nil }}
	since := noon.AddDate(0, 0, -4)
	read, next, err := pullOnce(t, r, connectors.Request{Since: since})
	if f, _ := connectors.FaultOf(err); len(read) != 1 || f != connectors.Throttled || connectors.RetryAfter(err) != time.Minute {
		t.Fatalf("read %v, %v", read, err)
	}
	// What was read is kept, and a pull that is through has nothing to rest for.
	if read, _, err = pullOnce(t, r, connectors.Request{Since: since, Cursor: next}); err != nil || len(read) != 1 || read[0].To != period.On(noon, time.UTC) {
		t.Errorf("read %v, %v", read, err)
	}
}
