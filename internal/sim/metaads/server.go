// Package metaads plays Meta: Facebook's login, the ad accounts of a login and their Insights, at once and as reports that are prepared. What it
// tells of an account is what package ads says that a platform tells at that moment.
//
// It refuses what Meta refuses, and some of what Meta lets pass: parameters it does not know, and tokens in addresses.
package metaads

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/oauth"
)

// Version is the one that is played.
const Version = "v26.0"

// Options of a simulated Meta.
type Options struct {
	Now                    func() time.Time // time.Now where nil
	ClientID, ClientSecret string           // of the merchant's app
	Redirects              []string         // allowed redirect addresses; any where empty
	Accounts               []*ads.Account   // of the one login there is
	Prepares               time.Duration    // how long a report takes
	MostRows               int              // on a page, whatever is asked for; 500 where zero
	RequireProof           bool             // the app insists on appsecret_proof
}

// Server is a simulated Meta. It is safe for concurrent use.
type Server struct {
	*host.Host
	// Requests are counted by "dialog", "token", "inspect", "accounts", "account", "insights", "order", "poll" and "report".
	host.Handle[Faults]
	opts Options
	desk *oauth.Desk

	mu     sync.Mutex
	tokens map[string]token
	runs   map[string]*run
}

// New makes a server; Start puts it on a port, and Transport leads to it.
func New(opts Options) *Server {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.MostRows == 0 {
		opts.MostRows = 500
	}
	s := &Server{opts: opts, tokens: map[string]token{}, runs: map[string]*run{}}
	s.desk = &oauth.Desk{Now: opts.Now, ClientID: opts.ClientID, ClientSecret: opts.ClientSecret, Redirects: opts.Redirects}
	s.Host = host.New("Meta", http.HandlerFunc(s.serve), "graph.facebook.com", "www.facebook.com")
	return s
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	version, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if r.Host == "www.facebook.com" {
		if path != "dialog/oauth" || version != Version {
			http.NotFound(w, r)
			return
		}
		s.Asked("dialog")
		s.dialog(w, r)
		return
	}
	f := s.Faults()
	switch {
	case s.Strikes(func(f *Faults) *int { return &f.Down }):
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("<html><body>Sorry, something went wrong.</body></html>"))
		return
	case version != Version || f.Dead:
		refuse(w, refusal{400, 2635, 0, "(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version.", false})
		return
	}
	by := Version
	if f.AnsweredBy != "" {
		by = f.AnsweredBy
	}
	w.Header().Set("Facebook-API-Version", by)
	s.route(w, r, path)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path string) {
	switch first, rest, _ := strings.Cut(path, "/"); {
	case path == "oauth/access_token":
		s.Asked("token")
		s.exchange(w, r)
	case path == "debug_token":
		s.Asked("inspect")
		s.inspect(w, r)
	case !s.allowed(w, r):
	case path == "me/adaccounts":
		s.Asked("accounts")
		s.accounts(w, r)
	case strings.HasPrefix(first, "act_"):
		s.account(w, r, strings.TrimPrefix(first, "act_"), rest)
	default:
		s.report(w, r, first, rest)
	}
}

// find is an account of the login.
func (s *Server) find(id string) *ads.Account {
	for _, a := range s.opts.Accounts {
		if a.ID == id {
			return a
		}
	}
	return nil
}
