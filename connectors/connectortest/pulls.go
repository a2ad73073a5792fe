package connectortest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/connectors"
)

// checkWhole pulls without a break, and holds each page and the proofs to the contract.
func (r *rig) checkWhole(ctx context.Context) (*outcome, []error) {
	var faults []error
	var complete time.Time
	proven := false
	o, more := r.drive(ctx, nil, func(n int, p connectors.Page) (bool, error) {
		for _, err := range r.checkPage(p) {
			faults = append(faults, fmt.Errorf("page %d: %w", n, err))
		}
		if p.Proof != nil {
			if p.Proof.CompleteTo.IsZero() && proven {
				faults = append(faults, fmt.Errorf("page %d: complete to %s, and now to nowhere", n, complete))
			}
			if to := p.Proof.CompleteTo; !to.IsZero() {
				if to.Before(complete) {
					faults = append(faults, fmt.Errorf("page %d: complete to %s, and now only to %s", n, complete, to))
				}
				complete, proven = to, true
			}
		}
		return true, nil
	})
	faults = append(faults, more...)
	if len(o.proofs) == 0 {
		faults = append(faults, errors.New("the pull reached the present without a proof"))
	} else if !proven {
		faults = append(faults, errors.New("the pull reached the present, and the stream is complete to nowhere"))
	}
	return o, faults
}

func (r *rig) checkPage(p connectors.Page) (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !json.Valid(p.Next) {
		fault("the cursor %q is not JSON: a page without one would be pulled for ever", p.Next)
	}
	if len(p.Records) > 0 && p.ReadAt.IsZero() {
		fault("its %d records were read at no time", len(p.Records))
	}
	if p.Replaces != nil && p.Replaces.Len() == 0 {
		fault("it replaces no days")
	}
	if p.Note.Total > 0 && p.Note.Done > p.Note.Total {
		fault("it has done %d of %d", p.Note.Done, p.Note.Total)
	}
	if p.Proof == nil {
		return faults
	}
	f := p.Proof
	if f.Slice == "" || f.Started.IsZero() || f.Method == "" {
		fault("its proof must name slice, method and when the provider began to read: %+v", *f)
	}
	if f.Version != r.version {
		fault("its proof is of version %q, and %q is pinned", f.Version, r.version)
	}
	if !f.From.IsZero() && !f.To.IsZero() && f.To.Before(f.From) {
		fault("its proof is of a range that ends before it begins: %s to %s", f.From, f.To)
	}
	for _, c := range []struct {
		what           string
		promised, read int64
	}{
		{"objects", f.Promised.Objects, f.Read.Objects},
		{"roots", f.Promised.Roots, f.Read.Roots},
		{"bytes", f.Promised.Bytes, f.Read.Bytes},
	} {
		if c.promised != 0 && c.promised != c.read {
			fault("its proof reads %d of %d %s promised", c.read, c.promised, c.what)
		}
	}
	return faults
}

// checkCut ends the pull after every page and takes it up at the page's cursor: what is held must be the same. After as many
// pages as the whole had, it may run out: a pull that has reached the present yields a page each time it is asked anew.
func (r *rig) checkCut(ctx context.Context, whole *outcome) []error {
	o, faults := r.drive(ctx, nil, func(n int, _ connectors.Page) (bool, error) {
		if n > whole.pages {
			return true, nil
		}
		return true, errAgain
	})
	return append(faults, whole.holdings.differences(o.holdings)...)
}

// checkLost loses every page once before it is stored, as a crash between reading and storing does.
func (r *rig) checkLost(ctx context.Context, whole *outcome) []error {
	lost := false
	o, faults := r.drive(ctx, nil, func(n int, _ connectors.Page) (bool, error) {
		if n > 2*whole.pages {
			return true, nil
		}
		lost = !lost
		return !lost, errAgain
	})
	return append(faults, whole.holdings.differences(o.holdings)...)
}

// checkAgain pulls once more from where the first pull ended. Nothing has happened meanwhile, so nothing may go or change.
func (r *rig) checkAgain(ctx context.Context, whole *outcome) []error {
	before := whole.holdings
	o, faults := r.drive(ctx, whole.last(), func(int, connectors.Page) (bool, error) { return true, nil })
	for key, record := range o.holdings.records {
		switch old, found := before.records[key]; {
		case !found:
			faults = append(faults, fmt.Errorf("%s was left out by the first pull: %+v", key, record))
		case !cmp.Equal(old, record):
			faults = append(faults, fmt.Errorf("%s reads otherwise than in the first pull:\n%s", key, cmp.Diff(old, record)))
		}
	}
	return faults
}

// checkCursors holds cursors to be the connector's own and to be told from a newer version's.
func (r *rig) checkCursors(ctx context.Context, whole *outcome) (faults []error) {
	for i, c := range whole.cursors {
		if i > 0 && i < len(whole.cursors)-1 && i%7 != 0 {
			continue // a sample: they are all of one struct
		}
		fields := map[string]json.RawMessage{}
		if err := json.Unmarshal(c, &fields); err != nil {
			return append(faults, fmt.Errorf("the cursor %s is not a struct's: %w", c, err))
		}
		fields["zz_of_a_newer_version"] = json.RawMessage("1")
		newer, err := json.Marshal(fields)
		if err != nil {
			return append(faults, err)
		}
		if err := r.first(ctx, r.open(), newer); !isFault(err, connectors.Malformed) {
			faults = append(faults, fmt.Errorf("a cursor of a newer version gave %v, want Malformed", err)) //nolint:errorlint // told, not wrapped: it is the wrong one
		}
	}
	if err := r.first(ctx, r.open(), connectors.Cursor("{")); !isFault(err, connectors.Malformed) {
		faults = append(faults, fmt.Errorf("a broken cursor gave %v, want Malformed", err)) //nolint:errorlint // told, not wrapped: it is the wrong one
	}
	return faults
}

// first is the error of a pull's first yield.
func (r *rig) first(ctx context.Context, acc connectors.Account, cursor connectors.Cursor) error {
	for _, err := range r.stream.Pull(ctx, acc, connectors.Request{Cursor: cursor, Since: r.since, Has: r.has}) {
		return err
	}
	return nil
}

// final is the error that ends a pull; nil where it reaches the present.
func (r *rig) final(ctx context.Context, acc connectors.Account, each func()) error {
	n := 0
	for _, err := range r.stream.Pull(ctx, acc, connectors.Request{Since: r.since, Has: r.has}) {
		if err != nil {
			return err
		}
		if each(); n > maxPages {
			return errors.New("the pull does not end")
		}
		n++
	}
	return nil
}

// atOnce is how long a pull may take to stop.
const atOnce = 2 * time.Second

// checkStopped ends the context before the pull and after its first page.
func (r *rig) checkStopped(ctx context.Context) (faults []error) {
	gone, cancel := context.WithCancel(ctx)
	cancel()
	begin := time.Now()
	if err := r.final(gone, r.open(), func() {}); !errors.Is(err, context.Canceled) {
		faults = append(faults, fmt.Errorf("a pull whose context had ended gave %v, want the context's error", err)) //nolint:errorlint // told, not wrapped: it is the wrong one
	}
	if d := time.Since(begin); d > atOnce {
		faults = append(faults, fmt.Errorf("it took %s to stop", d))
	}

	ctx, cancel = context.WithCancel(ctx)
	defer cancel()
	var stopped time.Time
	err := r.final(ctx, r.open(), func() {
		if stopped.IsZero() {
			stopped = time.Now()
			cancel()
		}
	})
	if stopped.IsZero() {
		return faults // not one page: nothing to stop
	}
	// A pull of a single page may be over before it looks.
	if err != nil && !errors.Is(err, context.Canceled) {
		faults = append(faults, fmt.Errorf("a pull stopped after its first page gave %v, want the context's error", err)) //nolint:errorlint // told, not wrapped: it is the wrong one
	}
	if d := time.Since(stopped); d > atOnce {
		faults = append(faults, fmt.Errorf("it took %s to stop after its first page", d))
	}
	return faults
}

// checkFaults puts a broken provider in the way: what comes is a fault, of the right kind, and tells no address.
func (r *rig) checkFaults(ctx context.Context, acc connectors.Account) (faults []error) {
	for _, c := range []struct {
		name string
		way  roundTrip
		want []connectors.Fault
	}{
		{"no connection", func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }, []connectors.Fault{connectors.Unavailable}},
		{"a dead token", refuse(401, ""), []connectors.Fault{connectors.Denied}},
		{"a page of HTML with status 503", refuse(503, "<html>"), []connectors.Fault{connectors.Unavailable}},
		{"too many requests", refuse(429, ""), []connectors.Fault{connectors.Throttled}},
		{"an answer of another kind", refuse(200, `{"what":1}`), []connectors.Fault{connectors.Malformed, connectors.Unavailable}},
	} {
		acc.Client = &http.Client{Transport: c.way}
		acc.Bare = acc.Client
		acc.Pacer = nil
		err := r.final(ctx, acc, func() {})
		ok := false
		for _, f := range c.want {
			ok = ok || isFault(err, f)
		}
		if !ok {
			faults = append(faults, fmt.Errorf("%s gave %v, want %v", c.name, err, c.want)) //nolint:errorlint // told, not wrapped: it is the wrong one
		}
		if err != nil && strings.Contains(err.Error(), "https://") {
			faults = append(faults, fmt.Errorf("%s: the error tells an address: %w", c.name, err))
		}
	}
	return faults
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// refuse answers everything alike, and asks not to be asked again for an hour.
func refuse(status int, body string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {"3600"}}, Request: r,
			Body: io.NopCloser(bytes.NewReader([]byte(body)))}, nil
	}
}

func isFault(err error, f connectors.Fault) bool {
	got, ok := connectors.FaultOf(err)
	return ok && got == f
}
