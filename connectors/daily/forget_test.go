package daily

import (
	"slices"
	"testing"
	"time"

	"fourfold/connectors"
)

// A first pull that is taken up days later goes on from what the provider still keeps.
func TestAPullThatIsTakenUpLateLeavesOutWhatIsNoLongerKept(t *testing.T) {
	f := &figures{now: at("2026-11-21T12:00:00Z")}
	r := Report{Most: 5, Keeps: 20, Read: f.read}
	var s shelf
	if err := s.pull(t, r, f.now, "UTC", time.Time{}, 1); err == nil {
		t.Fatal("it was not cut off")
	}
	f.now = at("2026-12-01T12:00:00Z")
	if err := s.pull(t, r, f.now, "UTC", time.Time{}, 0); err != nil {
		t.Fatal(err)
	}
	wantDays(t, f.asked, run("2026-11-01", "2026-11-06"), run("2026-11-11", "2026-11-16"), run("2026-11-16", "2026-11-21"), run("2026-11-21", "2026-11-26"),
		run("2026-11-26", "2026-12-01"))
	if len(s.proofs) != 1 || s.proofs[0].CompleteDay != day("2026-12-01") {
		t.Errorf("proofs: %+v", s.proofs)
	}
}

func TestAReportThatWasOrderedInTimeIsReadAfterIt(t *testing.T) {
	for _, c := range []struct {
		name  string
		later time.Duration
		want  []string
	}{
		{"while it is kept", 36 * time.Hour, []string{"2026-11-11..2026-11-20", "2026-11-21..2026-11-22"}},
		{"after that", 60 * time.Hour, []string{"2026-11-11..2026-11-20", "2026-11-14..2026-11-23"}},
	} {
		b := &bureau{takes: time.Hour}
		b.now = at("2026-11-21T12:00:00Z")
		r := b.report()
		r.Keeps, r.Job.Lasts, r.Job.AtOnce = 10, 48*time.Hour, 1
		var s shelf
		faultOf(t, s.pull(t, r, b.now, "UTC", time.Time{}, 0), connectors.Throttled)
		b.now = b.now.Add(c.later)
		for range 5 {
			if err := s.pull(t, r, b.now, "UTC", time.Time{}, 0); err == nil {
				break
			}
			b.now = b.now.Add(2 * time.Hour)
		}
		if len(s.proofs) != 1 {
			t.Errorf("%s: proofs: %+v", c.name, s.proofs)
		}
		if !slices.Equal(b.ordered, c.want) {
			t.Errorf("%s: ordered %v, want %v", c.name, b.ordered, c.want)
		}
	}
}
