package microsoftads

import (
	"fourfold/internal/sim/ads"
)

const userID = "880012"

// user answers with the one who agreed, whose name and address come with the ID that is wanted.
func (s *Server) user(c call) reply {
	var q struct {
		UserID *string `json:"UserId"`
	}
	if a, ok := c.read(&q); !ok {
		return a
	}
	if q.UserID != nil && *q.UserID != userID {
		return refuse(106, "UserIsNotAuthorized", "The user is not authorized to perform this action.")
	}
	return answer(map[string]any{
		"User": map[string]any{"Id": userID, "CustomerId": "777000", "UserName": "someone@merchant.example", "Name": map[string]any{"FirstName": "Some", "LastName": "One"},
			"ContactInfo": map[string]any{"Email": "someone@merchant.example"}, "UserLifeCycleStatus": "Active"},
		"CustomerRoles": []map[string]any{{"RoleId": 41, "CustomerId": "777000", "AccountIds": nil}},
	})
}

func (s *Server) advertiser(a *ads.Account) map[string]any {
	status := s.Faults().Status[a.ID]
	if status == "" {
		status = "Active"
	}
	return map[string]any{"Id": a.ID, "Name": a.Name, "Number": "X" + a.ID, "CurrencyCode": a.Currency, "TimeZone": zones[a.Zone],
		"AccountLifeCycleStatus": status, "ParentCustomerId": s.customer(a.ID), "AccountFinancialStatus": "ClearFinancialStatus", "PauseReason": nil}
}

func (s *Server) accountQuery(c call) reply {
	var q struct {
		AccountID string `json:"AccountId"`
	}
	if a, ok := c.read(&q); !ok {
		return a
	}
	a := s.account(q.AccountID)
	if a == nil {
		return refuse(106, "", "The user is not authorized to perform this action.")
	}
	return answer(map[string]any{"Account": s.advertiser(a)})
}

func (s *Server) search(c call) reply {
	var q struct {
		Predicates []struct{ Field, Operator, Value string }
		Ordering   []struct{ Field, Order string }
		PageInfo   struct{ Index, Size int }
	}
	if a, ok := c.read(&q); !ok {
		return a
	}
	if len(q.Predicates) != 1 || q.Predicates[0].Field != "UserId" || q.Predicates[0].Operator != "Equals" || q.PageInfo.Size > 1000 || q.PageInfo.Size < 0 || q.PageInfo.Index < 0 {
		return refuse(201, "ApiInputValidationError", "One or more input elements failed validation.")
	}
	found := []map[string]any{}
	if q.Predicates[0].Value == userID {
		n := 0
		for _, a := range s.opts.Accounts {
			if s.Faults().Withdrawn[a.ID] {
				continue
			}
			if n >= q.PageInfo.Index*q.PageInfo.Size && len(found) < q.PageInfo.Size {
				found = append(found, s.advertiser(a))
			}
			n++
		}
	}
	return answer(map[string]any{"Accounts": found})
}

// zones are Microsoft's names of the zones that simulated accounts may have.
var zones = map[string]string{
	"America/Los_Angeles": "PacificTimeUSCanadaTijuana",
	"America/New_York":    "EasternTimeUSCanada",
	"America/Chicago":     "CentralTimeUSCanada",
	"America/Sao_Paulo":   "Brasilia",
	"Asia/Kolkata":        "ChennaiKolkataMumbaiNewDelhi",
	"Asia/Riyadh":         "KuwaitRiyadh",
	"Asia/Tokyo":          "OsakaSapporoTokyo",
	"Australia/Sydney":    "CanberraMelbourneSydney",
	"Europe/Berlin":       "AmsterdamBerlinBernRomeStockholmVienna",
	"Europe/London":       "GreenwichMeanTimeDublinEdinburghLisbonLondon",
	"Europe/Paris":        "BrusselsCopenhagenMadridParis",
	"Pacific/Auckland":    "AucklandWellington",
	"Pacific/Honolulu":    "Hawaii",
}
