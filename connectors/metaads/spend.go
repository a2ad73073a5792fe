package metaads

import (
	"context"
	"errors"
	"net/url"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// spend is what campaigns cost by the day.
var spend = daily.Report{
	ID: "spend", Title: "ad spend", Needs: []string{canSpend}, Version: apiVersion, Nightly: restates, Most: atOnce, Keeps: keeps,
	Job: &daily.Job{Submit: order, Poll: poll, Fetch: fetch, AtOnce: 5},
}

// now stands for a report that need not be ordered: its rows are asked for when it is read.
const now = "now"

// order has a report prepared where Meta has found a question of this account too large before. A single day that is too large as a report can
// still be read in parts.
func order(ctx context.Context, a daily.Ask) (string, error) {
	if !a.Halved || a.Days.Len() == 1 {
		return now, nil
	}
	op := "order ad spend " + a.Days.String()
	var run ordered
	err := newClient(a.Grant, a.Now).order(ctx, op, "/act_"+a.ID+"/insights", byDay(a.Days, everything), &run)
	return run.ID, err
}

const reportFields = "async_status,error_code,error_subcode,error_message"

// States of a report that is over.
const (
	jobDone    = "Job Completed"
	jobFailed  = "Job Failed"
	jobSkipped = "Job Skipped"
)

// poll asks how far a report is.
func poll(ctx context.Context, a daily.Ask, id string) (daily.Ready, error) {
	if id == now {
		return daily.Ready{Done: true}, nil
	}
	op := "ask for the report of ad spend " + a.Days.String()
	c := newClient(a.Grant, a.Now)
	var run progress
	_, err := c.get(ctx, op, "/"+id, url.Values{"fields": {reportFields}}, &run)
	if f, _ := connectors.FaultOf(err); f == connectors.Forbidden {
		// It is lost, or the login may no longer see it: ordering it anew will tell.
		return daily.Ready{Failed: "it cannot be found"}, nil
	}
	if err != nil {
		return daily.Ready{}, err
	}
	switch run.Status {
	case jobDone:
		return daily.Ready{Done: true, At: id}, nil
	case jobSkipped:
		return daily.Ready{Failed: "it was passed over"}, nil
	case jobFailed:
		// Mostly it was too much, whatever is said. Halves do no harm otherwise: what comes of them in the end are days, which need no report.
		e := graphError{Message: run.Message, Code: run.Code, Subcode: run.Subcode}
		return daily.Ready{}, connectors.Errorf(connectors.TooLarge, op, "the report failed: %w", e.said())
	case "":
		return daily.Ready{}, connectors.Errorf(connectors.Malformed, op, "the answer holds no status")
	}
	return daily.Ready{}, c.spent(op)
}

// fetch reads the rows of a report, which are of when it was ordered, or asks for them.
func fetch(ctx context.Context, a daily.Ask, ready daily.Ready) (answer daily.Answer, err error) {
	op := "read ad spend " + a.Days.String()
	q := question{c: newClient(a.Grant, a.Now), op: op, account: a.ID, days: a.Days}
	var rows []row
	if ready.At != "" {
		rows, _, err = all[row](ctx, q.c, op, "/"+ready.At+"/insights", url.Values{"limit": {pageSize}})
	} else {
		rows, answer.ReadAt, err = q.rows(ctx)
	}
	if err != nil {
		return answer, err
	}
	answer.Rest = q.c.usage.rest()
	answer.Read.Objects = int64(len(rows))
	type campaignDay struct {
		day      period.Day
		campaign string
	}
	seen := map[campaignDay]bool{}
	for _, r := range rows {
		d, err := r.adDay(a.Account, a.Final)
		if err == nil && !a.Days.Has(d.Day) {
			err = errors.New("a row is of a day that was not asked for")
		}
		if err != nil {
			return answer, connectors.Errorf(connectors.Malformed, op, "%w", err)
		}
		// Rows shift over pages when figures change meanwhile: where one comes twice, another may not have come.
		if seen[campaignDay{d.Day, d.Campaign}] {
			return answer, connectors.Errorf(connectors.Unavailable, op, "campaign %s comes twice on %s: the figures changed while they were read", d.Campaign, d.Day)
		}
		seen[campaignDay{d.Day, d.Campaign}] = true
		answer.Records = append(answer.Records, fact.Record(d))
	}
	return answer, nil
}
