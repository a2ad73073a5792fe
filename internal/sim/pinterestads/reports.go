package pinterestads

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

// order is a report that was ordered.
type order struct {
	From        string   `json:"start_date"`
	To          string   `json:"end_date"`
	Granularity string   `json:"granularity"`
	Level       string   `json:"level"`
	Columns     []string `json:"columns"`
	Format      string   `json:"report_format"`
	Click       *int     `json:"click_window_days"`
	Engagement  *int     `json:"engagement_window_days"`
	View        *int     `json:"view_window_days"`
	Time        string   `json:"conversion_report_time"`
}

// report is one under way: what it holds is what was known when it was ordered.
type report struct {
	account string
	at      time.Time
	body    []byte
	broken  bool
	key     string // of its link
	until   time.Time
}

const (
	kept914 = 914
	span    = 186
	linked  = 5 * time.Minute
	lasting = time.Hour
)

var known = []string{"CAMPAIGN_ID", "CAMPAIGN_NAME", "SPEND_IN_MICRO_DOLLAR", "PAID_IMPRESSION", "CLICKTHROUGH_1", "TOTAL_CHECKOUT",
	"TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR", "ADVERTISER_ID", "TOTAL_IMPRESSION"}

func (s *Server) order(r *http.Request) any {
	a, f, refused := s.account(r)
	if refused != nil {
		return refused
	}
	if f.Suspended[a.ID] || f.Billing[a.ID] {
		return no{http.StatusForbidden, 29, "You are not permitted to access that resource."}
	}
	bad := func(format string, args ...any) any {
		return no{http.StatusBadRequest, 1, fmt.Sprintf(format, args...)}
	}
	if len(r.URL.Query()) > 0 {
		return bad("Query parameters are not supported.")
	}
	var o order
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return bad("Invalid request: %v", err)
	}
	from, err1 := period.ParseDay(o.From)
	to, err2 := period.ParseDay(o.To)
	now := s.o.Now().UTC()
	today := period.On(now, time.UTC)
	switch days := int(to-from) + 1; {
	case err1 != nil || err2 != nil || days < 1:
		return bad("start_date, end_date: YYYY-MM-DD")
	case days > span:
		return bad("Date range cannot be more than %d days.", span)
	case today-from > kept914:
		return bad("start_date cannot be more than %d days back.", kept914)
	case o.Format != "JSON" && o.Format != "CSV":
		return bad("report_format")
	case o.Level != "CAMPAIGN" && o.Level != "ADVERTISER" || o.Granularity != "DAY" && o.Granularity != "MONTH":
		return bad("level, granularity")
	case o.Time != "TIME_OF_AD_ACTION" && o.Time != "TIME_OF_CONVERSION":
		return bad("conversion_report_time")
	case len(o.Columns) == 0:
		return bad("columns")
	}
	for _, c := range o.Columns {
		if !slices.Contains(known, c) {
			return bad("'%s' is not one of the columns", c)
		}
	}
	for _, w := range []*int{o.Click, o.Engagement, o.View} {
		if w != nil && !slices.Contains([]int{0, 1, 7, 14, 30, 60}, *w) {
			return bad("window_days")
		}
	}
	rep := &report{account: a.ID, at: now, key: strings.ToLower(rand.Text())}
	rep.body, _ = json.Marshal(rows(a, o, period.Days{From: from, To: to + 1}, now, f.Odd))
	token := "report-" + rand.Text()
	rep.broken = s.Strikes(func(f *Faults) *int { return &f.Failing })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports[token] = rep
	return map[string]any{"report_status": "IN_PROGRESS", "token": token, "message": nil}
}

// look says how far a report is. Each look at a finished one makes a new link.
func (s *Server) look(r *http.Request) any {
	a, f, refused := s.account(r)
	if refused != nil {
		return refused
	}
	q := r.URL.Query()
	if n, odd := unknown(q, "token"); odd {
		return n
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rep := s.reports[q.Get("token")]
	state := func(text string) any { return map[string]any{"report_status": text, "url": nil, "size": nil} }
	now := s.o.Now().UTC()
	switch {
	case rep == nil || rep.account != a.ID:
		return state("DOES_NOT_EXIST")
	case rep.broken:
		return state("FAILED")
	case f.Stuck || now.Before(rep.at.Add(s.o.Prepares)):
		return state("IN_PROGRESS")
	case now.After(rep.at.Add(s.o.Prepares + lasting)):
		return state("EXPIRED")
	}
	rep.until = now.Add(linked)
	return map[string]any{"report_status": "FINISHED", "url": "https://" + storage + "/" + rep.key + "?X-Amz-Signature=" + rep.key, "size": len(rep.body)}
}

// download is the storage, which knows links and no tokens.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.Asked("download")
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") != "" {
		s.Leak()
		http.Error(w, "<Error><Code>InvalidArgument</Code></Error>", http.StatusBadRequest)
		return
	}
	for _, rep := range s.reports {
		if rep.key == r.PathValue("key") && r.URL.Query().Get("X-Amz-Signature") == rep.key && !s.o.Now().UTC().After(rep.until) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(rep.body)
			return
		}
	}
	http.Error(w, "<Error><Code>AccessDenied</Code></Error>", http.StatusForbidden)
}

// rows are a report's, in lists by the campaign or the account.
func rows(a *ads.Account, o order, days period.Days, at time.Time, odd bool) any {
	type key struct{ id, date string }
	sums := map[key]ads.Row{}
	var keys []key
	for _, r := range a.Report(days, at) {
		k := key{a.ID, r.Day.String()}
		if o.Level == "CAMPAIGN" {
			k.id = r.Campaign.ID
		}
		if o.Granularity == "MONTH" {
			y, m, _ := r.Day.UTC().Date()
			k.date = period.Date(y, m, 1).String()
		}
		sum, again := sums[k]
		if !again {
			keys = append(keys, k)
			sum.Campaign = r.Campaign
		}
		sum.Add(r)
		sums[k] = sum
	}
	byID, list := map[string][]map[string]any{}, []map[string]any{}
	for _, k := range keys {
		r := sums[k]
		row := map[string]any{"DATE": k.date}
		for name, v := range map[string]int64{"SPEND_IN_MICRO_DOLLAR": int64(r.Spend), "PAID_IMPRESSION": r.Impressions, "CLICKTHROUGH_1": r.Clicks,
			"TOTAL_CHECKOUT": r.Conversions, "TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR": int64(r.Value)} {
			if v != 0 && slices.Contains(o.Columns, name) { // a column without a value is left out
				row[name] = v
				if odd {
					row[name] = json.RawMessage(fmt.Sprintf("%d.0", v))
				}
			}
		}
		if o.Level == "CAMPAIGN" {
			row["CAMPAIGN_ID"], row["CAMPAIGN_NAME"] = k.id, r.Campaign.Name
		} else {
			row["ADVERTISER_ID"] = k.id
		}
		byID[k.id] = append(byID[k.id], row)
		list = append(list, row)
	}
	if odd {
		return list
	}
	return byID
}
