// Package gsheets is a simulated Google Sheets, as far as a spreadsheet can be made and kept up to date with it: its login, spreadsheets with
// tabs, cells and named ranges, and changes that are made all or none. What a merchant types into a spreadsheet of theirs is played by methods,
// and formulas are worked out by a spreadsheet library that is not ours. What it refuses follows the API's published description.
package gsheets

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"fourfold/internal/sim/google"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/oauth"
)

// Host of the API.
const Host = "sheets.googleapis.com"

// Scope is what a token must be granted.
const Scope = "https://www.googleapis.com/auth/drive.file"

// Options say how the server behaves. The zero value is on the wall clock, with Google's limits.
type Options struct {
	Now func() time.Time // time.Now where nil
	// Desk is that of another simulated Google product, whose login is this one's; one of its own where nil, for the app "client-id".
	Desk *oauth.Desk
	// PerMinute is how many reads, and how many writes, are answered in a minute: 60 where zero.
	PerMinute int
	// MaxCells is how many cells a spreadsheet may have: 10 million where zero.
	MaxCells int
}

// Faults are what goes wrong, from the next request on.
type Faults struct {
	Broken   int  // so many requests answer HTTP 503
	Throttle int  // so many answer that the quota is used up
	Disabled bool // the API is not switched on in the Cloud project
	// Cut drops the connection at a request, counted from 1 since the faults were set: before it takes effect, or after.
	Cut   int
	After bool
}

// Request is one that came.
type Request struct {
	Method, Path string
	Bytes        int
	Changes      []string // their kinds, of an update
	Body         string   // of an update
}

// maxBody is what Google's front takes.
const maxBody = 10 << 20

// Server is the simulated Google Sheets. It is safe for concurrent use.
type Server struct {
	*host.Host
	google.Door
	opts Options

	mu     sync.Mutex
	faults Faults
	since  int // requests since the faults were set
	came   []Request
	spent  map[string]int // requests by minute and kind
	files  map[string]*file
	made   int
}

// file is a spreadsheet in somebody's Drive.
type file struct {
	*spreadsheet
	foreign bool // not made by the app, which cannot see it
	binned  bool
}

// New makes a server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PerMinute == 0 {
		o.PerMinute = 60
	}
	if o.MaxCells == 0 {
		o.MaxCells = 10_000_000
	}
	s := &Server{Door: google.NewDoor(o.Now, o.Desk, Scope), opts: o, files: map[string]*file{}, spent: map[string]int{}}
	s.Host = host.New("Google Sheets", s, Host, google.AuthorizeHost, google.TokenHost)
	return s
}

// Fail sets what goes wrong from now on.
func (s *Server) Fail(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.since = f, 0
}

// Came is what was asked of the API so far, the earliest first.
func (s *Server) Came() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.came)
}

// ServeHTTP plays the API and the login.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if s.Login(w, r) {
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since++
	s.came = append(s.came, Request{Method: r.Method, Path: r.URL.Path, Bytes: len(body)})
	cut := s.faults.Cut == s.since
	if cut && !s.faults.After {
		panic(http.ErrAbortHandler)
	}
	switch {
	case len(body) > maxBody:
		google.Broken(w, http.StatusRequestEntityTooLarge)
	case s.faults.Broken > 0:
		s.faults.Broken--
		google.Refuse(w, http.StatusServiceUnavailable, "UNAVAILABLE", "The service is currently unavailable.")
	case s.faults.Disabled:
		google.Refuse(w, http.StatusForbidden, "PERMISSION_DENIED", "Google Sheets API has not been used in project 12345 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/sheets.googleapis.com then retry.", google.Info("SERVICE_DISABLED"))
	case !s.Bearer(w, r):
	case s.throttled(r.Method):
		kind := "Read"
		if r.Method != http.MethodGet {
			kind = "Write"
		}
		google.Refuse(w, http.StatusTooManyRequests, "RESOURCE_EXHAUSTED", fmt.Sprintf("Quota exceeded for quota metric '%[1]s requests' and limit '%[1]s requests per minute per user' of service 'sheets.googleapis.com' for consumer 'project_number:12345'.", kind), google.Info("RATE_LIMIT_EXCEEDED"))
	default:
		status, answer := s.answer(r, body)
		if cut {
			panic(http.ErrAbortHandler)
		}
		google.Answer(w, status, answer)
	}
}

// throttled counts a request against the quota of its minute.
func (s *Server) throttled(method string) bool {
	if s.faults.Throttle > 0 {
		s.faults.Throttle--
		return true
	}
	key := s.opts.Now().UTC().Format("15:04 ") + map[bool]string{true: "read", false: "write"}[method == http.MethodGet]
	s.spent[key]++
	return s.spent[key] > s.opts.PerMinute
}

// answer does what is asked.
func (s *Server) answer(r *http.Request, body []byte) (int, any) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/v4/spreadsheets")
	if !ok {
		return http.StatusNotFound, google.Refusal(http.StatusNotFound, "NOT_FOUND", "Requested entity was not found.")
	}
	id, verb, _ := strings.Cut(strings.TrimPrefix(rest, "/"), ":")
	if id == "" && r.Method == http.MethodPost {
		return refusable(s.create(body))
	}
	f := s.files[id]
	if f == nil || f.foreign || f.binned {
		return http.StatusNotFound, google.Refusal(http.StatusNotFound, "NOT_FOUND", "Requested entity was not found.")
	}
	switch {
	case r.Method == http.MethodGet && verb == "":
		if fields := r.URL.Query().Get("fields"); fields == "" || strings.Contains(fields, "data") {
			return refusable(nil, invalid("this simulation gives no cells: name the fields without them"))
		}
		return http.StatusOK, f.describe(id)
	case r.Method == http.MethodPost && verb == "batchUpdate":
		return refusable(s.update(f, id, body))
	}
	return http.StatusNotFound, google.Refusal(http.StatusNotFound, "NOT_FOUND", "Method not found.")
}

func refusable(answer any, err error) (int, any) {
	if err != nil {
		return http.StatusBadRequest, google.Refusal(http.StatusBadRequest, "INVALID_ARGUMENT", err.Error())
	}
	return http.StatusOK, answer
}

func (s *Server) create(body []byte) (any, error) {
	var asked struct {
		Properties properties `json:"properties"`
		Sheets     []struct {
			Properties sheetProperties `json:"properties"`
		} `json:"sheets"`
	}
	if err := strict(body, &asked); err != nil {
		return nil, err
	}
	p := &spreadsheet{properties: asked.Properties, most: s.opts.MaxCells}
	if _, err := time.LoadLocation(p.properties.Zone); err != nil {
		return nil, invalid("Invalid time zone: %s", p.properties.Zone)
	}
	if len(asked.Sheets) == 0 {
		asked.Sheets = append(asked.Sheets, struct {
			Properties sheetProperties `json:"properties"`
		}{sheetProperties{Title: "Sheet1"}})
	}
	for _, one := range asked.Sheets {
		if err := p.addSheet(one.Properties); err != nil {
			return nil, err
		}
	}
	s.made++
	id := fmt.Sprintf("sim-spreadsheet-%d", s.made)
	s.files[id] = &file{spreadsheet: p}
	return p.describe(id), nil
}

// update makes all changes on a copy, which takes the place of what is there only if each of them can be made.
func (s *Server) update(f *file, id string, body []byte) (any, error) {
	var asked struct {
		Requests []map[string]json.RawMessage `json:"requests"`
	}
	if err := strict(body, &asked); err != nil {
		return nil, err
	}
	if len(asked.Requests) == 0 {
		return nil, invalid("Must specify at least one request.")
	}
	next := f.clone()
	came := &s.came[len(s.came)-1]
	came.Body = string(body)
	replies := make([]any, len(asked.Requests))
	for i, one := range asked.Requests {
		if len(one) != 1 {
			return nil, invalid("Invalid requests[%d]: exactly one kind of request must be set", i)
		}
		for kind, text := range one {
			came.Changes = append(came.Changes, kind)
			if err := next.change(kind, text); err != nil {
				return nil, invalid("Invalid requests[%d].%s: %s", i, kind, err)
			}
		}
		replies[i] = map[string]any{}
	}
	if err := next.check(); err != nil {
		return nil, err
	}
	f.spreadsheet = next
	return map[string]any{"spreadsheetId": id, "replies": replies}, nil
}
