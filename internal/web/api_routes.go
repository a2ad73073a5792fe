package web

import (
	"net/http"

	"fourfold/internal/book"
	"fourfold/internal/period"
	"fourfold/internal/shapes"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// apiRoutes is every address of the API. What it answers are the shapes of the commands' --json, byte for byte.
var apiRoutes = []apiRoute{
	answering("/api/v1/merchants", "merchants", "The merchants that the key is for, with the numbers that addresses need; as fourfold merchant list.", apiMerchants),
	answering("/api/v1/kpis", "kpis", "The catalogue of KPIs; as fourfold kpis.", apiKPIs),
	answering("/api/v1/merchants/{merchant}/scorecard/{period}", "scorecard", "The scorecard of a period; as fourfold show.", apiScorecard, scopeParam,
		apiParam{"all", "every KPI, not only the starter set and what has a target", schema{"type": "boolean"}}),
	answering("/api/v1/merchants/{merchant}/channels/{period}", "channels", "Where orders and new customers came from, and what it cost; as fourfold channels.", apiChannels),
	answering("/api/v1/merchants/{merchant}/targets", "targets", "The targets that hold, and those that will; as fourfold targets.", apiTargets,
		apiParam{"all", "all versions, also those that hold no more", schema{"type": "boolean"}}),
	answering("/api/v1/merchants/{merchant}/restatements", "restatements", "Published values that came out differently later, and why; as fourfold restatements.", apiRestatements, scopeParam,
		apiParam{"period", "of this period only; its name, or a word such as last-month", schema{"type": "string"}}),
	answering("/api/v1/merchants/{merchant}/proofs", "proofs", "What was proven to have arrived whole, the latest first; as fourfold proofs.", apiProofs,
		apiParam{"limit", "how many of each store or account; 50 if left out", schema{"type": "integer", "minimum": 1, "maximum": proofsMost}}),
	answering("/api/v1/merchants/{merchant}/status", "status", "How the nights go, how far the data are complete, who must act; as fourfold status.", apiStatus),
}

const proofsMost = 500

var scopeParam = apiParam{"scope", "store:1 or channel:1/pos; the whole merchant if left out", schema{"type": "string"}}

// pathTexts say what stands in the paths.
var pathTexts = map[string]struct {
	text   string
	schema schema
}{
	"merchant": {"the merchant's number, as in merchants", schema{"type": "integer"}},
	"period":   {"2026-11-21, 2026-W47, 2026-11, 2026-Q4, 2026, or yesterday, last-week, this-month and so on", schema{"type": "string"}},
}

// numbered is a merchant with the number that addresses need.
type numbered struct {
	ID int64 `json:"id"`
	shapes.Merchant
}

func apiMerchants(c *apiCall) ([]numbered, error) {
	if c.site.Listed == nil {
		return []numbered{{c.merchant.ID, shapes.MerchantOf(c.merchant, "", 0)}}, nil
	}
	return []numbered{{c.merchant.ID, c.site.Listed(c.merchant)}}, nil
}

func apiKPIs(*apiCall) ([]shapes.KPI, error) { return shapes.KPIs(kpi.Catalogue()), nil }

// scope is the scope that the query asks for.
func (c *apiCall) scope() (kpi.Scope, error) {
	s, err := kpi.ParseScope(c.query.Get("scope"))
	if err != nil {
		return s, refusal{http.StatusBadRequest, sentence(err.Error()), 0}
	}
	if s == kpi.Whole {
		return s, nil
	}
	return s, c.site.Books.ScopeExists(c.ctx, c.merchant, s)
}

func apiScorecard(c *apiCall) (shapes.Scorecard, error) {
	scope, err := c.scope()
	if err != nil {
		return shapes.Scorecard{}, err
	}
	all, err := c.flag("all")
	if err != nil {
		return shapes.Scorecard{}, err
	}
	b, err := c.site.Books.Of(c.ctx, c.merchant, book.Request{Period: c.r.PathValue("period"), All: all, Scope: &scope})
	if err != nil {
		return shapes.Scorecard{}, err
	}
	modified(c.w.Header(), b.TakenAt)
	return shapes.ScorecardOf(b), nil
}

func apiChannels(c *apiCall) (shapes.Channels, error) {
	at, err := c.site.Books.Period(c.merchant, c.r.PathValue("period"))
	if err != nil {
		return shapes.Channels{}, err
	}
	counter, err := c.site.Store.Counter(c.ctx, c.merchant.ID, kpi.Whole)
	if err != nil {
		return shapes.Channels{}, err
	}
	b := counter.Breakdown(at.Days)
	if err := counter.Err(); err != nil {
		return shapes.Channels{}, err
	}
	if len(b.Rows) == 0 {
		if err := c.site.Books.OutOfReach(c.ctx, c.merchant, at); err != nil {
			return shapes.Channels{}, err
		}
	}
	if b.Gap != "" {
		return shapes.Channels{}, refusal{http.StatusNotFound, "Nothing is known of " + at.String() + ": " + b.Gap.Text() + ".", 0}
	}
	return shapes.ChannelsOf(c.merchant, at, b), nil
}

func apiTargets(c *apiCall) ([]shapes.Target, error) {
	all, err := c.flag("all")
	if err != nil {
		return nil, err
	}
	targets, err := c.site.Store.Targets(c.ctx, c.merchant.ID)
	if err != nil {
		return nil, err
	}
	if !all {
		loc, err := c.merchant.Location()
		if err != nil {
			return nil, err
		}
		targets = kpi.Standing(targets, period.On(c.site.Now(), loc))
	}
	return shapes.Targets(targets), nil
}

func apiRestatements(c *apiCall) (shapes.Restatements, error) {
	out := shapes.Restatements{Merchant: c.merchant.Name, Currency: c.merchant.Currency}
	scope, err := c.scope()
	if err != nil {
		return out, err
	}
	q := store.RestatementQuery{Scope: &scope}
	var at period.Period
	if name := c.query.Get("period"); name != "" {
		if at, err = c.site.Books.Period(c.merchant, name); err != nil {
			return out, err
		}
		q.Period = at.Name
	}
	found, err := c.site.Store.Restatements(c.ctx, c.merchant.ID, q)
	if err == nil && len(found) == 0 && q.Period != "" {
		err = c.site.Books.OutOfReach(c.ctx, c.merchant, at)
	}
	out.Scope, out.Periods = scope.String(), shapes.RestatedPeriods(found)
	return out, err
}

func apiProofs(c *apiCall) ([]shapes.Proof, error) {
	limit, err := c.intParam("limit", 50, 1, proofsMost)
	if err != nil {
		return nil, err
	}
	conns, err := c.site.Store.Connections(c.ctx, c.merchant.ID)
	if err != nil {
		return nil, err
	}
	var all []store.ProofRow
	for _, conn := range conns {
		proofs, err := c.site.Store.Proofs(c.ctx, c.merchant.ID, conn.ID, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, proofs...)
	}
	return shapes.Proofs(all), nil
}

func apiStatus(c *apiCall) (shapes.Status, error) { return c.site.statusOf(c.ctx, c.merchant) }
