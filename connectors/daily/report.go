package daily

import (
	"context"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// Report declares a stream of daily figures.
type Report struct {
	ID, Title string
	Needs     []string
	After     string
	Version   string // of the provider's API, for the proof
	// Nightly and Weekly are how many days are read again each night and once a week: as long as the provider changes them. Weekly is zero for no such
	// reading.
	Nightly, Weekly int
	// Most is how many days one request may ask for; zero for no limit.
	Most int
	// Keeps is how many days back the provider has figures; zero for no limit. Begins is the first day it has any of.
	Keeps  int
	Begins period.Day
	// Months says that days are asked for by calendar months, of which the first and the last may be cut off by what there is. Joined says that
	// one request asks for as many of them as fit into Most.
	Months, Joined bool
	// Zone is the zone that days are cut in, where it is not the account's.
	Zone string
	// Read asks for days. Days that the answer leaves out had nothing. Nil where there is a Job.
	Read func(ctx context.Context, a Ask) (Answer, error)
	Job  *Job
}

// Job declares a report that the provider prepares before it can be read. Several may be under way for one account.
type Job struct {
	// Parts are the reports that make up a day, such as one for each kind of ad; nil for one.
	Parts []string
	// Submit orders a report and returns its ID. Where the provider says that the same is being prepared already, that one's ID is returned.
	Submit func(ctx context.Context, a Ask) (id string, err error)
	// Poll asks how far it is: where the result is once it is done, or that the provider gave it up or lost it. An error says that nothing was
	// learnt of the report: it stays ordered.
	Poll func(ctx context.Context, a Ask, id string) (Ready, error)
	// Fetch reads the result.
	Fetch func(ctx context.Context, a Ask, ready Ready) (Answer, error)
	// AtOnce is how many slices are ordered together in a first pull; one if it is zero.
	AtOnce int
	// Patience is after how long a report that is not done is ordered anew; six hours if it is zero. Lasts is how long the provider keeps one
	// that was ordered; a day if it is zero.
	Patience, Lasts time.Duration
}

// Ready says whether a report is done. Empty says that it holds nothing; At is where its result is.
type Ready struct {
	Done  bool
	Empty bool
	At    string
	// Failed is the provider's word for a report that will not be done: it is ordered anew, and a person is told after a few times.
	Failed string
}

// Ask is what is to be read.
type Ask struct {
	connectors.Account
	Days  period.Days
	Loc   *time.Location // the zone that days are cut in
	Part  string         // of Job.Parts
	Final func(day period.Day) period.Day
	Has   func(capability string) bool
	// Halved says that the provider has found a question of this stream too large before.
	Halved bool
}

// Answer is what was read of a run of days.
type Answer struct {
	Records []fact.Record
	// ReadAt is when the provider worked it out, or else when it began to answer.
	ReadAt time.Time
	// Promised and Read count what the provider said it would send, where it says so, and what came.
	Promised, Read connectors.Count
	// Rest is how long the provider asks to be left alone before the next question, though it answered this one; zero for not at all.
	Rest time.Duration
}

// Months are the calendar months of the days, of which the first and the last may be cut off.
func (a Ask) Months() (months []period.Days) {
	for from := a.Days.From; from < a.Days.To; {
		y, m, _ := from.UTC().Date()
		to := min(period.Date(y, m+1, 1), a.Days.To)
		months = append(months, period.Days{From: from, To: to})
		from = to
	}
	return months
}

// Since is when the first day begins that the provider tells an account of today; zero where it keeps all.
func (r Report) Since(acc connectors.Account) time.Time {
	loc, err := r.zone(acc)
	if err != nil || r.Keeps == 0 {
		return time.Time{}
	}
	return (period.On(acc.Clock(), loc) - period.Day(r.Keeps)).Start(loc)
}

// Stream is the stream that the report declares.
func (r Report) Stream() connectors.Stream {
	return connectors.Stream{ID: r.ID, Title: r.Title, Needs: r.Needs, After: r.After, Reaches: true, Pull: r.pull}
}

// final is the day on which a day was read for the last time: the provider no longer changes it, and the weekly reading has come by since.
func (r Report) final(day period.Day) period.Day {
	if r.Weekly > r.Nightly {
		return day + period.Day(r.Weekly) + 7
	}
	return day + period.Day(r.Nightly) + 1
}

func (r Report) zone(acc connectors.Account) (*time.Location, error) {
	name := r.Zone
	if name == "" {
		name = acc.Zone
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return nil, connectors.Errorf(connectors.Malformed, "read the account's time zone", "%q is none that is known", name)
	}
	return loc, nil
}
