package googleads

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/sim/ads"
	"fourfold/internal/sim/google"
)

type refuse func(status int, code, kind, value, message string, details ...map[string]any)

// search answers a query of an account, reached through the login-customer-id.
func (s *Server) search(w http.ResponseWriter, r *http.Request, f Faults, id, text string, no refuse) {
	login := r.Header.Get("login-customer-id")
	if strings.Trim(login, "0123456789") != "" || login != "" && len(login) != 10 {
		no(http.StatusBadRequest, "INVALID_ARGUMENT", "headerError", "INVALID_LOGIN_CUSTOMER_ID", "The login customer ID is none.")
		return
	}
	if login == "" {
		login = id
	}
	root := s.root(login)
	n := root.find(id)
	switch {
	case root == nil:
		no(http.StatusForbidden, "PERMISSION_DENIED", "authorizationError", "USER_PERMISSION_DENIED",
			"User doesn't have permission to access customer. Note: If you're accessing a client customer, the manager's customer id must be set in the 'login-customer-id' header. "+
				"See https://developers.google.com/google-ads/api/docs/concepts/call-structure#cid")
		return
	case n == nil:
		no(http.StatusForbidden, "PERMISSION_DENIED", "authorizationError", "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION", "The login customer does not manage the customer.")
		return
	case f.Alone[id] != "" && login == id:
		no(http.StatusForbidden, "PERMISSION_DENIED", "authorizationError", f.Alone[id], "The customer account can't be accessed.")
		return
	case f.Accounts[id] != "":
		no(http.StatusForbidden, "PERMISSION_DENIED", "authorizationError", f.Accounts[id], "The customer account can't be accessed.")
		return
	}
	q, code, message := parse(text)
	if code == "" && n.account == nil && q.metrics() {
		code, message = "REQUESTED_METRICS_FOR_MANAGER", "Metrics cannot be requested for a manager account. To retrieve metrics, issue separate requests against each client account."
	}
	if code != "" {
		no(http.StatusBadRequest, "INVALID_ARGUMENT", "queryError", code, message)
		return
	}
	var rows []map[string]any
	switch q.from {
	case "customer_client":
		n.walk(func(c *node) { rows = append(rows, q.client(c, f)) })
	case "campaign", "customer":
		rows = s.rows(q, n.account)
	}
	s.stream(w, q, rows, s.Strikes(func(f *Faults) *int { return &f.Cut }))
}

func (q query) client(c *node, f Faults) map[string]any {
	v := map[string]any{"resourceName": "customers/0/customerClients/" + c.id}
	put := func(field, name string, value any) {
		if q.selects("customer_client." + field) {
			v[name] = value
		}
	}
	put("id", "id", c.id)
	put("level", "level", strconv.Itoa(c.level))
	put("manager", "manager", c.account == nil)
	put("descriptive_name", "descriptiveName", c.name)
	status := f.Status[c.id]
	if status == "" {
		status = "ENABLED"
	}
	put("status", "status", status)
	currency, zone := "USD", "America/New_York"
	if c.account != nil {
		currency, zone = c.account.Currency, c.account.Zone
	}
	put("currency_code", "currencyCode", currency)
	put("time_zone", "timeZone", zone)
	return map[string]any{"customerClient": v}
}

// rows are those of campaigns by days, or of the account, summed over what is not selected. A row of zeros is none.
func (s *Server) rows(q query, a *ads.Account) []map[string]any {
	type key struct {
		campaign string
		date     period.Day
		month    period.Day
	}
	days := q.days
	if days.Len() == 0 {
		days = period.Days{From: period.On(s.opts.Now(), a.Location()) - 1125, To: period.On(s.opts.Now(), a.Location()) + 1}
	}
	sums := map[key]*ads.Row{}
	var order []key
	for _, r := range a.Report(days, s.opts.Now()) {
		var k key
		if q.from == "campaign" {
			k.campaign = r.Campaign.ID
		}
		if q.selects("segments.date") {
			k.date = r.Day
		}
		if q.selects("segments.month") {
			y, m, _ := r.Day.UTC().Date()
			k.month = period.Date(y, m, 1)
		}
		sum := sums[k]
		if sum == nil {
			sum = &ads.Row{Campaign: r.Campaign}
			sums[k] = sum
			order = append(order, k)
		}
		sum.Add(r)
	}
	var rows []map[string]any
	for _, k := range order {
		rows = append(rows, q.row(a, *sums[k], k.date, k.month))
	}
	return rows
}

func (q query) row(a *ads.Account, r ads.Row, date, month period.Day) map[string]any {
	row := map[string]any{"customer": map[string]any{"resourceName": "customers/" + a.ID}}
	put := func(field string, value any) {
		group, name, _ := strings.Cut(field, ".")
		m, _ := row[group].(map[string]any)
		if m == nil {
			m = map[string]any{}
			row[group] = m
		}
		m[camel(name)] = value
	}
	if q.from == "campaign" {
		put("campaign.resource_name", "customers/"+a.ID+"/campaigns/"+r.Campaign.ID)
	}
	for _, f := range q.fields {
		switch f {
		case "customer.id":
			put(f, a.ID)
		case "customer.descriptive_name":
			put(f, a.Name)
		case "customer.currency_code":
			put(f, a.Currency)
		case "customer.time_zone":
			put(f, a.Zone)
		case "customer.manager":
			put(f, false)
		case "customer.status", "campaign.status":
			put(f, "ENABLED")
		case "campaign.id":
			put(f, r.Campaign.ID)
		case "campaign.name":
			put(f, r.Campaign.Name)
		case "campaign.advertising_channel_type":
			put(f, r.Campaign.Kind)
		case "segments.date":
			put(f, date.String())
		case "segments.month":
			put(f, month.String())
		case "metrics.cost_micros":
			whole(put, f, int64(r.Spend))
		case "metrics.impressions":
			whole(put, f, r.Impressions)
		case "metrics.clicks":
			whole(put, f, r.Clicks)
		case "metrics.conversions":
			double(put, f, money.Micros(r.Conversions)*money.Unit)
		case "metrics.conversions_value":
			double(put, f, r.Value)
		}
	}
	return row
}

// camel is a field's name in JSON.
func camel(name string) string {
	var b strings.Builder
	up := false
	for _, r := range name {
		switch {
		case r == '_':
			up = true
		case up:
			b.WriteString(strings.ToUpper(string(r)))
			up = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Whole numbers are texts, and zeros are left out.
func whole(put func(string, any), field string, n int64) {
	if n != 0 {
		put(field, strconv.FormatInt(n, 10))
	}
}

func double(put func(string, any), field string, m money.Micros) {
	if m != 0 {
		put(field, json.Number(strconv.FormatFloat(m.Float(), 'g', -1, 64)))
	}
}

// stream sends rows in batches, as an array that grows.
func (s *Server) stream(w http.ResponseWriter, q query, rows []map[string]any, cut bool) {
	mask := make([]string, len(q.fields))
	for i, f := range q.fields {
		parts := strings.Split(f, ".")
		for j, p := range parts {
			parts[j] = camel(p)
		}
		mask[i] = strings.Join(parts, ".")
	}
	batches := []any{}
	for from := 0; from < len(rows); from += s.opts.Batch {
		batches = append(batches, map[string]any{"results": rows[from:min(from+s.opts.Batch, len(rows))], "fieldMask": strings.Join(mask, ","), "requestId": "simulated"})
	}
	if len(batches) > 0 {
		batches[len(batches)-1].(map[string]any)["queryResourceConsumption"] = fmt.Sprint(len(rows))
	}
	if cut {
		batches = append(batches[:min(1, len(batches))],
			google.Refusal(http.StatusInternalServerError, "INTERNAL", "Internal error encountered.", failure("internalError", "INTERNAL_ERROR", "An internal error has occurred.")))
	}
	google.Answer(w, http.StatusOK, batches)
}
