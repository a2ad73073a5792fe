package worker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"time"

	"fourfold/internal/store"
)

// Schedule tells when work is next due, in the zone of its argument; zero for never.
type Schedule interface{ Next(time.Time) time.Time }

const (
	// A night that failed is tried again, so many times, after so long; then it is left to the next one.
	againTimes = 3
	againAfter = time.Hour
)

// Night is a night that is due.
type Night struct {
	Merchant store.Merchant
	Date     string // the local date on which the schedule came due
	After    int64  // the merchant's last night on record, which this one follows; zero where there is none
	Cut      bool   // that one has not ended, and nobody seems to be at it: this one is in its place
}

// Due lists the nights that are to be worked now: those the schedule asks for, the first of a merchant who was linked just now, those
// that were cut off, and those that failed a while ago. Of a merchant who missed several only the latest counts. working says of a
// night that has not ended whether somebody is at it still.
//
// A merchant whose zone or schedule cannot be read is left out and told in the error; the others are listed all the same.
func (w *Worker) Due(ctx context.Context, now time.Time, working func(store.Run) bool) ([]Night, error) {
	all, err := w.Store.Nights(ctx, NightKind, againTimes+1)
	if err != nil {
		return nil, err
	}
	var nights []Night
	var faults error
	for _, n := range all {
		schedule, loc, err := w.scheduleOf(n.Merchant)
		if err != nil {
			faults = errors.Join(faults, fmt.Errorf("merchant %d has no nights: %w", n.Merchant.ID, err))
			continue
		}
		if date, ok := owed(schedule, n.Last, now, jitter(n.Merchant.ID, w.Spread), loc, working); ok {
			night := Night{Merchant: n.Merchant, Date: date}
			if len(n.Last) > 0 {
				night.After, night.Cut = n.Last[0].ID, n.Last[0].EndedAt.IsZero()
			}
			nights = append(nights, night)
		}
	}
	return nights, faults
}

func (w *Worker) scheduleOf(m store.Merchant) (Schedule, *time.Location, error) {
	loc, err := m.Location()
	if err != nil || m.Schedule == "" {
		return w.Schedule, loc, err
	}
	s, err := w.Parse(m.Schedule)
	if err != nil {
		return nil, nil, fmt.Errorf("its schedule %q: %w", m.Schedule, err)
	}
	return s, loc, nil
}

// jitter is the moment of a merchant within the spread: always the same, and any as likely.
func jitter(merchantID int64, spread time.Duration) time.Duration {
	if spread <= 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(merchantID)))
	return time.Duration(h.Sum64() % uint64(spread)).Truncate(time.Second)
}

// owed says whether a night is to be worked now, and of which date. nights are those on record, the latest first.
func owed(s Schedule, nights []store.Run, now time.Time, late time.Duration, loc *time.Location, working func(store.Run) bool) (date string, ok bool) {
	begins, ever := owedAt(s, nights, late, loc, working)
	if !ever || now.Before(begins) {
		return "", false
	}
	if len(nights) == 0 {
		return now.In(loc).Format(time.DateOnly), true
	}
	if date, ok := due(s, nights[0].StartedAt, now, late, loc); ok {
		return date, true
	}
	return dateOf(nights[0], loc), true
}

// owedAt is from when on a night is to be worked; ever is false where none ever is, or the last one is being worked still. The zero time is
// for at once: of a merchant who had none yet, and where the last one was cut off.
func owedAt(s Schedule, nights []store.Run, late time.Duration, loc *time.Location, working func(store.Run) bool) (begins time.Time, ever bool) {
	if len(nights) == 0 {
		return time.Time{}, true
	}
	last := nights[0]
	if last.EndedAt.IsZero() {
		return time.Time{}, !working(last)
	}
	for _, at := range comings(s, last.StartedAt, loc) {
		begins, ever = at.Add(late), true
		break
	}
	failed := 0
	for failed < len(nights) && nights[failed].Error != "" {
		failed++
	}
	if again := last.EndedAt.Add(againAfter); failed > 0 && failed <= againTimes && (!ever || again.Before(begins)) {
		return again, true
	}
	return begins, ever
}

// dateOf is the date of a night on record; one that was asked for has none of its own.
func dateOf(r store.Run, loc *time.Location) string {
	if r.Night != "" {
		return r.Night
	}
	return r.StartedAt.In(loc).Format(time.DateOnly)
}

// due says whether the schedule came due since last, and on which date it last did; the night begins late after that.
func due(s Schedule, last, now time.Time, late time.Duration, loc *time.Location) (date string, ok bool) {
	for wall, at := range comings(s, last, loc) {
		if now.Before(at.Add(late)) {
			break
		}
		date, ok = wall.Format(time.DateOnly), true
	}
	return date, ok
}

// comings are the moments at which a schedule comes due after last, as the merchant's wall clock shows them and as instants; none where
// no nights are kept. They are read off that clock: half past two comes once on the night on which the clocks go back, and on the one on
// which they skip it, too.
func comings(s Schedule, last time.Time, loc *time.Location) iter.Seq2[time.Time, time.Time] {
	return func(yield func(wall, at time.Time) bool) {
		if s == nil {
			return
		}
		wall := last.In(loc)
		next := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), time.UTC)
		for next = s.Next(next); !next.IsZero(); next = s.Next(next) {
			if at := firstAt(next, loc); at.After(last) && !yield(next, at) {
				return
			}
		}
	}
}

// firstAt is the first instant at which clocks in a zone show what wall shows, or would if they did not skip it.
func firstAt(wall time.Time, loc *time.Location) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, loc)
	const shows = "2006-01-02 15:04:05"
	for _, back := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} { // as far as clocks are set back anywhere
		if earlier := at.Add(-back); earlier.Format(shows) == at.Format(shows) {
			return earlier
		}
	}
	return at
}
