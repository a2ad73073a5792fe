package tiktokads

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
)

func gmvMax(c ads.Campaign) bool { return c.Kind == Product || c.Kind == Live }

func (s *Server) today(a *ads.Account) period.Day { return period.On(s.o.Now(), a.Location()) }

// request is a report that was asked for and holds to the rules of both.
type request struct {
	account             *ads.Account
	days                period.Days
	dimensions, metrics []string
	daily               bool
	page, size          int
}

// parse reads what both reports have in common.
func (s *Server) parse(q url.Values, metrics ...string) (p request, refused any) {
	if p.account, refused = s.account(q); refused != nil {
		return p, refused
	}
	bad := func(format string, args ...any) (request, any) { return p, no{40002, fmt.Sprintf(format, args...)} }
	if json.Unmarshal([]byte(q.Get("dimensions")), &p.dimensions) != nil || json.Unmarshal([]byte(q.Get("metrics")), &p.metrics) != nil {
		return bad("dimensions and metrics: JSON arrays")
	}
	for _, m := range p.metrics {
		if !slices.Contains(metrics, m) {
			return bad("Invalid metric: %s", m)
		}
	}
	p.daily = slices.Contains(p.dimensions, "stat_time_day")
	from, err1 := period.ParseDay(q.Get("start_date"))
	to, err2 := period.ParseDay(q.Get("end_date"))
	p.days = period.Days{From: from, To: to + 1}
	switch n := p.days.Len(); {
	case err1 != nil || err2 != nil || n < 1:
		return bad("start_date and end_date: YYYY-MM-DD")
	case p.daily && n > 30:
		return bad("The time range cannot exceed 30 days with stat_time_day")
	case n > 365:
		return bad("The time range cannot exceed 365 days")
	}
	if most := s.Faults().Most; most > 0 && p.days.Len() > most {
		return p, no{40067, "The query is too large. Please cut down the time range."}
	}
	p.page, p.size = 1, 10
	for name, v := range map[string]*int{"page": &p.page, "page_size": &p.size} {
		if text := q.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || name == "page_size" && n > 1000 {
				return bad("%s: out of range", name)
			}
			*v = n
		}
	}
	return p, nil
}

// report is that of ordinary campaigns.
func (s *Server) report(r *http.Request) any {
	q := r.URL.Query()
	if p := unknown(q, "advertiser_id", "service_type", "report_type", "data_level", "dimensions", "metrics", "filtering", "start_date", "end_date",
		"query_lifetime", "page", "page_size", "order_field", "order_type", "enable_total_metrics"); p != "" {
		return no{40002, "Unknown parameter " + p}
	}
	metrics := []string{"spend", "impressions", "clicks", "conversion", "complete_payment", "total_complete_payment_rate"}
	level, entity := q.Get("data_level"), "advertiser_id"
	if level == "AUCTION_CAMPAIGN" {
		entity = "campaign_id"
		metrics = append(metrics, "campaign_name")
	}
	p, refused := s.parse(q, metrics...)
	if refused != nil {
		return refused
	}
	deleted, fault := all(q.Get("filtering"))
	if fault != "" || level == "AUCTION_ADVERTISER" && q.Has("filtering") {
		return no{40002, "filtering: " + fault}
	}
	if q.Get("report_type") != "BASIC" || level != "AUCTION_CAMPAIGN" && level != "AUCTION_ADVERTISER" || !slices.Contains(p.dimensions, entity) ||
		slices.ContainsFunc(p.dimensions, func(d string) bool { return d != entity && d != "stat_time_day" }) {
		return no{40002, "Conflict occurs. The input params including metrics and dimensions have no relation."}
	}
	crowded := s.Faults().Crowded[p.account.ID] && level == "AUCTION_CAMPAIGN"
	today := s.today(p.account)
	data := s.rows(p, entity, func(c ads.Campaign) bool {
		return !gmvMax(c) && (deleted || level == "AUCTION_ADVERTISER" || c.To >= today) && (!crowded || c.ID == p.account.Campaigns[0].ID)
	}, figures)
	if crowded {
		return cut{data}
	}
	return data
}

// all says whether a filter asks for deleted campaigns too.
func all(text string) (yes bool, fault string) {
	if text == "" {
		return false, ""
	}
	var filters []struct {
		Name  string `json:"field_name"`
		Type  string `json:"filter_type"`
		Value string `json:"filter_value"`
	}
	if err := json.Unmarshal([]byte(text), &filters); err != nil {
		return false, "a JSON array of objects"
	}
	for _, f := range filters {
		if f.Name != "campaign_status" || f.Type != "IN" || f.Value != `["STATUS_ALL"]` {
			return false, "unknown filter"
		}
		yes = true
	}
	return yes, ""
}

// gmvMax is the report of GMV Max campaigns, of one shop.
func (s *Server) gmvMax(r *http.Request) any {
	q := r.URL.Query()
	if p := unknown(q, "advertiser_id", "store_ids", "dimensions", "metrics", "filtering", "start_date", "end_date", "page", "page_size", "sort_field",
		"sort_type", "enable_total_metrics"); p != "" {
		return no{40002, "Unknown parameter " + p}
	}
	metrics := []string{"cost", "net_cost", "orders", "gross_revenue", "roi", "cost_per_order"}
	var filter struct {
		Types    []string `json:"gmv_max_promotion_types"`
		Statuses []string `json:"campaign_statuses"`
	}
	if text := q.Get("filtering"); text != "" && json.Unmarshal([]byte(text), &filter) != nil {
		return no{40002, "filtering: Field must be set to object"}
	}
	for _, status := range filter.Statuses {
		if !slices.Contains([]string{"STATUS_DELIVERY_OK", "STATUS_DISABLE", "STATUS_DELETE", "STATUS_NOT_DELIVERY"}, status) {
			return no{40002, "filtering.campaign_statuses: unknown value " + status}
		}
	}
	campaigns := len(filter.Types) == 1
	if campaigns {
		metrics = append(metrics, "campaign_name", "campaign_id", "operation_status")
	}
	p, refused := s.parse(q, metrics...)
	if refused != nil {
		return refused
	}
	var stores []string
	if json.Unmarshal([]byte(q.Get("store_ids")), &stores) != nil || len(stores) != 1 {
		return no{40002, "store_ids: Max size is 1"}
	}
	if s.Faults().ShopsOff || stores[0] != shop(p.account) {
		return no{40001, "No permission to operate store " + stores[0]}
	}
	entity := "advertiser_id"
	if slices.Contains(p.dimensions, "campaign_id") {
		entity = "campaign_id"
	}
	if campaigns != (entity == "campaign_id") || slices.ContainsFunc(p.dimensions, func(d string) bool { return d != entity && d != "stat_time_day" }) {
		return no{40002, "ERROR Message."}
	}
	deleted, today := slices.Contains(filter.Statuses, "STATUS_DELETE"), s.today(p.account)
	return s.rows(p, entity, func(c ads.Campaign) bool {
		return gmvMax(c) && (!campaigns || c.Kind == filter.Types[0] && (deleted || c.To >= today))
	}, shopFigures)
}

// rows puts a report's page together.
func (s *Server) rows(p request, entity string, in func(ads.Campaign) bool, tell func(*ads.Account, ads.Row) map[string]string) any {
	var sums []ads.Row
	at := map[string]int{}
	for _, r := range p.account.Report(p.days, s.o.Now()) {
		if !in(r.Campaign) {
			continue
		}
		id := ""
		if entity == "campaign_id" {
			id = r.Campaign.ID
		}
		k := id
		if p.daily {
			k += " " + r.Day.String()
		}
		i, again := at[k]
		if !again {
			at[k] = len(sums)
			sums = append(sums, r)
			continue
		}
		sums[i].Add(r)
	}
	info := map[string]any{"page": p.page, "page_size": p.size, "total_number": len(sums), "total_page": (len(sums) + p.size - 1) / p.size}
	from := min((p.page-1)*p.size, len(sums))
	list := []map[string]any{}
	for _, r := range sums[from:min(from+p.size, len(sums))] {
		d := map[string]string{entity: p.account.ID}
		if entity == "campaign_id" {
			d[entity] = r.Campaign.ID
		}
		if p.daily {
			d["stat_time_day"] = r.Day.String() + " 00:00:00"
		}
		m := map[string]string{}
		for name, v := range tell(p.account, r) {
			if slices.Contains(p.metrics, name) {
				m[name] = v
			}
		}
		list = append(list, map[string]any{"dimensions": d, "metrics": m})
	}
	if len(list) == 0 { // TikTok leaves the list out
		return map[string]any{"page_info": info}
	}
	return map[string]any{"list": list, "page_info": info}
}

func text(a *ads.Account, m money.Micros) string {
	return money.Amount{Micros: m, Currency: a.Currency}.Decimal()
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

func figures(a *ads.Account, r ads.Row) map[string]string {
	m := map[string]string{"campaign_name": r.Campaign.Name, "spend": text(a, r.Spend), "impressions": count(r.Impressions), "clicks": count(r.Clicks),
		"conversion": count(r.Conversions), "complete_payment": count(r.Conversions), "total_complete_payment_rate": text(a, r.Value)}
	if r.Conversions == 0 {
		m["complete_payment"], m["total_complete_payment_rate"] = "-", "-"
	}
	return m
}

func shopFigures(a *ads.Account, r ads.Row) map[string]string {
	return map[string]string{"campaign_name": r.Campaign.Name, "campaign_id": r.Campaign.ID, "cost": text(a, r.Spend), "net_cost": text(a, r.Spend),
		"orders": count(r.Conversions), "gross_revenue": text(a, r.Value)}
}
