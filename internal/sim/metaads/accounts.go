package metaads

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/internal/sim/ads"
)

// accountFields are those of an ad account that may be asked for.
var accountFields = []string{"id", "account_id", "name", "currency", "timezone_name", "timezone_id", "account_status", "disable_reason", "created_time", "business", "is_personal"}

func (s *Server) accounts(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.Method != http.MethodGet {
		parameter(w, "Unsupported method")
		return
	}
	fields, ok := asked(w, q.Get("fields"), accountFields)
	if !ok || !known(w, q, "fields", "limit", "after") {
		return
	}
	f := s.Faults()
	var rows []any
	for _, a := range s.opts.Accounts {
		if !f.Foreign[a.ID] {
			rows = append(rows, s.describe(a, fields))
		}
	}
	s.page(w, r, rows)
}

// account is one account, or its Insights.
func (s *Server) account(w http.ResponseWriter, r *http.Request, id, edge string) {
	a := s.find(id)
	if a == nil || s.Faults().Foreign[id] {
		noObject(w, "act_"+id)
		return
	}
	switch {
	case edge == "insights" && r.Method == http.MethodPost:
		s.Asked("order")
		s.order(w, r, a)
	case edge == "insights" && r.Method == http.MethodGet:
		s.Asked("insights")
		s.insights(w, r, a)
	case edge == "" && r.Method == http.MethodGet:
		s.Asked("account")
		if fields, ok := asked(w, r.URL.Query().Get("fields"), accountFields); ok && known(w, r.URL.Query(), "fields") {
			answer(w, s.describe(a, fields))
		}
	default:
		parameter(w, "Unknown path components: /%s", edge)
	}
}

func (s *Server) describe(a *ads.Account, fields []string) map[string]any {
	f := s.Faults()
	status, reason := 1, 0
	if why, ok := f.Suspended[a.ID]; ok {
		status, reason = 2, why
	}
	if f.Closed[a.ID] {
		status = 101
	}
	all := map[string]any{
		"account_id": a.ID, "name": a.Name, "currency": a.Currency, "timezone_name": a.Zone, "timezone_id": 1,
		"account_status": status, "disable_reason": reason, "created_time": created(a).Format("2006-01-02T15:04:05-0700"), "is_personal": 0,
	}
	out := map[string]any{"id": "act_" + a.ID}
	for _, name := range fields {
		if v, ok := all[name]; ok {
			out[name] = v
		}
	}
	return out
}

// created is when the account was opened: with its first campaign.
func created(a *ads.Account) time.Time {
	if len(a.Campaigns) == 0 {
		return time.Date(2024, time.January, 1, 9, 0, 0, 0, a.Location())
	}
	first := slices.MinFunc(a.Campaigns, func(x, y ads.Campaign) int { return int(x.From - y.From) })
	return first.From.Start(a.Location())
}

// asked are the fields that are asked for; one that is not there is refused by name.
func asked(w http.ResponseWriter, text string, there []string) ([]string, bool) {
	fields := strings.Split(text, ",")
	for _, f := range fields {
		if !slices.Contains(there, f) {
			parameter(w, "Tried accessing nonexisting field (%s)", f)
			return nil, false
		}
	}
	return fields, true
}
