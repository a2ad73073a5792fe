// Package amazonads plays Amazon Ads: Login with Amazon, profiles, and reports of version 3, which are ordered, prepared and fetched as packed
// JSON. What the reports say comes from package ads, as of the simulated clock; a campaign's Kind is its ad product.
package amazonads

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/oauth"
)

// hosts of a region: the page to agree on, the tokens, the interface.
type hosts struct{ consent, token, api string }

var regions = map[string]hosts{
	"na": {"www.amazon.com", "api.amazon.com", "advertising-api.amazon.com"},
	"eu": {"eu.account.amazon.com", "api.amazon.co.uk", "advertising-api-eu.amazon.com"},
	"fe": {"apac.account.amazon.com", "api.amazon.co.jp", "advertising-api-fe.amazon.com"},
}

// Storage is where reports are fetched.
const Storage = "offline-report-storage-eu-west-1-prod.s3.amazonaws.com"

// Kinds are the ad products, as campaigns of accounts name them.
var Kinds = []string{"SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"}

// The app, unless Options name another.
const (
	ClientID     = "amzn1.application-oa2-client.0123456789abcdef"
	ClientSecret = "amazon-app-secret" //nolint:gosec // of a simulation
)

// Options say what is simulated. Now and Accounts are needed.
type Options struct {
	Now      func() time.Time
	Region   string // na, eu or fe; eu where empty
	Accounts []*ads.Account
	// The app, as the merchant made it; ClientID and ClientSecret of this package where empty.
	ClientID, ClientSecret string
	Redirects              []string // addresses that it may come back to; any where empty
	// Prepares is how long a report takes, Polls how often it is pending at least.
	Prepares time.Duration
	Polls    int
}

// Faults go wrong on demand. Numbers count down.
type Faults struct {
	Down        int               // requests answered by HTTP 503
	RateLimited int               // requests refused for now
	Failing     int               // reports that end as failed
	Stuck       bool              // no report ends
	Dead        bool              // the version is no longer there
	Lost        int               // orders that are taken and whose answer does not arrive
	Ended       int               // addresses of reports that have ended before they are used
	Cut         bool              // files break off
	Unapproved  bool              // the app may not use the interface
	Author      bool              // the accounts are of authors, who cannot have Sponsored Brands
	Withdrawn   map[string]bool   // profiles that the user may no longer see
	Kinds       map[string]string // of profiles: vendor or agency; seller where not named
}

// Server is the simulated provider.
type Server struct {
	*host.Host
	host.Handle[Faults] // requests are counted by profiles, order, ask and file
	opts                Options
	desk                *oauth.Desk

	mu      sync.Mutex
	reports map[string]*report
	links   map[string]*link
}

// New makes a provider with a user who sees all the accounts.
func New(o Options) *Server {
	if o.Region == "" {
		o.Region = "eu"
	}
	s := &Server{opts: o, reports: map[string]*report{}, links: map[string]*link{}}
	s.desk = &oauth.Desk{Now: o.Now, ClientID: cmp.Or(o.ClientID, ClientID), ClientSecret: cmp.Or(o.ClientSecret, ClientSecret), Redirects: o.Redirects, Lifetime: time.Hour, PKCE: true, Prefix: "Atza|"}
	names := []string{Storage}
	for _, h := range regions {
		names = append(names, h.consent, h.token, h.api)
	}
	s.Host = host.New("Amazon Ads", s.handler(), names...)
	return s
}

// Desk hands out tokens.
func (s *Server) Desk() *oauth.Desk { return s.desk }

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for region, h := range regions {
		mux.HandleFunc("GET "+h.consent+"/ap/oa", s.authorize)
		mux.HandleFunc("POST "+h.token+"/auth/o2/token", s.desk.Token)
		for path, serve := range map[string]func(http.ResponseWriter, *http.Request, []byte){
			"GET " + h.api + "/v2/profiles":             s.profiles,
			"POST " + h.api + "/reporting/reports":      s.create,
			"GET " + h.api + "/reporting/reports/{id}":  s.status,
			"POST " + h.api + "/reporting/reports/{id}": s.unknown,
		} {
			mux.HandleFunc(path, s.guarded(region, serve))
		}
	}
	mux.HandleFunc("GET "+Storage+"/reports/{key}", s.download)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
		mux.ServeHTTP(w, r)
	})
}

func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("scope") != "advertising::campaign_management" {
		http.Error(w, "An unknown scope was requested", http.StatusBadRequest)
		return
	}
	s.desk.Authorize(w, r)
}

// guarded lets faults out, and in those who may come in.
func (s *Server) guarded(region string, serve func(http.ResponseWriter, *http.Request, []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		s.mu.Lock()
		defer s.mu.Unlock()
		s.Asked(what(r))
		f := s.Faults()
		access, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		_, good := s.desk.Good(access)
		switch {
		case f.Dead:
			refuse(w, http.StatusNotFound, "NOT_FOUND", "Could not find resource")
		case s.Strikes(func(f *Faults) *int { return &f.Down }):
			http.Error(w, "<html>Service Unavailable</html>", http.StatusServiceUnavailable)
		case s.Strikes(func(f *Faults) *int { return &f.RateLimited }):
			w.Header().Set("Retry-After", "90")
			refuse(w, http.StatusTooManyRequests, "429", "Too Many Requests")
		case !ok || !good || r.Header.Get("Amazon-Advertising-API-ClientId") != s.desk.ClientID:
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "HTTP 401 Unauthorized")
		case f.Unapproved:
			refuse(w, http.StatusForbidden, "403", "Not authorized to use the Advertising API")
		case region != s.opts.Region && r.URL.Path != "/v2/profiles":
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "Not authorized to manage this profile. Please check permissions and consent from the advertiser")
		default:
			serve(w, r, body)
		}
	}
}

// what a request is counted as.
func what(r *http.Request) string {
	switch r.URL.Path {
	case "/v2/profiles":
		return "profiles"
	case "/reporting/reports":
		return "order"
	}
	return "ask"
}

func (s *Server) unknown(w http.ResponseWriter, _ *http.Request, _ []byte) {
	refuse(w, http.StatusMethodNotAllowed, "405", "Method Not Allowed")
}

// refuse answers as both services do: profiles say details, reports say detail.
func refuse(w http.ResponseWriter, status int, code, text string) {
	key := "details"
	if code != "" && code[0] >= '0' && code[0] <= '9' {
		key = "detail"
	}
	answer(w, status, map[string]string{"code": code, key: text})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
