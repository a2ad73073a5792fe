package daily

import (
	"context"
	"testing"
	"time"

	"fourfold/connectors"
)

func TestAPullRestsWhereTheProviderAsksForIt(t *testing.T) {
	f := &figures{now: at("2026-11-21T12:00:00Z")}
	r := Report{Most: 2, Read: func(_ context.Context, a Ask) (Answer, error) {
		answer := f.answer(a.Days)
		answer.Rest = time.Minute
		return answer, nil
	}}
	var s shelf
	since := f.now.AddDate(0, 0, -4)
	if e := faultOf(t, s.pull(t, r, f.now, "UTC", since, 0), connectors.Throttled); e.RetryAfter != time.Minute || len(s.days) != 2 {
		t.Fatalf("it rests %s and holds %d days", e.RetryAfter, len(s.days))
	}
	// What was read is kept, and a pull that is through has nothing to rest for.
	if err := s.pull(t, r, f.now, "UTC", since, 0); err != nil || len(s.days) != 4 || len(s.proofs) != 1 {
		t.Errorf("it holds %d days, %d proofs: %v", len(s.days), len(s.proofs), err)
	}
}

func TestAQuestionSaysThatOneBeforeItWasTooLarge(t *testing.T) {
	f := &figures{now: at("2026-11-21T12:00:00Z"), largest: 2}
	var halved []bool
	r := Report{Most: 8, Read: func(ctx context.Context, a Ask) (Answer, error) {
		halved = append(halved, a.Halved)
		return f.read(ctx, a)
	}}
	var s shelf
	if err := s.pull(t, r, f.now, "UTC", f.now.AddDate(0, 0, -4), 0); err != nil || len(halved) != 3 || halved[0] || !halved[1] || !halved[2] {
		t.Errorf("halved: %v, %v", halved, err)
	}
}
