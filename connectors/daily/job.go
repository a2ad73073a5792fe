package daily

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

const (
	patience = 6 * time.Hour
	lasts    = 24 * time.Hour
	// maxTries is how often a report is ordered before a person is told that the provider does not finish it.
	maxTries = 3
)

// prepared orders what is next, looks whether the first of it is done, and reads it.
func (p *pull) prepared(ctx context.Context) (period.Days, Answer, error) {
	if err := p.intend(); err != nil {
		return period.Days{}, Answer{}, err
	}
	if err := p.order(ctx); err != nil {
		return p.at.Work[0].days(), Answer{}, err
	}
	first := p.at.Work[0]
	answer, err := p.collect(ctx, first)
	if err == nil {
		p.at.Work = p.at.Work[1:]
	}
	return first.days(), answer, err
}

// intend notes the slices that are to be ordered.
func (p *pull) intend() error {
	added := false
	next := p.at.Next
	for _, s := range p.at.Work {
		next = s.To
	}
	for len(p.at.Work) < max(p.Job.AtOnce, 1) && next < p.at.End {
		days := p.cut(&p.at, next)
		s := &slice{From: days.From, To: days.To, Jobs: map[string]*job{}}
		for _, part := range p.parts() {
			s.Jobs[part] = &job{}
		}
		p.at.Work = append(p.at.Work, s)
		next, added = days.To, true
	}
	if !added {
		return nil
	}
	return p.note()
}

func (p *pull) parts() []string {
	if len(p.Job.Parts) == 0 {
		return []string{""}
	}
	return p.Job.Parts
}

// order orders what was noted and not ordered yet, and what the provider no longer keeps.
func (p *pull) order(ctx context.Context) error {
	ordered := false
	var failed error
	for _, s := range p.at.Work {
		for _, part := range p.parts() {
			j := s.Jobs[part]
			if j == nil { // a part that a later release knows
				j = &job{}
				s.Jobs[part] = j
			}
			if j.ID != "" && p.now().Sub(j.Since) < cmp.Or(p.Job.Lasts, lasts) {
				continue
			}
			id, err := p.Job.Submit(ctx, p.ask(s.days(), part))
			if err == nil && id == "" {
				err = connectors.Errorf(connectors.Malformed, "order "+p.Title, "the report has no ID")
			}
			if err != nil {
				failed = err
				break
			}
			j.ID, j.Since, ordered = id, p.now(), true
		}
		if failed != nil {
			break
		}
	}
	if ordered {
		// What was ordered is noted, whatever became of the rest.
		if err := p.note(); err != nil {
			return err
		}
	}
	if failed != nil && p.at.Work[0].ordered(p.parts()) && !tooLarge(failed) {
		return nil // the first can be read; the others are ordered after it
	}
	return failed
}

// prepares says whether all of a slice was ordered, and is still kept.
func (p *pull) prepares(s *slice) bool {
	for _, part := range p.parts() {
		if j := s.Jobs[part]; j == nil || j.ID == "" || p.now().Sub(j.Since) >= cmp.Or(p.Job.Lasts, lasts) {
			return false
		}
	}
	return true
}

func (s *slice) ordered(parts []string) bool {
	for _, part := range parts {
		if j := s.Jobs[part]; j == nil || j.ID == "" {
			return false
		}
	}
	return true
}

// collect reads a slice whose parts are all done, and is Throttled while they are not.
func (p *pull) collect(ctx context.Context, s *slice) (Answer, error) {
	op := "read " + p.Title + " " + s.days().String()
	var all Answer
	parts := p.parts()
	done := make([]Ready, len(parts))
	for i, part := range parts {
		j := s.Jobs[part]
		ready, err := p.Job.Poll(ctx, p.ask(s.days(), part), j.ID)
		age := p.now().Sub(j.Since)
		switch {
		case err != nil:
			return all, err
		case ready.Failed != "":
			return all, p.failed(s, op, fmt.Errorf("the provider says of the report: %s", ready.Failed))
		case !ready.Done && age > cmp.Or(p.Job.Patience, patience):
			return all, p.failed(s, op, fmt.Errorf("the provider has not finished the report after %s", age.Round(time.Minute)))
		case !ready.Done:
			return all, &connectors.Error{Fault: connectors.Throttled, Op: op, Err: errPreparing, RetryAfter: min(max(age/2, 15*time.Second), 5*time.Minute)}
		}
		done[i] = ready
	}
	for i, part := range parts {
		j := s.Jobs[part]
		one := Answer{ReadAt: j.Since}
		if !done[i].Empty {
			var err error
			if one, err = p.Job.Fetch(ctx, p.ask(s.days(), part), done[i]); err != nil {
				return all, err
			}
		}
		if one.ReadAt.IsZero() {
			one.ReadAt = j.Since
		}
		if all.ReadAt.IsZero() || one.ReadAt.Before(all.ReadAt) {
			all.ReadAt = one.ReadAt
		}
		all.Records = append(all.Records, one.Records...)
		all.Promised.Objects += one.Promised.Objects
		all.Read.Objects += one.Read.Objects
		all.Rest = max(all.Rest, one.Rest)
	}
	all.Records = merged(all.Records)
	return all, nil
}

var errPreparing = errors.New("the provider is preparing the report")

// failed drops what was ordered, so that it is ordered anew by the next pull, and calls for a person after a few times.
func (p *pull) failed(s *slice, op string, err error) error {
	fault := &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: err}
	if s.Tries++; s.Tries >= maxTries {
		s.Tries = 0
		fault = &connectors.Error{Fault: connectors.Malformed, Op: op, Err: fmt.Errorf("ordered %d times: %w", maxTries, err),
			Hint: "the provider does not finish this report; it is tried again the next night, and its own status page may say more"}
	}
	for _, j := range s.Jobs {
		*j = job{}
	}
	if err := p.note(); err != nil {
		return err
	}
	return fault
}

// merged leaves a campaign-day once, and a total of the same days, where two parts of a report tell of it.
func merged(records []fact.Record) []fact.Record {
	type key struct {
		days     period.Days
		campaign string
		total    bool
	}
	at := map[key]int{}
	out := records[:0]
	for _, rec := range records {
		var k key
		switch r := rec.(type) {
		case fact.AdDay:
			k = key{period.Days{From: r.Day, To: r.Day + 1}, r.Campaign, false}
		case fact.AdTotal:
			k = key{r.Days, "", true}
		default:
			out = append(out, rec)
			continue
		}
		i, again := at[k]
		if !again {
			at[k] = len(out)
			out = append(out, rec)
			continue
		}
		switch r := rec.(type) {
		case fact.AdDay:
			sum := out[i].(fact.AdDay)
			sum.Spend += r.Spend
			sum.Impressions += r.Impressions
			sum.Clicks += r.Clicks
			sum.Conversions += r.Conversions
			sum.Value += r.Value
			out[i] = sum
		case fact.AdTotal:
			sum := out[i].(fact.AdTotal)
			sum.Spend += r.Spend
			out[i] = sum
		}
	}
	return out
}
