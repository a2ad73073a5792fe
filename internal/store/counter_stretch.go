package store

import (
	"iter"
	"slices"

	"fourfold/internal/period"
)

// Totals are read a stretch of days at a time, as windows ask for them, and the stretches asked for last are kept: so what a night
// reads follows its windows, and what is held at once does not grow with the history.
const (
	stretchDays = 92
	ofTwoYears  = 10 // a year, and the one before it
	ofAYear     = 6
)

// stretches are what was read of each stretch of days.
type stretches[T any] struct {
	most  int // to be kept
	read  func(period.Days) T
	kept  map[period.Day]T // by first day
	asked []period.Day     // longest ago first
}

func newStretches[T any](most int, read func(period.Days) T) *stretches[T] {
	return &stretches[T]{most: most, read: read, kept: make(map[period.Day]T)}
}

// firstOf is the first day of the stretch that holds a day.
func firstOf(d period.Day) period.Day {
	into := d % stretchDays
	if into < 0 {
		into += stretchDays
	}
	return d - into
}

// stretchesOf are the first days of the stretches that share a day with the days.
func stretchesOf(days period.Days) iter.Seq[period.Day] {
	return func(yield func(period.Day) bool) {
		for first := firstOf(days.From); first < days.To; first += stretchDays {
			if !yield(first) {
				return
			}
		}
	}
}

// at is the stretch with this first day.
func (s *stretches[T]) at(first period.Day) T {
	if i := slices.Index(s.asked, first); i >= 0 {
		s.asked = append(slices.Delete(s.asked, i, i+1), first)
		return s.kept[first]
	}
	if len(s.asked) == s.most {
		delete(s.kept, s.asked[0])
		s.asked = slices.Delete(s.asked, 0, 1)
	}
	s.asked = append(s.asked, first)
	s.kept[first] = s.read(period.Days{From: first, To: first + stretchDays})
	return s.kept[first]
}

// dated is a row of a day.
type dated interface{ on() period.Day }

// within are the rows on the days, of rows that were read sorted by day.
func within[T dated](s *stretches[[]T], days period.Days) iter.Seq[T] {
	return func(yield func(T) bool) {
		for first := range stretchesOf(days) {
			rows := s.at(first)
			from, _ := slices.BinarySearchFunc(rows, days.From, func(row T, d period.Day) int { return int(row.on() - d) })
			for _, row := range rows[from:] {
				if row.on() >= days.To {
					break
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}
