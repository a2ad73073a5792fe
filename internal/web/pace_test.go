package web

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// In any stretch of time nobody is answered oftener than the burst and what the stretch holds; who is refused and waits as told is answered.
func TestPace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every, burst := time.Duration(rapid.IntRange(1, 5000).Draw(t, "every"))*time.Millisecond, rapid.IntRange(1, 20).Draw(t, "burst")
		p := newPace(every, burst)
		now := time.Unix(1_800_000_000, 0)
		var answered []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "times") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
			wait := p.wait("a", now)
			if wait == 0 {
				answered = append(answered, now)
				continue
			}
			if wait > every {
				t.Fatalf("waits %s, and one comes free every %s", wait, every)
			}
			if rapid.Bool().Draw(t, "patient") {
				if now = now.Add(wait); p.wait("a", now) != 0 {
					t.Fatalf("waited %s as told, and was refused", wait)
				}
				answered = append(answered, now)
			}
		}
		for i := range answered {
			for j := i; j < len(answered); j++ {
				if most := burst + int(answered[j].Sub(answered[i])/every); j-i+1 > most {
					t.Fatalf("%d answers within %s", j-i+1, answered[j].Sub(answered[i]))
				}
			}
		}
	})
}

// Who owes nothing is forgotten, and who owes is not, however many others come.
func TestPaceForgets(t *testing.T) {
	p := newPace(time.Hour, 1)
	now := time.Unix(1_800_000_000, 0)
	p.wait("old", now)
	now = now.Add(2 * time.Hour)
	p.wait("new", now)
	for i := range pacedMost {
		p.wait(strconv.Itoa(i), now.Add(-3*time.Hour))
	}
	if p.wait("new", now) == 0 || len(p.due) > pacedMost+2 || p.due["old"].After(now) {
		t.Errorf("%d are in mind", len(p.due))
	}
}
