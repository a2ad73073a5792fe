package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
)

// wall is how far back orders are shown without read_all_orders.
const wall = 60 * 24 * time.Hour

// probe finds out what the grant allows: by the scopes as granted, and by reading one of each kind, because Shopify names what
// it withholds only when asked. A capability that is withheld is no error; an error is a probe that could not be made.
func probe(ctx context.Context, acc connectors.Account) ([]connectors.Capability, error) {
	c, err := newClient(acc, nil)
	if err != nil {
		return nil, err
	}
	p := prober{client: c}
	if err := p.install(ctx); err != nil {
		return nil, err
	}
	out := make([]connectors.Capability, 0, len(abilities))
	for _, a := range abilities {
		held := connectors.Capability{ID: a.id, Costs: a.costs, Remedy: a.remedy}
		held.Granted, held.Detail = p.scoped(a)
		if held.Granted && a.document != "" {
			if held.Granted, held.Detail, err = p.read(ctx, a); err != nil {
				return nil, err
			}
		}
		out = append(out, held)
	}
	p.settle(out)
	return out, nil
}

type prober struct {
	client    *client
	granted   []string
	createdAt time.Time
	now       time.Time
	protected string // what Shopify said of protected data
}

// install reads the scopes as granted. A store's staff can take an optional scope back at any time, so the link's own list may be old.
func (p *prober) install(ctx context.Context) error {
	const op = "read the granted scopes"
	text, err := document("probe_installation", everything)
	if err != nil {
		return err
	}
	var out struct {
		Installation *struct {
			Scopes []struct {
				Handle string `json:"handle"`
			} `json:"accessScopes"`
		} `json:"currentAppInstallation"`
		Shop struct {
			CreatedAt time.Time `json:"createdAt"`
		} `json:"shop"`
	}
	rep, err := p.client.do(ctx, op, text, nil, &out)
	if err != nil {
		return err
	}
	if out.Installation == nil {
		return connectors.Errorf(connectors.Malformed, op, "%w", errors.New("the answer holds no installation"))
	}
	for _, s := range out.Installation.Scopes {
		p.granted = append(p.granted, s.Handle)
	}
	p.createdAt, p.now = out.Shop.CreatedAt.UTC(), rep.At
	return nil
}

// scoped decides by the scopes alone. A shop younger than the wall loses nothing to it yet.
func (p *prober) scoped(a ability) (granted bool, detail string) {
	if len(a.scopes) == 0 || slices.ContainsFunc(a.scopes, func(s string) bool { return holds(p.granted, s) }) {
		return true, ""
	}
	missing := "not granted: " + strings.Join(a.scopes, " or ")
	if a.id == canAllOrders && p.now.Sub(p.createdAt) < wall {
		return true, missing + "; the shop is younger than 60 days, so nothing is left out before " +
			p.createdAt.Add(wall).Format("2006-01-02")
	}
	return false, missing
}

// read asks for one of a kind with the selection of the streams.
func (p *prober) read(ctx context.Context, a ability) (granted bool, detail string, err error) {
	text, err := document(a.document, p.may)
	if err != nil {
		return false, "", err
	}
	vars := map[string]any{}
	if strings.Contains(text, "$first") {
		vars["first"] = 1
	}
	if strings.Contains(text, "$q") {
		vars["q"] = "updated_at:>='2000-01-01T00:00:00Z'"
	}
	if a.id == canReports {
		vars["q"] = reportOfOneDay(p.now)
	}
	var out probed
	rep, err := p.client.do(ctx, "probe "+a.id, text, vars, &out)
	if a.id != canReports {
		p.note(rep.Errors)
	}
	switch fault, isFault := connectors.FaultOf(err); {
	case err == nil && a.id == canReports:
		granted, detail = out.Report.ok()
		return granted, detail, nil
	case err == nil && a.id == canUnitCost:
		granted, detail = out.Page.costs()
		return granted, detail, nil
	case err == nil:
		return true, "", nil
	case !isFault || ctx.Err() != nil:
		return false, "", err
	case fault == connectors.Forbidden && a.id == canOrders && out.Page != nil:
		// Some field of an order is withheld; orders are not.
		return true, rootOf(err), nil
	case fault == connectors.Throttled && a.id == canReports:
		// Whoever has a budget to spend may read reports.
		return true, rootOf(err), nil
	case fault == connectors.Forbidden, fault == connectors.Malformed && a.id == canReports:
		return false, rootOf(err), nil
	default:
		return false, "", err
	}
}

// may says what the documents may ask for, by scope.
func (p *prober) may(capability string) bool {
	i := slices.IndexFunc(abilities, func(a ability) bool { return a.id == capability })
	if i < 0 {
		return false
	}
	granted, _ := p.scoped(abilities[i])
	return granted
}

// note keeps what an answer says of protected data. Reports are not asked: they want the second level of it.
func (p *prober) note(errs []graphError) {
	for i := range errs {
		if isProtected(&errs[i]) {
			p.protected = clean(errs[i].Message)
		}
	}
}

// settle applies what was found out along the way.
func (p *prober) settle(out []connectors.Capability) {
	walled := false
	for i := range out {
		switch held := &out[i]; held.ID {
		case canProtected:
			if p.protected != "" {
				held.Granted, held.Detail = false, p.protected
			}
		case canAllOrders:
			walled = !held.Granted
		}
	}
	for i := range out {
		if walled && slices.Contains(behindWall, out[i].ID) {
			out[i].Since = p.now.Add(-wall).UTC()
		}
	}
}

// behindWall is what hangs on orders, and is not shown of older ones.
var behindWall = []string{canOrders, canAllOrders, canReturns, canPromises, canDisputes}

// probed is an answer as far as a probe needs it.
type probed struct {
	Page   *probedPage   `json:"page"`
	Report *probedReport `json:"shopifyqlQuery"`
}

type probedPage struct {
	Info struct {
		More bool `json:"hasNextPage"`
	} `json:"pageInfo"`
	Nodes []struct {
		UnitCost *struct{} `json:"unitCost"`
	} `json:"nodes"`
}

// costs says whether a unit cost is to be seen. Shopify hides costs by showing none, so a catalogue without any may be either;
// a cost not read is lost for good, so only a catalogue read in full counts as without.
func (p *probedPage) costs() (granted bool, detail string) {
	if p == nil || len(p.Nodes) == 0 {
		return true, ""
	}
	for _, n := range p.Nodes {
		if n.UnitCost != nil {
			return true, ""
		}
	}
	return p.Info.More, fmt.Sprintf("none of the %d stock items read shows a cost: it is not filled in, or hidden from the app", len(p.Nodes))
}

// probedReport is ShopifyQL's answer.
type probedReport struct {
	Table  json.RawMessage `json:"tableData"`
	Errors json.RawMessage `json:"parseErrors"`
}

// ok says whether the report came: it can fail without an error, by parse errors or an empty table.
func (r *probedReport) ok() (granted bool, detail string) {
	if r == nil || len(r.Table) == 0 || string(r.Table) == "null" {
		detail = "Shopify gave no report"
		if r != nil && len(r.Errors) > 0 && string(r.Errors) != "null" && string(r.Errors) != "[]" {
			detail += ": " + clean(string(r.Errors))
		}
		return false, detail
	}
	return true, ""
}

func reportOfOneDay(now time.Time) string {
	day := now.UTC().AddDate(0, 0, -2).Format("2006-01-02")
	return fmt.Sprintf("FROM sales SHOW orders TIMESERIES day SINCE %s UNTIL %s", day, day)
}

// rootOf is what the provider said, without what we were doing.
func rootOf(err error) string {
	var e *connectors.Error
	if errors.As(err, &e) && e.Err != nil {
		return e.Err.Error()
	}
	return err.Error()
}
