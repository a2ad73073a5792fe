// Package tiktokads plays TikTok's API for Business v1.3 as far as what ads cost goes: the consent, the token, the ad accounts, the report of
// ordinary campaigns and that of GMV Max. What it tells comes from package ads, as of the clock that is handed in.
package tiktokads

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/internal/money"
	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/oauth"
)

// Kinds of campaigns that are GMV Max; those of any other kind are ordinary. An account with such campaigns has one TikTok Shop.
const (
	Product = "PRODUCT"
	Live    = "LIVE"
)

const (
	name = "business-api.tiktok.com"
	root = "/open_api/v1.3"
)

// Options of a simulation. Accounts without a smallest amount get that of their currency. Campaigns that have ended count as deleted.
type Options struct {
	Now                    func() time.Time
	ClientID, ClientSecret string
	Accounts               []*ads.Account
}

// Faults are what goes wrong; accounts are named by their ID.
type Faults struct {
	Suspended map[string]bool // by TikTok: told as such, and no report is given
	Withdrawn map[string]bool // nobody with access to it agreed any more
	Crowded   map[string]bool // has more ads than a report by campaigns covers
	ShopsOff  bool            // the app lacks the scope of GMV Max
	Down      int             // so many requests are answered with a fault of the server
	Hurried   int             // so many with a limit of requests a second
	Busy      bool            // the limit of requests a minute
	QuotaGone bool            // the requests of the day
	Repairs   bool            // maintenance
	Dead      bool            // the version has ended
	Most      int             // reports of more days are too large; none where zero
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
	s.desk = &oauth.Desk{Now: o.Now, ClientID: o.ClientID, ClientSecret: o.ClientSecret, NoRefresh: true}
	for _, a := range o.Accounts {
		if a.Unit == 0 {
			a.Unit = money.Unit
			for range money.Digits(a.Currency) {
				a.Unit /= 10
			}
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /portal/auth", s.consent)
	mux.HandleFunc("POST "+root+"/oauth2/access_token/", s.token)
	for path, h := range map[string]func(r *http.Request) any{
		"/oauth2/advertiser/get/": s.advertisers,
		"/advertiser/info/":       s.info,
		"/report/integrated/get/": s.report,
		"/gmv_max/store/list/":    s.shops,
		"/gmv_max/report/get/":    s.gmvMax,
	} {
		mux.HandleFunc("GET "+root+path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, path, h) })
	}
	s.Host = host.New("TikTok", mux, name)
	return s
}

// Desk is the login.
func (s *Server) Desk() *oauth.Desk { return s.desk }

// Grant gives a token, as a consent does.
func (s *Server) Grant() string {
	access, _ := s.desk.Issue([]string{"4"})
	return access
}

// no is a refusal, which comes with HTTP 200.
type no struct {
	code    int
	message string
}

// cut are rows that are not all.
type cut struct{ data any }

func (s *Server) write(w http.ResponseWriter, code int, message string, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", s.o.Now().UTC().Format(http.TimeFormat))
	if c, ok := data.(cut); ok {
		w.Header().Set("X-Tt-Ads-Throttle", "Number of ad ids is equal or more than 20k, only return the top 20k id's results, sorting by create time desc order.")
		data = c.data
	}
	if data == nil {
		data = map[string]any{}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "message": message, "request_id": "20261120000000", "data": data})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, path string, h func(*http.Request) any) {
	s.Asked(path)
	f := s.Faults()
	var trouble *no
	switch {
	case f.Dead:
	case s.Strikes(func(f *Faults) *int { return &f.Down }):
		trouble = &no{50000, "Service error"}
	case s.Strikes(func(f *Faults) *int { return &f.Hurried }):
		trouble = &no{40100, "Too many requests. App reaches the QPS limit."}
	case f.Busy:
		trouble = &no{40100, "Too many requests in a minute. Please retry in some minutes."}
	case f.QuotaGone:
		trouble = &no{40101, "The daily quota of the app is used up."}
	case f.Repairs:
		trouble = &no{60001, "The service is under maintenance."}
	}
	token := r.Header.Get("Access-Token")
	switch _, good := s.desk.Good(token); {
	case f.Dead:
		http.NotFound(w, r)
		return
	case trouble != nil:
	case token == "":
		trouble = &no{40104, "Access token is null."}
	case !good:
		trouble = &no{40105, "Access token is incorrect or has been revoked."}
	}
	if trouble != nil {
		s.write(w, trouble.code, trouble.message, nil)
		return
	}
	data := h(r)
	if n, refused := data.(no); refused {
		s.write(w, n.code, n.message, nil)
		return
	}
	s.write(w, 0, "OK", data)
}

// consent is the page where the merchant agrees, who does so at once.
func (s *Server) consent(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if q.Get("app_id") != s.o.ClientID || err != nil || back.Host == "" || unknown(q, "app_id", "state", "redirect_uri", "rid") != "" {
		http.Error(w, "The app or its redirect address is not known.", http.StatusBadRequest)
		return
	}
	v := back.Query()
	code := s.desk.Code("", "", []string{"4"})
	v.Set("auth_code", code)
	v.Set("code", "of-another-portal")
	v.Set("state", q.Get("state"))
	back.RawQuery = v.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	var in map[string]string
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		s.write(w, 40002, "The body is not JSON.", nil)
		return
	}
	if in["app_id"] != s.o.ClientID || in["secret"] != s.o.ClientSecret {
		s.write(w, 40002, "Invalid app_id or secret: "+in["secret"], nil) // it repeats what it was told
		return
	}
	scopes, ok := s.desk.Redeem(in["auth_code"], "", "")
	if !ok {
		s.write(w, 40110, "Auth_code is used or expired: "+in["auth_code"], nil)
		return
	}
	access, _ := s.desk.Issue(scopes)
	ids := []string{}
	for _, a := range s.o.Accounts {
		ids = append(ids, a.ID)
	}
	s.write(w, 0, "OK", map[string]any{"access_token": access, "advertiser_ids": ids, "scope": []int{4}})
}

// unknown is a parameter that there is none of.
func unknown(q url.Values, known ...string) string {
	for p := range q {
		if !slices.Contains(known, p) {
			return p
		}
	}
	return ""
}

// account is the one asked for, where its reports may be read.
func (s *Server) account(q url.Values) (*ads.Account, any) {
	id, f := q.Get("advertiser_id"), s.Faults()
	for _, a := range s.o.Accounts {
		if a.ID != id {
			continue
		}
		if f.Suspended[id] || f.Withdrawn[id] {
			return nil, no{40001, "No permission to operate advertiser " + id}
		}
		return a, nil
	}
	return nil, no{40001, "No permission to operate advertiser " + strconv.Quote(id)}
}
