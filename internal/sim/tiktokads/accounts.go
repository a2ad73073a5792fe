package tiktokads

import (
	"encoding/json"
	"net/http"
	"slices"

	"fourfold/internal/sim/ads"
)

func (s *Server) advertisers(r *http.Request) any {
	q := r.URL.Query()
	if p := unknown(q, "app_id", "secret"); p != "" {
		return no{40002, "Unknown parameter " + p}
	}
	if q.Get("app_id") != s.o.ClientID || q.Get("secret") != s.o.ClientSecret {
		return no{40002, "Invalid app_id or secret: " + q.Get("secret")} // it repeats what it was told
	}
	f := s.Faults()
	rows := []map[string]any{}
	for _, a := range s.o.Accounts {
		if !f.Withdrawn[a.ID] {
			rows = append(rows, map[string]any{"advertiser_id": a.ID, "advertiser_name": a.Name})
		}
	}
	return map[string]any{"list": rows}
}

var known = []string{"advertiser_id", "name", "currency", "timezone", "display_timezone", "status", "role", "create_time", "owner_bc_id", "country",
	"balance", "company", "industry", "language", "email", "address"}

func (s *Server) info(r *http.Request) any {
	q := r.URL.Query()
	if p := unknown(q, "advertiser_ids", "fields"); p != "" {
		return no{40002, "Unknown parameter " + p}
	}
	var ids, fields []string
	if json.Unmarshal([]byte(q.Get("advertiser_ids")), &ids) != nil || len(ids) == 0 || len(ids) > 100 {
		return no{40002, "advertiser_ids: 1 to 100 IDs as a JSON array"}
	}
	if json.Unmarshal([]byte(q.Get("fields")), &fields) != nil {
		return no{40002, "fields: a JSON array"}
	}
	rows, faults := []map[string]any{}, s.Faults()
	for _, id := range ids {
		i := slices.IndexFunc(s.o.Accounts, func(a *ads.Account) bool { return a.ID == id })
		if i < 0 || faults.Withdrawn[id] {
			return no{40001, "No permission to operate advertiser " + id}
		}
		a := s.o.Accounts[i]
		all := map[string]any{"advertiser_id": id, "name": a.Name, "currency": a.Currency, "timezone": "Etc/GMT", "display_timezone": a.Zone,
			"status": "STATUS_ENABLE", "role": "ROLE_ADVERTISER", "create_time": s.opened(a)}
		if faults.Suspended[id] {
			all["status"] = "STATUS_LIMIT"
		}
		told := map[string]any{}
		for _, f := range fields {
			if !slices.Contains(known, f) {
				return no{40002, "fields: unknown value " + f}
			}
			told[f] = all[f]
		}
		rows = append(rows, told)
	}
	return map[string]any{"list": rows}
}

// opened is the day before the account's first campaign.
func (s *Server) opened(a *ads.Account) int64 {
	day := s.today(a)
	for _, c := range a.Campaigns {
		day = min(day, c.From)
	}
	return (day - 1).UTC().Unix()
}

// shop is the ID of the account's TikTok Shop; "" where it has none.
func shop(a *ads.Account) string {
	for _, c := range a.Campaigns {
		if gmvMax(c) {
			return "749" + a.ID
		}
	}
	return ""
}

// shops lists the account's own shop, and one that another account advertises.
func (s *Server) shops(r *http.Request) any {
	q := r.URL.Query()
	if p := unknown(q, "advertiser_id"); p != "" {
		return no{40002, "Unknown parameter " + p}
	}
	a, refused := s.account(q)
	if refused != nil {
		return refused
	}
	if s.Faults().ShopsOff {
		return no{40001, "Permission error: the access token lacks the required scope. Please reauthorize your API App."}
	}
	rows := []map[string]any{}
	one := func(id, advertiser string) {
		rows = append(rows, map[string]any{"store_id": id, "store_name": "Shop " + id, "is_gmv_max_available": true, "store_status": "ACTIVE",
			"exclusive_authorized_advertiser_info": map[string]any{"advertiser_id": advertiser, "advertiser_name": "x", "advertiser_status": "STATUS_ENABLE"}})
	}
	if id := shop(a); id != "" {
		one(id, a.ID)
		one("7490000000000000001", "6900000000000000001")
	}
	return map[string]any{"store_list": rows}
}
