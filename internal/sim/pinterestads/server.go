// Package pinterestads plays Pinterest's API v5 as far as what ads cost goes: the consent, the tokens, the ad accounts, and the reports that are
// prepared and fetched elsewhere. What it tells comes from package ads, as of the clock that is handed in.
package pinterestads

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/oauth"
)

const (
	api     = "api.pinterest.com"
	site    = "www.pinterest.com"
	storage = "pinads-reports.s3.amazonaws.com" // where reports are fetched; it is another company's
)

// Options of a simulation. The accounts are given UTC as their zone, by which Pinterest cuts days.
type Options struct {
	Now                    func() time.Time
	ClientID, ClientSecret string
	Accounts               []*ads.Account
	Prepares               time.Duration // how long a report takes
	PageSize               int           // of the list of accounts, where fewer are to come than are asked for
}

// Faults are what goes wrong; accounts are named by their ID.
type Faults struct {
	Suspended map[string]bool // no report is given
	Withdrawn map[string]bool // not found
	Billing   map[string]bool // whoever linked has a role that reads no reports
	Down      int             // so many requests are answered with a fault of the server
	Limited   bool            // the limit of requests a minute
	QuotaGone bool            // the requests of the day
	Dead      bool            // the version has ended
	Stuck     bool            // reports never finish
	Failing   int             // so many reports fail
	Odd       bool            // figures have a point, and rows come in one list
}

// Server is the simulation. Start it, and reach it by Transport.
type Server struct {
	*host.Host
	host.Handle[Faults] // requests are counted by method and path; "download" are fetched reports
	o                   Options
	desk                *oauth.Desk

	mu      sync.Mutex
	reports map[string]*report
}

// New makes a simulation; it is not started.
func New(o Options) *Server {
	s := &Server{o: o, reports: map[string]*report{}}
	s.desk = &oauth.Desk{Now: o.Now, ClientID: o.ClientID, ClientSecret: o.ClientSecret, Lifetime: 30 * 24 * time.Hour, Refreshes: 60 * 24 * time.Hour,
		Rotates: true, Basic: true, Scopes: []string{"ads:read"}, Prefix: "pina_"}
	for _, a := range o.Accounts {
		a.Zone = "UTC"
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+site+"/oauth/", s.desk.Authorize)
	mux.HandleFunc("POST "+api+"/v5/oauth/token", s.token)
	mux.HandleFunc("GET "+storage+"/{key}", s.download)
	for path, h := range map[string]func(r *http.Request) any{
		"GET /v5/ad_accounts":               s.list,
		"GET /v5/ad_accounts/{id}":          s.one,
		"POST /v5/ad_accounts/{id}/reports": s.order,
		"GET /v5/ad_accounts/{id}/reports":  s.look,
	} {
		method, rest, _ := strings.Cut(path, " ")
		mux.HandleFunc(method+" "+api+rest, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, path, h) })
	}
	s.Host = host.New("Pinterest", mux, api, site, storage)
	return s
}

// Desk is the login.
func (s *Server) Desk() *oauth.Desk { return s.desk }

// Grant gives tokens, as a consent does.
func (s *Server) Grant() (access, refresh string) { return s.desk.Issue([]string{"ads:read"}) }

// no is a refusal.
type no struct {
	status, code int
	message      string
}

func (s *Server) write(w http.ResponseWriter, status int, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", s.o.Now().UTC().Format(http.TimeFormat))
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(data)
}

func (s *Server) refuse(w http.ResponseWriter, n no) {
	s.write(w, n.status, map[string]any{"code": n.code, "message": n.message})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, path string, h func(*http.Request) any) {
	s.Asked(path)
	f := s.Faults()
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	_, good := s.desk.Good(token)
	switch {
	case f.Dead:
		http.NotFound(w, r)
	case s.Strikes(func(f *Faults) *int { return &f.Down }):
		http.Error(w, "<html>upstream</html>", http.StatusBadGateway)
	case f.Limited:
		w.Header().Set("X-RateLimit-Reset", "23")
		s.refuse(w, no{http.StatusTooManyRequests, 8, "You have exceeded your rate limit. Try again later."})
	case f.QuotaGone:
		now := s.o.Now().UTC()
		w.Header().Set("X-RateLimit-Reset", strconv.Itoa(int(now.Truncate(24*time.Hour).Add(24*time.Hour).Sub(now).Seconds())))
		s.refuse(w, no{http.StatusTooManyRequests, 8, "You have exceeded your rate limit. Try again later."})
	case !bearer || !good:
		s.refuse(w, no{http.StatusUnauthorized, 2, "Authentication failed."})
	default:
		data := h(r)
		if n, refused := data.(no); refused {
			s.refuse(w, n)
			return
		}
		s.write(w, http.StatusOK, data)
	}
}

// kept is an answer that is looked at before it is sent.
type kept struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// token refuses in Pinterest's own words, and wants to be told that tokens are to renew each other.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	if r.PostForm.Get("grant_type") == "authorization_code" && r.PostForm.Get("continuous_refresh") != "true" {
		s.refuse(w, no{http.StatusBadRequest, 1, "The legacy refresh token is no longer supported."})
		return
	}
	k := &kept{ResponseWriter: w, status: http.StatusOK}
	s.desk.Token(k, r)
	if k.status != http.StatusOK {
		s.refuse(w, no{http.StatusUnauthorized, 283, "The authorization grant is invalid"})
		return
	}
	w.WriteHeader(k.status)
	_, _ = w.Write(k.body.Bytes())
}

func unknown(q url.Values, known ...string) (no, bool) {
	for p := range q {
		if !slices.Contains(known, p) {
			return no{http.StatusBadRequest, 1, "Additional properties are not allowed ('" + p + "' was unexpected)"}, true
		}
	}
	return no{}, false
}

func (s *Server) told(a *ads.Account, f Faults) map[string]any {
	roles := []string{"ADMIN"}
	if f.Billing[a.ID] {
		roles = []string{"FINANCE_MANAGER"}
	}
	now := s.o.Now()
	opened := now
	for _, c := range a.Campaigns {
		if at := (c.From - 1).UTC(); at.Before(opened) {
			opened = at
		}
	}
	return map[string]any{"id": a.ID, "name": a.Name, "currency": a.Currency, "country": "US", "permissions": roles, "created_time": opened.Unix(),
		"updated_time": nil, "owner": map[string]string{"username": "owner", "id": "1"}}
}

// list is paged by bookmarks, which are places in the list.
func (s *Server) list(r *http.Request) any {
	q := r.URL.Query()
	if n, odd := unknown(q, "page_size", "bookmark", "include_shared_accounts"); odd {
		return n
	}
	size := 25
	if text := q.Get("page_size"); text != "" {
		var err error
		if size, err = strconv.Atoi(text); err != nil || size < 1 || size > 250 {
			return no{http.StatusBadRequest, 1, "page_size: 1 to 250"}
		}
	}
	if s.o.PageSize > 0 {
		size = min(size, s.o.PageSize)
	}
	from := 0
	if text := q.Get("bookmark"); text != "" {
		var err error
		if from, err = strconv.Atoi(strings.TrimPrefix(text, "b:")); err != nil {
			return no{http.StatusBadRequest, 1, "bookmark: not one of ours"}
		}
	}
	f := s.Faults()
	items := []any{}
	for _, a := range s.o.Accounts {
		if !f.Withdrawn[a.ID] {
			items = append(items, s.told(a, f))
		}
	}
	to := min(from+size, len(items))
	var next any
	if to < len(items) {
		next = "b:" + strconv.Itoa(to)
	}
	return map[string]any{"items": items[min(from, to):to], "bookmark": next}
}

// account is the one asked for.
func (s *Server) account(r *http.Request) (*ads.Account, Faults, any) {
	f := s.Faults()
	for _, a := range s.o.Accounts {
		if a.ID == r.PathValue("id") && !f.Withdrawn[a.ID] {
			return a, f, nil
		}
	}
	return nil, f, no{http.StatusNotFound, 50, "AdAccount not found."}
}

func (s *Server) one(r *http.Request) any {
	a, f, refused := s.account(r)
	if refused != nil {
		return refused
	}
	return s.told(a, f)
}
