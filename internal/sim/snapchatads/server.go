// Package snapchatads plays Snapchat's Marketing API as far as what ads cost goes: the consent, the tokens, the organizations with their ad
// accounts, the campaigns and the measurement. What it tells comes from package ads, as of the clock that is handed in.
package snapchatads

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/oauth"
)

const (
	api    = "adsapi.snapchat.com"
	logins = "accounts.snapchat.com"
	scope  = "snapchat-marketing-api"
)

// Options of a simulation.
type Options struct {
	Now                    func() time.Time
	ClientID, ClientSecret string
	Accounts               []*ads.Account
	PageSize               int // of every list, where fewer are to come than are asked for
}

// Faults are what goes wrong; accounts are named by their ID.
type Faults struct {
	Withdrawn map[string]bool // not found
	Suspended map[string]bool // listed, and all else is refused
	Test      map[string]bool // a test account
	Down      int             // so many requests are answered with a fault of the server
	Limited   bool            // the limit of requests a second
	Dead      bool            // the version has ended
	Partial   bool            // a part of each answer is refused, the answer as a whole is not
	Undone    bool            // the answer's own status is an error, though HTTP's is not
	Flat      bool            // the breakdown is passed over in silence
	Odd       bool            // figures have a point, times are in UTC, zeros are told, and measurement goes on at its top
	Longest   int             // days that may be asked for at once, where it is not 32
}

// Server is the simulation. Start it, and reach it by Transport.
type Server struct {
	*host.Host
	host.Handle[Faults] // requests are counted by their paths
	o                   Options
	desk                *oauth.Desk
}

// New makes a simulation; it is not started.
func New(o Options) *Server {
	s := &Server{o: o}
	s.desk = &oauth.Desk{Now: o.Now, ClientID: o.ClientID, ClientSecret: o.ClientSecret, Lifetime: time.Hour, Scopes: []string{scope}, Prefix: "snap-"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+logins+"/login/oauth2/authorize", s.authorize)
	mux.HandleFunc("POST "+logins+"/login/oauth2/access_token", s.desk.Token)
	for path, h := range map[string]func(r *http.Request, f Faults) any{
		"/v1/me/organizations":          s.organizations,
		"/v1/adaccounts/{id}":           s.one,
		"/v1/adaccounts/{id}/campaigns": s.campaigns,
		"/v1/adaccounts/{id}/stats":     s.stats,
	} {
		mux.HandleFunc("GET "+api+path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, path, h) })
	}
	s.Host = host.New("Snapchat", mux, api, logins)
	return s
}

// Desk is the login.
func (s *Server) Desk() *oauth.Desk { return s.desk }

// Grant gives tokens, as a consent does.
func (s *Server) Grant() (access, refresh string) { return s.desk.Issue([]string{scope}) }

// authorize wants the one scope that there is.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("scope") != scope {
		http.Error(w, "invalid_scope", http.StatusBadRequest)
		return
	}
	s.desk.Authorize(w, r)
}

// no is a refusal.
type no struct {
	status        int
	code, message string
}

func (s *Server) write(w http.ResponseWriter, status int, data map[string]any) {
	data["request_id"] = "5ebc4000ff0a"
	var b bytes.Buffer
	_ = json.NewEncoder(&b).Encode(data)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", s.o.Now().UTC().Format(http.TimeFormat))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func (s *Server) refuse(w http.ResponseWriter, n no) {
	s.write(w, n.status, map[string]any{"request_status": "ERROR", "error_code": n.code, "debug_message": n.message,
		"display_message": "We're sorry, but the requested resource is not available at this time"})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, path string, h func(*http.Request, Faults) any) {
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
		http.Error(w, "Too Many Requests", http.StatusTooManyRequests)
	case !bearer || !good:
		s.refuse(w, no{http.StatusUnauthorized, "E1002", "Access token is invalid"})
	case f.Undone:
		s.refuse(w, no{http.StatusOK, "E1001", "Internal failure"})
	default:
		switch data := h(r, f).(type) {
		case no:
			s.refuse(w, data)
		case map[string]any:
			data["request_status"] = "SUCCESS"
			s.write(w, http.StatusOK, data)
		}
	}
}

// entry wraps one of a list. Measurement writes small letters.
func entry(f Faults, name string, what any, success string) map[string]any {
	if f.Partial {
		return map[string]any{"sub_request_status": "ERROR", "sub_request_error_reason": "The upstream took too long"}
	}
	return map[string]any{"sub_request_status": success, name: what}
}

func unknown(q url.Values, known ...string) (no, bool) {
	for p := range q {
		if !slices.Contains(known, p) {
			return no{http.StatusBadRequest, "E1003", "Unknown parameter " + p}, true
		}
	}
	return no{}, false
}

// part is the page of a list that a cursor stands for, and the link to the next one.
func (s *Server) part(r *http.Request, total int, least, most int) (from, to int, paging map[string]any, refused any) {
	q := r.URL.Query()
	size := most
	if text := q.Get("limit"); text != "" {
		var err error
		if size, err = strconv.Atoi(text); err != nil || size < least || size > most {
			return 0, 0, nil, no{http.StatusBadRequest, "E1004", "limit: 50 - 1000"}
		}
	}
	if s.o.PageSize > 0 {
		size = min(size, s.o.PageSize)
	}
	if text := q.Get("cursor"); text != "" {
		var err error
		if from, err = strconv.Atoi(text); err != nil || from > total {
			return 0, 0, nil, no{http.StatusBadRequest, "E1005", "cursor"}
		}
	}
	paging = map[string]any{}
	if to = min(from+size, total); to < total {
		q.Set("cursor", strconv.Itoa(to))
		paging["next_link"] = "https://" + api + r.URL.Path + "?" + q.Encode()
	}
	return from, to, paging, nil
}

func (s *Server) told(a *ads.Account, f Faults) map[string]any {
	opened := s.o.Now()
	for _, c := range a.Campaigns {
		if at := (c.From - 1).UTC(); at.Before(opened) {
			opened = at
		}
	}
	return map[string]any{"id": a.ID, "name": a.Name, "currency": a.Currency, "timezone": a.Zone, "status": "ACTIVE", "type": "DIRECT", "test": f.Test[a.ID],
		"created_at": opened.UTC().Format("2006-01-02T15:04:05.000Z")}
}

// organizations are two: the merchant's own, and that of an agency, which has the last account too.
func (s *Server) organizations(r *http.Request, f Faults) any {
	if n, odd := unknown(r.URL.Query(), "with_ad_accounts", "cursor", "limit"); odd {
		return n
	}
	var mine []any
	for _, a := range s.o.Accounts {
		if !f.Withdrawn[a.ID] {
			mine = append(mine, s.told(a, f))
		}
	}
	all := []map[string]any{{"id": "org-merchant", "name": "Merchant", "type": "ENTERPRISE"}, {"id": "org-agency", "name": "Agency", "type": "ENTERPRISE"}}
	if r.URL.Query().Get("with_ad_accounts") == "true" {
		all[0]["ad_accounts"], all[1]["ad_accounts"] = mine, mine[max(len(mine)-1, 0):]
	}
	from, to, paging, refused := s.part(r, len(all), 1, 1000)
	if refused != nil {
		return refused
	}
	out := []any{}
	for _, o := range all[from:to] {
		out = append(out, entry(f, "organization", o, "SUCCESS"))
	}
	return map[string]any{"organizations": out, "paging": paging}
}

// account is the one asked for.
func (s *Server) account(r *http.Request, f Faults) (*ads.Account, any) {
	for _, a := range s.o.Accounts {
		if a.ID != r.PathValue("id") || f.Withdrawn[a.ID] {
			continue
		}
		if f.Suspended[a.ID] {
			return nil, no{http.StatusForbidden, "E2001", "None of the requested actions [READ_CONTAINER_ENTITY] can be authorized. Current user principal: 489aad24"}
		}
		return a, nil
	}
	return nil, no{http.StatusNotFound, "E3003", "Resource can not be found"}
}

func (s *Server) one(r *http.Request, f Faults) any {
	if n, odd := unknown(r.URL.Query()); odd {
		return n
	}
	a, refused := s.account(r, f)
	if refused != nil {
		return refused
	}
	return map[string]any{"adaccounts": []any{entry(f, "adaccount", s.told(a, f), "SUCCESS")}}
}

func (s *Server) campaigns(r *http.Request, f Faults) any {
	if n, odd := unknown(r.URL.Query(), "limit", "cursor"); odd {
		return n
	}
	a, refused := s.account(r, f)
	if refused != nil {
		return refused
	}
	from, to, paging, refused := s.part(r, len(a.Campaigns), 50, 1000)
	if refused != nil {
		return refused
	}
	out := []any{}
	for _, c := range a.Campaigns[from:to] {
		out = append(out, entry(f, "campaign", map[string]any{"id": c.ID, "name": c.Name, "ad_account_id": a.ID, "status": "ACTIVE"}, "SUCCESS"))
	}
	return map[string]any{"campaigns": out, "paging": paging}
}
