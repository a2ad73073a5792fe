package daily

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// bureau is a provider that prepares reports.
type bureau struct {
	figures
	takes   time.Duration
	orders  map[string]order
	ordered []string // days and part, in the order in which they came
	fetched int
	refuses func(a Ask) error                 // of an order
	fails   func(id string, o order) string   // the word for a report that will not be done
	lost    func(id string) error             // an answer that did not arrive
	forgets func(o order, now time.Time) bool // a report that is no longer kept
}

type order struct {
	days period.Days
	part string
	at   time.Time
}

func (b *bureau) report(parts ...string) Report {
	return Report{ID: "spend", Title: "spend", Nightly: 3, Most: 10, Job: &Job{Parts: parts, AtOnce: 3,
		Submit: func(_ context.Context, a Ask) (string, error) {
			if b.refuses != nil {
				if err := b.refuses(a); err != nil {
					return "", err
				}
			}
			if b.orders == nil {
				b.orders = map[string]order{}
			}
			id := fmt.Sprint("report-", len(b.ordered))
			b.orders[id] = order{a.Days, a.Part, b.now}
			b.ordered = append(b.ordered, strings.TrimSpace(a.Days.String()+" "+a.Part))
			return id, nil
		},
		Poll: func(_ context.Context, a Ask, id string) (Ready, error) {
			o, ok := b.orders[id]
			if b.lost != nil {
				if err := b.lost(id); err != nil {
					return Ready{}, err
				}
			}
			if !ok || o.days != a.Days || o.part != a.Part || b.forgets != nil && b.forgets(o, b.now) {
				return Ready{Failed: "there is no such report"}, nil
			}
			if b.fails != nil {
				if word := b.fails(id, o); word != "" {
					return Ready{Failed: word}, nil
				}
			}
			return Ready{Done: b.now.Sub(o.at) >= b.takes, At: id, Empty: o.part == "empty"}, nil
		},
		Fetch: func(_ context.Context, a Ask, ready Ready) (Answer, error) {
			b.fetched++
			return b.answer(b.orders[ready.At].days), nil
		},
	}}
}

// until pulls as a worker does, coming back when it is told to, and gives the error that is none of waiting.
func (b *bureau) until(t *testing.T, s *shelf, r Report, since time.Time, most int) error {
	t.Helper()
	for range 1000 {
		proofs := len(s.proofs)
		err := s.pull(t, r, b.now, "UTC", since, most)
		if f, ok := connectors.FaultOf(err); ok && f == connectors.Throttled {
			if connectors.RetryAfter(err) < time.Second {
				t.Fatalf("come back after %s", connectors.RetryAfter(err))
			}
			b.now = b.now.Add(connectors.RetryAfter(err))
			continue
		}
		if err == nil || !errors.Is(err, errCut) {
			return err
		}
		if len(s.proofs) > proofs {
			return nil
		}
	}
	t.Fatal("the pull does not end")
	return nil
}

var since = at("2026-10-15T00:00:00Z")

func TestReportsAreOrderedTogetherAndReadInOrder(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}, takes: 20 * time.Minute}
	var s shelf
	if err := b.until(t, &s, b.report(), since, 0); err != nil {
		t.Fatal(err)
	}
	if len(s.days) != 37 || len(b.ordered) != 4 || b.fetched != 4 {
		t.Errorf("%d days of %v, fetched %d times", len(s.days), b.ordered, b.fetched)
	}
	if waited := b.now.Sub(at("2026-11-21T12:00:00Z")); waited > 50*time.Minute {
		t.Errorf("two rounds of twenty minutes took %s", waited)
	}
	if p := s.proofs[0]; p.Method != "report" || p.CompleteDay != day("2026-11-21") {
		t.Errorf("the proof is %+v", p)
	}
}

// The job lives in the cursor: however often the pull is cut off, nothing is ordered twice.
func TestReportsOutliveThePull(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}, takes: 3 * time.Hour}
	var s shelf
	if err := b.until(t, &s, b.report("a", "empty"), since, 1); err != nil {
		t.Fatal(err)
	}
	if len(s.days) != 37 || len(b.ordered) != 8 || b.fetched != 4 {
		t.Errorf("%d days of %v, fetched %d times", len(s.days), b.ordered, b.fetched)
	}
}

func TestPartsOfACampaignDayAreAddedUp(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}}
	var s shelf
	if err := b.until(t, &s, b.report("a", "b"), at("2026-11-20T00:00:00Z"), 0); err != nil {
		t.Fatal(err)
	}
	if d := day("2026-11-20"); s.days[d] != 2*b.told(d) {
		t.Errorf("got %d, want twice %d", s.days[d], b.told(d))
	}
	two := merged([]fact.Record{fact.AdDay{Day: 1, Campaign: "x", Clicks: 1}, fact.AdDay{Day: 1, Campaign: "x", Clicks: 2}, fact.AdTotal{}})
	if len(two) != 2 || two[0].(fact.AdDay).Clicks != 3 {
		t.Errorf("got %+v", two)
	}
}

func TestAReportThatFailsIsOrderedAnew(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}}
	b.fails = func(id string, _ order) string {
		if id == "report-0" {
			return "internal error"
		}
		return ""
	}
	var s shelf
	e := faultOf(t, b.until(t, &s, b.report(), since, 0), connectors.Unavailable)
	if !strings.Contains(e.Error(), "internal error") {
		t.Errorf("got %v", e)
	}
	if err := b.until(t, &s, b.report(), since, 0); err != nil || len(s.days) != 37 || len(b.ordered) != 5 {
		t.Errorf("%d days of %v: %v", len(s.days), b.ordered, err)
	}
}

func TestAReportThatAlwaysFailsCallsForAPerson(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}, fails: func(string, order) string { return "internal error" }}
	var s shelf
	faultOf(t, b.until(t, &s, b.report(), since, 0), connectors.Unavailable)
	faultOf(t, b.until(t, &s, b.report(), since, 0), connectors.Unavailable)
	e := faultOf(t, b.until(t, &s, b.report(), since, 0), connectors.Malformed)
	if !strings.Contains(e.Error(), "ordered 3 times") || e.Hint == "" {
		t.Errorf("got %v", e)
	}
	b.fails = nil // the next night
	if err := b.until(t, &s, b.report(), since, 0); err != nil || len(s.days) != 37 {
		t.Errorf("%d days: %v", len(s.days), err)
	}
}

func TestAReportThatIsStuckIsOrderedAnew(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}, takes: 1000 * time.Hour}
	var s shelf
	e := faultOf(t, b.until(t, &s, b.report(), since, 0), connectors.Unavailable)
	if !strings.Contains(e.Error(), "not finished the report after 6h") {
		t.Errorf("got %v", e)
	}
	b.takes = 0
	if err := b.until(t, &s, b.report(), since, 0); err != nil || len(s.days) != 37 {
		t.Errorf("%d days: %v", len(s.days), err)
	}
}

// A connection that is lost while asking says nothing of the report.
func TestALostAnswerLeavesTheReportOrdered(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}, lost: func(string) error { return connectors.Errorf(connectors.Unavailable, "", "no route") }}
	var s shelf
	for range 5 {
		faultOf(t, b.until(t, &s, b.report(), since, 0), connectors.Unavailable)
	}
	b.lost = nil
	if err := b.until(t, &s, b.report(), since, 0); err != nil || len(b.ordered) != 4 {
		t.Errorf("ordered %v: %v", b.ordered, err)
	}
}

func TestWhatTheProviderNoLongerKeepsIsOrderedAnew(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}}
	b.forgets = func(o order, now time.Time) bool { return now.Sub(o.at) > 25*time.Hour }
	var s shelf
	if err := s.pull(t, b.report(), b.now, "UTC", since, 2); !errors.Is(err, errCut) || len(b.ordered) != 3 {
		t.Fatalf("ordered %v: %v", b.ordered, err)
	}
	b.now = b.now.Add(30 * time.Hour)
	if err := b.until(t, &s, b.report(), since, 0); err != nil || len(s.days) != 38 || len(b.ordered) != 3+4 {
		t.Errorf("%d days of %v: %v", len(s.days), b.ordered, err)
	}
}

// Where the house is full, what was ordered already is read.
func TestAFullHouseIsWaitedFor(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}, takes: time.Hour}
	b.refuses = func(Ask) error {
		open := 0
		for _, o := range b.orders {
			if b.now.Sub(o.at) < b.takes {
				open++
			}
		}
		if open > 0 {
			return &connectors.Error{Fault: connectors.Throttled, RetryAfter: time.Minute}
		}
		return nil
	}
	var s shelf
	if err := b.until(t, &s, b.report(), since, 0); err != nil || len(s.days) != 37 || len(b.ordered) != 4 {
		t.Errorf("%d days of %v: %v", len(s.days), b.ordered, err)
	}
}

func TestAReportOfTooManyDaysIsHalved(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}}
	b.refuses = func(a Ask) error {
		if a.Days.Len() > 4 {
			return connectors.Errorf(connectors.TooLarge, "", "too many")
		}
		return nil
	}
	var s shelf
	if err := b.until(t, &s, b.report(), since, 1); err != nil || len(s.days) != 37 {
		t.Errorf("%d days of %v: %v", len(s.days), b.ordered, err)
	}
}

func TestAPartThatALaterReleaseKnowsIsOrdered(t *testing.T) {
	b := &bureau{figures: figures{now: at("2026-11-21T12:00:00Z")}, takes: time.Hour}
	var s shelf
	faultOf(t, s.pull(t, b.report("a"), b.now, "UTC", since, 0), connectors.Throttled)
	b.refuses = func(a Ask) error {
		if a.Part == "b" {
			return connectors.Errorf(connectors.Unavailable, "", "later")
		}
		return nil
	}
	faultOf(t, s.pull(t, b.report("a", "b"), b.now, "UTC", since, 0), connectors.Unavailable)
	b.refuses = nil
	if err := b.until(t, &s, b.report("a", "b"), since, 0); err != nil || len(b.ordered) != 8 {
		t.Errorf("ordered %v: %v", b.ordered, err)
	}
}

func TestAnOrderWithoutAnIDIsNone(t *testing.T) {
	r := Report{Most: 5, Job: &Job{Submit: func(context.Context, Ask) (string, error) { return "", nil }}}
	var s shelf
	faultOf(t, s.pull(t, r, at("2026-11-21T12:00:00Z"), "UTC", since, 0), connectors.Malformed)
}
