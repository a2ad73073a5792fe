package daily

import (
	"cmp"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

// place is the cursor.
type place struct {
	// Whole is the first day not yet known to be whole; zero before the first pull was through.
	Whole period.Day `json:"whole,omitempty"`
	// Deep is the day of the latest weekly reading.
	Deep period.Day `json:"deep,omitempty"`
	// Next and End are the days that are being read, from Next up to, but without, End; From is where that began.
	From period.Day `json:"from,omitempty"`
	Next period.Day `json:"next,omitempty"`
	End  period.Day `json:"end,omitempty"`
	// Most is how many days are asked for at once, where the provider found more too large.
	Most int `json:"most,omitempty"`
	// Work are the slices that were ordered and not read yet, in their order; the first begins at Next.
	Work []*slice `json:"work,omitempty"`
	// Started is when the reading began, Objects what it held so far.
	Started time.Time `json:"started,omitzero"`
	Objects int64     `json:"objects,omitempty"`
}

// Whole is the first day that the cursor of a report's stream does not know to be whole; zero before the first pull was through.
func Whole(c connectors.Cursor) (period.Day, error) {
	var at place
	err := c.Decode(&at)
	return at.Whole, err
}

// slice is a run of days that was ordered.
type slice struct {
	From  period.Day      `json:"from"`
	To    period.Day      `json:"to"`
	Jobs  map[string]*job `json:"jobs"` // by part
	Tries int             `json:"tries,omitempty"`
}

// job is one report under way. ID is "" before it was ordered.
type job struct {
	ID    string    `json:"id,omitempty"`
	Since time.Time `json:"since,omitzero"` // when it was ordered
}

func (s *slice) days() period.Days { return period.Days{From: s.From, To: s.To} }

// plan says which days to read: all there are at first, and afterwards those that the provider could still change when they were last read:
// the last few each night, and more once a week. The day that is not over is left out.
func (r Report) plan(at *place, today period.Day, reach period.Day) {
	at.End, at.Objects, at.Started = today, 0, time.Time{}
	limit := max(reach, r.Begins)
	if r.Keeps > 0 {
		limit = max(limit, today-period.Day(r.Keeps))
	}
	switch {
	case at.Whole == 0:
		at.Next, at.Deep = limit, today
	case r.Weekly > 0 && today-at.Deep >= 7:
		at.Next, at.Deep = min(at.Deep-period.Day(r.Weekly), at.Whole-period.Day(r.Nightly)), today
	default:
		at.Next = at.Whole - period.Day(r.Nightly)
	}
	if r.Months {
		y, m, _ := at.Next.UTC().Date()
		at.Next = period.Date(y, m, 1)
	}
	// A reading never goes back behind what can be asked for, nor behind where the first one began to be of use.
	at.Next = max(at.Next, limit)
	at.From = at.Next
	// What was too large may have been so for once: each reading asks for more again.
	if at.Most *= 2; at.Most >= cmp.Or(r.Most, 1000) {
		at.Most = 0
	}
}

// cut is the run of days to ask for from a day on.
func (r Report) cut(at *place, from period.Day) period.Days {
	to := at.End
	for _, most := range []int{r.Most, at.Most} {
		if most > 0 {
			to = min(to, from+period.Day(most))
		}
	}
	if r.Months {
		y, m, _ := from.UTC().Date()
		if end := period.Date(y, m+1, 1); !r.Joined || end >= to {
			to = min(to, end)
		} else if to < at.End {
			y, m, _ = to.UTC().Date()
			to = period.Date(y, m, 1)
		}
	}
	return period.Days{From: from, To: to}
}
