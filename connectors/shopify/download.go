package shopify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/transport"
)

// stalled is how long a download may bring nothing before it is given up.
const stalled = 60 * time.Second

const opDownload = "download the result"

// download opens a bulk operation's result at a byte offset. size is that of the whole file. The link is signed by Shopify and
// goes to another company's host, so no token is sent, and it is in no error.
//
// Opening is tried again after resets and 5xx. A reader that breaks off returns an Unavailable error: open it again at the
// offset reached. A link that is no longer good is Unavailable with cause errLinkExpired: ask for the operation again.
func (c *client) download(ctx context.Context, link string, offset int64) (io.ReadCloser, int64, error) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, 0, connectors.Errorf(connectors.Malformed, opDownload, "the link to the result is not an https address")
	}
	if c.bare == nil {
		return nil, 0, errors.New("the grant has no client for signed links")
	}
	for failed := 1; ; failed++ {
		body, size, err := c.open(ctx, link, offset)
		if err == nil {
			return body, size, nil
		}
		if f, ok := connectors.FaultOf(err); ctx.Err() != nil || !ok || f != connectors.Unavailable || errors.Is(err, errLinkExpired) || failed == 5 {
			return nil, 0, err
		}
		wait := transport.Backoff(failed)
		if after := connectors.RetryAfter(err); after > 0 {
			wait = min(after, 30*time.Second)
		}
		if err := transport.Pause(ctx, wait); err != nil {
			return nil, 0, err
		}
	}
}

// open asks for the file once.
func (c *client) open(ctx context.Context, link string, offset int64) (_ io.ReadCloser, size int64, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(stalled, func() { cancel(errStalled) })
	defer func() {
		if err != nil {
			cancel(nil)
		}
	}()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil, 0, connectors.Errorf(connectors.Malformed, opDownload, "the link to the result cannot be asked for")
	}
	// Offsets and sizes are those of the file as it lies there.
	r.Header.Set("Accept-Encoding", "identity")
	if offset > 0 {
		r.Header.Set("Range", "bytes="+strconv.FormatInt(offset, 10)+"-")
	}
	resp, err := c.bare.Do(r)
	watch.Stop()
	if err != nil {
		return nil, 0, broken(ctx, err)
	}
	body := &downloadReader{ctx: ctx, cancel: cancel, body: resp.Body}
	switch {
	case resp.StatusCode == http.StatusPartialContent:
		from, total, ok := contentRange(resp.Header.Get("Content-Range"))
		if !ok || from != offset {
			err = connectors.Errorf(connectors.Malformed, opDownload, "asked for byte %d and the answer begins elsewhere", offset)
			break
		}
		return body, total, nil
	case resp.StatusCode == http.StatusOK:
		// The whole file: what was read before is passed over.
		if _, err = io.CopyN(io.Discard, body, offset); err != nil {
			if errors.Is(err, io.EOF) {
				err = connectors.Errorf(connectors.Malformed, opDownload, "the file is shorter than the %d bytes read before", offset)
			}
			break
		}
		return body, resp.ContentLength, nil
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		if _, total, ok := contentRange(resp.Header.Get("Content-Range")); ok && total == offset {
			_ = body.Close()
			return io.NopCloser(strings.NewReader("")), total, nil
		}
		err = connectors.Errorf(connectors.Malformed, opDownload, "the file is shorter than the %d bytes read before", offset)
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		err = &connectors.Error{Fault: connectors.Unavailable, Op: opDownload, Err: fmt.Errorf("HTTP %d", resp.StatusCode),
			RetryAfter: transport.RetryAfter(resp.Header, c.now())}
	case resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone || resp.StatusCode == http.StatusBadRequest:
		err = &connectors.Error{Fault: connectors.Unavailable, Op: opDownload, Err: fmt.Errorf("HTTP %d: %w", resp.StatusCode, errLinkExpired)}
	default:
		err = connectors.Errorf(connectors.Malformed, opDownload, "HTTP %d", resp.StatusCode)
	}
	_ = resp.Body.Close()
	return nil, 0, err
}

var errStalled = fmt.Errorf("nothing came for %s", stalled)

// downloadReader watches over a download while it is being read, and names its faults.
type downloadReader struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	body   io.ReadCloser
}

func (d *downloadReader) Read(p []byte) (int, error) {
	watch := time.AfterFunc(stalled, func() { d.cancel(errStalled) })
	n, err := d.body.Read(p)
	watch.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken(d.ctx, err)
	}
	return n, err
}

func (d *downloadReader) Close() error {
	d.cancel(nil)
	return d.body.Close()
}

// broken makes a fault of a download that broke off, or the context's own error.
func broken(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, errStalled) {
		return cause
	} else if cause != nil {
		err = cause
	}
	return &connectors.Error{Fault: connectors.Unavailable, Op: opDownload, Err: transport.Cause(err)}
}

// contentRange reads "bytes 5-9/10" and "bytes */10".
func contentRange(h string) (from, total int64, ok bool) {
	span, all, found := strings.Cut(strings.TrimPrefix(h, "bytes "), "/")
	if !found {
		return 0, 0, false
	}
	total, err := strconv.ParseInt(all, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	if span == "*" {
		return 0, total, true
	}
	first, _, _ := strings.Cut(span, "-")
	from, err = strconv.ParseInt(first, 10, 64)
	return from, total, err == nil
}
