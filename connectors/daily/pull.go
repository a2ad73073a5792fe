package daily

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
)

// errStopped says that nobody wants more pages.
var errStopped = errors.New("stopped")

var errRest = errors.New("the account has used most of what it may ask for now")

func (r Report) pull(ctx context.Context, acc connectors.Account, req connectors.Request) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		p := &pull{Report: r, acc: acc, req: req, yield: yield}
		if err := p.run(ctx); err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, err)
		}
	}
}

// pull is one pull under way.
type pull struct {
	Report
	acc   connectors.Account
	req   connectors.Request
	yield func(connectors.Page, error) bool
	at    place
	loc   *time.Location
}

func (p *pull) now() time.Time { return p.acc.Clock().UTC() }

func (p *pull) run(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.req.Cursor.Decode(&p.at); err != nil {
		return err
	}
	var err error
	if p.loc, err = p.zone(p.acc); err != nil {
		return err
	}
	today := period.On(p.now(), p.loc)
	if p.at.End == 0 {
		p.plan(&p.at, today, p.reach())
	}
	// A reading that took more than a day reaches the present all the same.
	p.at.End = max(p.at.End, today)
	p.forget(today)
	for p.at.Next < p.at.End {
		days, answer, err := p.next(ctx)
		if tooLarge(err) && days.Len() > 1 {
			if err := p.shrink(days); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		done, err := p.page(days, answer)
		if err != nil || done {
			return err
		}
		if answer.Rest > 0 {
			return &connectors.Error{Fault: connectors.Throttled, Op: "read " + p.Title, Err: errRest, RetryAfter: answer.Rest}
		}
	}
	// There is nothing that is over yet: the account was opened today.
	return p.nothing()
}

// forget leaves out days that the provider no longer keeps, where a reading was broken off and is taken up late: it would refuse them for ever.
// What it has prepared can still be read.
func (p *pull) forget(today period.Day) {
	limit := today - period.Day(p.Keeps)
	if p.Keeps == 0 || p.at.Next >= limit || len(p.at.Work) > 0 && p.prepares(p.at.Work[0]) {
		return
	}
	if p.at.From == p.at.Next {
		p.at.From = limit
	}
	p.at.Next, p.at.Work = limit, nil
}

// reach is the first day of interest: when the account was opened, and how far back the merchant wants to look.
func (p *pull) reach() (first period.Day) {
	for _, t := range []time.Time{p.acc.Since, p.req.Since} {
		if !t.IsZero() {
			first = max(first, period.On(t, p.loc))
		}
	}
	return first
}

func (p *pull) ask(days period.Days, part string) Ask {
	return Ask{Account: p.acc, Days: days, Loc: p.loc, Part: part, Final: p.final, Has: p.req.Has, Halved: p.at.Most > 0}
}

// next reads the days that are next.
func (p *pull) next(ctx context.Context) (period.Days, Answer, error) {
	if p.Job != nil {
		return p.prepared(ctx)
	}
	days := p.cut(&p.at, p.at.Next)
	answer, err := p.Read(ctx, p.ask(days, ""))
	return days, answer, err
}

// shrink asks for half as many days from now on.
func (p *pull) shrink(days period.Days) error {
	p.at.Most, p.at.Work = days.Len()/2, nil
	return p.note()
}

// note yields the cursor by itself.
func (p *pull) note() error {
	next, err := connectors.Encode(p.at)
	if err != nil {
		return err
	}
	if !p.yield(connectors.Page{Next: next, Backfill: p.at.Whole == 0}, nil) {
		return errStopped
	}
	return nil
}

// page yields what was read of the days, and says whether the reading is through.
func (p *pull) page(days period.Days, answer Answer) (done bool, err error) {
	if answer.ReadAt.IsZero() {
		answer.ReadAt = p.now()
	}
	if answer.Promised.Objects > 0 && answer.Promised.Objects != answer.Read.Objects {
		return false, connectors.Errorf(connectors.Unavailable, "read "+p.Title, "%d of %d rows came", answer.Read.Objects, answer.Promised.Objects)
	}
	if p.at.Started.IsZero() {
		p.at.Started = answer.ReadAt
	}
	p.at.Next = days.To
	p.at.Objects += cmp.Or(answer.Read.Objects, int64(len(answer.Records)))
	page := connectors.Page{Records: answer.Records, ReadAt: answer.ReadAt, Replaces: &days, Backfill: p.at.Whole == 0,
		Note: connectors.Progress{Text: p.Title + " " + days.String(), Done: int64(p.at.Next - p.at.From), Total: int64(p.at.End - p.at.From)}}
	if p.at.Next >= p.at.End {
		done = true
		page.Proof = p.proof()
		p.at = place{Whole: p.at.End, Deep: p.at.Deep, Most: p.at.Most}
	}
	if page.Next, err = connectors.Encode(p.at); err != nil {
		return false, err
	}
	if !p.yield(page, nil) {
		return false, errStopped
	}
	return done, nil
}

func (p *pull) proof() *connectors.Proof {
	from, to := p.at.From.Start(p.loc), p.at.End.Start(p.loc)
	method := "pages"
	if p.Job != nil {
		method = "report"
	}
	return &connectors.Proof{Slice: period.Days{From: p.at.From, To: p.at.End}.String(), From: from, To: to, Started: p.at.Started, Method: method,
		Read: connectors.Count{Objects: p.at.Objects}, Version: p.Version, CompleteTo: to, CompleteDay: p.at.End}
}

// nothing proves that there are no days to read.
func (p *pull) nothing() error {
	p.at.Started = p.now()
	p.at.From = p.at.End
	page := connectors.Page{ReadAt: p.at.Started, Proof: p.proof(), Backfill: p.at.Whole == 0}
	page.Proof.Slice = "before " + p.at.End.String()
	p.at = place{Whole: p.at.End, Deep: p.at.Deep, Most: p.at.Most}
	var err error
	if page.Next, err = connectors.Encode(p.at); err != nil {
		return err
	}
	if !p.yield(page, nil) {
		return errStopped
	}
	return nil
}

func tooLarge(err error) bool {
	f, ok := connectors.FaultOf(err)
	return ok && f == connectors.TooLarge
}
