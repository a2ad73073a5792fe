package shopify

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

const maxBody = 4 << 20

var graphqlPath = regexp.MustCompile(`^/admin/api/([0-9]{4}-[0-9]{2}|unstable)/graphql\.json$`)

// ServeHTTP plays the shop's host and the storage host.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat)) // net/http would put the machine's clock
	if s.opts.Latency > 0 {
		wait(r.Context(), s.opts.Latency)
	}
	if host == storageHost {
		s.bulks.download(w, r)
		return
	}
	f := s.faults.now()
	if host != s.shop.Domain || f.Gone {
		writeError(w, http.StatusNotFound, "Not Found")
		return
	}
	m := graphqlPath.FindStringSubmatch(r.URL.Path)
	switch {
	case r.URL.Path == "/admin/oauth/authorize":
		s.auth.authorize(w, r)
	case r.URL.Path == "/admin/oauth/access_token":
		s.auth.accessToken(w, r)
	case m != nil && r.Method == http.MethodPost:
		w.Header().Set("X-Shopify-API-Version", answeredBy(m[1]))
		w.Header().Set("X-Request-Id", requestID(s.faults))
		if s.broken(w, r, f) {
			return
		}
		s.serveGraphQL(w, r)
	default:
		writeError(w, http.StatusNotFound, "Not Found")
	}
}

// answeredBy is the version that a request is answered by: one that is no longer, or not yet, supported falls forward to the oldest.
func answeredBy(asked string) string {
	if asked == Version || slices.Contains(oldVersions, asked) || asked == "unstable" {
		return asked
	}
	return oldVersions[0]
}

// broken answers with what faults are on, before anything is executed.
func (s *Server) broken(w http.ResponseWriter, r *http.Request, f Faults) bool {
	if s.faults.strikes(func(f *Faults) *Chance { return &f.Slow }) {
		wait(r.Context(), f.SlowBy)
	}
	switch {
	case f.Frozen:
		writeError(w, http.StatusPaymentRequired, "Unavailable Shop")
	case f.Locked:
		writeError(w, http.StatusLocked, "This shop is unavailable")
	case s.faults.strikes(func(f *Faults) *Chance { return &f.Reset }):
		drain(r)
		reset(w)
	case s.faults.strikes(func(f *Faults) *Chance { return &f.TooMany }):
		w.Header().Set("Retry-After", "1.0")
		writeError(w, http.StatusTooManyRequests, "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.")
	case s.faults.strikes(func(f *Faults) *Chance { return &f.Broken }):
		codes := []int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
		writeHTML(w, codes[s.faults.pick(len(codes))])
	default:
		return false
	}
	return true
}

func writeError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"errors": message})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func writeHTML(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<!DOCTYPE html>\n<html><head><title>"+http.StatusText(status)+"</title></head><body><h1>"+http.StatusText(status)+"</h1><p>There was a problem loading this page.</p></body></html>\n")
}

func drain(r *http.Request) { _, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody)) }

// reset drops the connection so that the client sees a reset, not an end.
func reset(w http.ResponseWriter) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		if tcp, ok := t.NetConn().(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
			_ = tcp.Close()
			return
		}
	}
	_ = c.Close()
}

// cut writes the head and half of the body and drops the connection.
func cut(w http.ResponseWriter, contentType string, body []byte) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = c.Close() }()
	var b strings.Builder
	b.WriteString("HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\nContent-Length: ")
	b.Write(mustJSON(len(body)))
	b.WriteString("\r\n\r\n")
	_, _ = io.WriteString(c, b.String())
	_, _ = c.Write(body[:len(body)/2])
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
