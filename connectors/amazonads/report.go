package amazonads

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
)

// submit orders a report, or adopts one that is the same and under way: an order whose answer was lost, or that was made before a restart.
func (k kind) submit(ctx context.Context, a daily.Ask) (string, error) {
	o := k.order(a)
	var out report
	// It may be sent again, since Amazon tells what it has got already.
	call, err := rest.New(a.Grant, a.Now, judge).Do(ctx, rest.Ask{Op: op(a, "order"), Method: http.MethodPost, URL: host(a.Grant) + pathReports, Body: o, Reads: true,
		Header: header(a)}, &out)
	if call.Status == http.StatusBadRequest && noProduct.Match(call.Body) {
		return idNone, nil
	}
	if call.Status != statusTooEarly {
		return out.ReportID, err
	}
	id := reportID.FindString(string(call.Body))
	if id == "" {
		return "", err
	}
	there, lookErr := look(ctx, a, id)
	switch {
	case errors.Is(lookErr, errLost):
		return "", err
	case lookErr != nil:
		return "", lookErr
	case !there.is(o):
		return "", err // Amazon takes daily and summed reports of the same days for each other
	}
	return id, nil
}

// reportID is what Amazon's refusal of a duplicate ends with.
var reportID = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

// is says whether a report holds what an order asks for.
func (r report) is(o order) bool {
	c, want := r.Configuration, o.Configuration
	slices.Sort(c.Columns)
	want.Columns = slices.Sorted(slices.Values(want.Columns))
	return r.StartDate == o.StartDate && r.EndDate == o.EndDate && c.ReportTypeID == want.ReportTypeID && c.TimeUnit == want.TimeUnit &&
		slices.Equal(c.Columns, want.Columns) && slices.Equal(c.GroupBy, want.GroupBy)
}

// idNone stands for the report of a product that the account cannot have.
const idNone = "none"

// poll asks how far a report is.
func poll(ctx context.Context, a daily.Ask, id string) (daily.Ready, error) {
	if id == idNone {
		return daily.Ready{Done: true, Empty: true}, nil
	}
	r, err := look(ctx, a, id)
	if errors.Is(err, errLost) {
		return daily.Ready{Failed: errLost.Error()}, nil
	}
	if err != nil {
		return daily.Ready{}, err
	}
	switch r.Status {
	case "PENDING", "PROCESSING":
		return daily.Ready{}, nil
	case "COMPLETED":
		if r.URL == "" {
			return daily.Ready{Failed: "COMPLETED, and nowhere to be had"}, nil
		}
		return daily.Ready{Done: true, At: r.URL}, nil
	case "FAILED":
		return daily.Ready{Failed: "FAILED " + connectors.Clean(r.FailureReason)}, nil
	default:
		return daily.Ready{}, connectors.Errorf(connectors.Malformed, op(a, "ask for"), "the report is in a state %q that is not known", connectors.Clean(r.Status))
	}
}

// errLost is the cause where Amazon no longer keeps a report.
var errLost = errors.New("the report is no longer kept")

func look(ctx context.Context, a daily.Ask, id string) (r report, err error) {
	call, err := rest.New(a.Grant, a.Now, judge).Do(ctx, rest.Ask{Op: op(a, "ask for"), URL: host(a.Grant) + pathReports + "/" + url.PathEscape(id),
		Header: header(a)}, &r)
	if call.Status == http.StatusNotFound {
		return r, errLost
	}
	return r, err
}

// header names the profile and the version, which Amazon wants of questions too, and leaves it the type of its answer.
func header(a daily.Ask) map[string]string {
	return map[string]string{headerProfile: a.ID, "Content-Type": typeReport, "Accept": "*/*"}
}

func op(a daily.Ask, what string) string {
	return what + " the report " + products[a.Part].report + " " + a.Days.String() + " of profile " + a.ID
}
