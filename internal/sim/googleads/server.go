// Package googleads is a simulated Google Ads: its login, its accounts and managers, and the part of its query language that reports of cost need. What
// it refuses, and how, follows the published protos of v25.
package googleads

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/google"
	"fourfold/internal/sim/host"
	"fourfold/internal/sim/oauth"
)

// Host is where the API is.
const Host = "googleads.googleapis.com"

// Version is the only one that answers.
const Version = "v25"

// Scope is what a token must be granted.
const Scope = "https://www.googleapis.com/auth/adwords"

// Options say what there is. The zero value has no accounts, on the wall clock.
type Options struct {
	Now func() time.Time // time.Now where nil
	// Desk is that of another simulated Google product, whose login is this one's; one of its own where nil, for the app "client-id".
	Desk *oauth.Desk
	// Accounts are those that the login opens by itself, and Managers those that open others. Their IDs have ten digits.
	Accounts []*ads.Account
	Managers []Manager
	// Batch is how many rows come in one element of a stream: 10,000 where zero.
	Batch int
}

// Manager is an account that manages others.
type Manager struct {
	ID, Name string
	Accounts []*ads.Account
	Managers []Manager
}

// Faults are what goes wrong, from the next request on.
type Faults struct {
	Down     int           // so many requests answer HTTP 503 with HTML
	Internal int           // so many answer internalError.TRANSIENT_ERROR
	Busy     int           // so many answer quotaError.RESOURCE_TEMPORARILY_EXHAUSTED, to be asked again in a second
	Cut      int           // so many streams end in a refusal after their first batch
	Quota    time.Duration // the day's operations are used up for so long
	Dead     bool          // the version is switched off: no such address
	Ended    bool          // the version is switched off: a refusal that says so
	Project  string        // an authorizationError that the Cloud project meets, such as PROJECT_DISABLED
	// Accounts meet an authorizationError, by ID: CUSTOMER_NOT_ENABLED, USER_PERMISSION_DENIED, …
	Accounts map[string]string
	// Alone meet one where they are not reached through a manager, by ID.
	Alone map[string]string
	// Status of accounts in a manager's list, by ID: SUSPENDED, CANCELED, CLOSED. ENABLED where not named.
	Status map[string]string
}

// Server is the simulated Google Ads. It is safe for concurrent use.
type Server struct {
	*host.Host
	google.Door
	// Requests are counted by listAccessibleCustomers, customer_client, campaign and customer.
	host.Handle[Faults]
	opts Options

	mu      sync.Mutex
	queries []string
}

// New makes a server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Batch == 0 {
		o.Batch = 10_000
	}
	s := &Server{Door: google.NewDoor(o.Now, o.Desk, Scope), opts: o}
	s.Host = host.New("Google Ads", s, Host, google.AuthorizeHost, google.TokenHost)
	return s
}

// Queries are those that came so far.
func (s *Server) Queries() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queries)
}

// ServeHTTP answers as Google does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if s.Login(w, r) {
		return
	}
	path, known := strings.CutPrefix(r.URL.Path, "/"+Version+"/")
	id, search := strings.CutSuffix(strings.TrimPrefix(path, "customers/"), "/googleAds:searchStream")
	list := path == "customers:listAccessibleCustomers"
	if !known || !list && !search || list && r.Method != http.MethodGet || search && r.Method != http.MethodPost || r.URL.RawQuery != "" {
		google.Broken(w, http.StatusNotFound)
		return
	}
	var body struct {
		Query *string `json:"query"`
	}
	bad := ""
	if search {
		d := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
		d.DisallowUnknownFields()
		if err := d.Decode(&body); err != nil || body.Query == nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			bad = "Invalid JSON payload received."
		}
	}
	kind, query := "listAccessibleCustomers", ""
	if body.Query != nil {
		query = *body.Query
		kind = fromOf(query)
	}
	s.Asked(kind)
	if query != "" {
		s.mu.Lock()
		s.queries = append(s.queries, query)
		s.mu.Unlock()
	}
	f := s.Faults()
	fail := func(status int, code, message string, details ...map[string]any) {
		answer := any(google.Refusal(status, code, message, details...))
		if search {
			answer = []any{answer}
		}
		google.Answer(w, status, answer)
	}
	failed := func(status int, code, kind, value, message string, details ...map[string]any) {
		fail(status, code, "The request failed: see its details.", failure(kind, value, message, details...))
	}
	switch {
	case f.Dead:
		google.Broken(w, http.StatusNotFound)
	case s.Strikes(func(f *Faults) *int { return &f.Down }):
		google.Broken(w, http.StatusServiceUnavailable)
	case bad != "":
		fail(http.StatusBadRequest, "INVALID_ARGUMENT", bad)
	case !s.Bearer(w, r):
	case f.Ended:
		failed(http.StatusBadRequest, "INVALID_ARGUMENT", "requestError", "UNSUPPORTED_VERSION", "Version "+Version+" is deprecated. Requests to this version will be blocked.")
	case s.Strikes(func(f *Faults) *int { return &f.Internal }):
		failed(http.StatusInternalServerError, "INTERNAL", "internalError", "TRANSIENT_ERROR", "A transient internal error has occurred.")
	case f.Quota > 0:
		failed(http.StatusTooManyRequests, "RESOURCE_EXHAUSTED", "quotaError", "RESOURCE_EXHAUSTED", "Too many requests. Retry in "+google.Seconds(f.Quota)+".",
			quota("Number of operations for explorer access", f.Quota))
	case s.Strikes(func(f *Faults) *int { return &f.Busy }):
		failed(http.StatusTooManyRequests, "RESOURCE_EXHAUSTED", "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", "Too many requests at once.", quota("Requests per account", time.Second))
	case f.Project != "":
		failed(http.StatusForbidden, "PERMISSION_DENIED", "authorizationError", f.Project, "The Cloud project may not do this.")
	case list:
		names := []string{}
		for _, m := range s.opts.Managers {
			names = append(names, "customers/"+m.ID)
		}
		for _, a := range s.opts.Accounts {
			names = append(names, "customers/"+a.ID)
		}
		google.Answer(w, http.StatusOK, map[string]any{"resourceNames": names})
	default:
		s.search(w, r, f, id, query, failed)
	}
}

func failure(kind, value, message string, details ...map[string]any) map[string]any {
	e := map[string]any{"errorCode": map[string]string{kind: value}, "message": message}
	for _, d := range details {
		e["details"] = d
	}
	return map[string]any{"@type": "type.googleapis.com/google.ads.googleads." + Version + ".errors.GoogleAdsFailure", "errors": []any{e}, "requestId": "simulated"}
}

func quota(rate string, after time.Duration) map[string]any {
	return map[string]any{"quotaErrorDetails": map[string]any{"rateScope": "DEVELOPER", "rateName": rate, "retryDelay": google.Seconds(after)}}
}
