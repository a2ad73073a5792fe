package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/kpi"
)

// life is what one merchant does with a store. Another does the same, with the same IDs and other amounts.
type life struct {
	*Store
	merchant Merchant
	grant    Grant
	conn     Connection
	second   Connection   // which is erased before the other is forgotten
	scale    money.Micros // of its amounts
	number   int64        // the orders stream's fence
	runs     []Run
}

// step calls a method for a merchant and returns what it answers.
type step struct {
	method string
	call   func(ctx context.Context, l *life) (any, error)
}

func (l *life) destination() Destination {
	return Destination{MerchantID: l.merchant.ID, GrantID: l.grant.ID, Place: fmt.Sprint("place-", l.scale), Title: fmt.Sprint("Title ", l.scale)}
}

func none(err error) (any, error) { return nil, err }

// anna is a person of the steps.
const anna int64 = 88888

// apartSteps are in the order in which a merchant's days pass.
var apartSteps = []step{
	{"CreateMerchant", func(ctx context.Context, l *life) (answer any, err error) {
		l.merchant, err = l.Store.CreateMerchant(ctx, Merchant{Name: fmt.Sprint("Merchant ", l.scale), Currency: "EUR", Zone: "Europe/Berlin"})
		return l.merchant, err
	}},
	{"SaveGrant", func(ctx context.Context, l *life) (answer any, err error) {
		l.grant, err = l.Store.SaveGrant(ctx, Grant{MerchantID: l.merchant.ID, Connector: "shopify", Auth: connectors.AuthCode, Fields: map[string]string{"shop": "same"},
			Scopes: []string{fmt.Sprint("scope-", l.scale)}, Sealed: []byte{byte(l.scale)}})
		return l.grant, err
	}},
	{"SaveConnection", func(ctx context.Context, l *life) (answer any, err error) {
		l.conn, err = l.Store.SaveConnection(ctx, Connection{MerchantID: l.merchant.ID, GrantID: l.grant.ID, Connector: "shopify", AccountID: "same", Currency: "EUR",
			Name: fmt.Sprint("Store ", l.scale), Zone: "Europe/Berlin", Settings: map[string]string{"scale": fmt.Sprint(l.scale)}})
		return l.conn, err
	}},
	{"SaveConnection", func(ctx context.Context, l *life) (any, error) { // the same account again
		return l.Store.SaveConnection(ctx, Connection{MerchantID: l.merchant.ID, GrantID: l.conn.GrantID, Connector: "shopify", AccountID: "same", Currency: "EUR", Name: "Again", Zone: "Europe/Berlin"})
	}},
	{"RefreshGrant", func(ctx context.Context, l *life) (any, error) {
		return l.Store.RefreshGrant(ctx, l.merchant.ID, l.grant.ID, func(_ context.Context, g Grant) (Grant, error) {
			g.Sealed = append(g.Sealed, g.Sealed...)
			return g, nil
		})
	}},
	{"SaveCapabilities", func(ctx context.Context, l *life) (any, error) {
		all := granted("orders", "customers", "products", "inventory", "returns", "reports", "unit_cost")
		all[0].Costs = fmt.Sprint(l.scale)
		return none(l.Store.SaveCapabilities(ctx, l.merchant.ID, l.conn.ID, all))
	}},
	{"PutTarget", func(ctx context.Context, l *life) (any, error) {
		return l.Store.PutTarget(ctx, l.merchant.ID, kpi.Target{KPI: "aov", Grain: period.Monthly, From: period.Date(2026, 1, 1), Anchors: kpi.Anchors{Green: float64(l.scale)}})
	}},
	{"PutTarget", func(ctx context.Context, l *life) (any, error) {
		return l.Store.PutTarget(ctx, l.merchant.ID, kpi.Target{KPI: "net_sales", Grain: period.Monthly, From: period.Date(2026, 1, 1), Anchors: kpi.Anchors{Green: float64(l.scale)}})
	}},
	{"AddDestination", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.AddDestination(ctx, Destination{MerchantID: l.merchant.ID, GrantID: l.grant.ID, Kind: "sheets", State: StateActive}))
	}},
	{"TakePlace", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.TakePlace(ctx, l.destination()))
	}},
	{"MarkExported", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.MarkExported(ctx, l.destination(), nil))
	}},
	{"AskExport", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.AskExport(ctx, l.merchant.ID, l.grant.ID))
	}},
	{"ActiveDestinations", func(ctx context.Context, l *life) (any, error) { // lists all, of which only ours are looked at
		all, err := l.Store.ActiveDestinations(ctx)
		return slices.DeleteFunc(all, func(d Destination) bool { return d.MerchantID != l.merchant.ID }), err
	}},
	{"SetDestinationState", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.SetDestinationState(ctx, l.merchant.ID, l.grant.ID, StatePaused))
	}},
	{"LeavePlace", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.LeavePlace(ctx, l.merchant.ID, l.grant.ID))
	}},
	{"Destinations", func(ctx context.Context, l *life) (any, error) { return l.Store.Destinations(ctx, l.merchant.ID) }},
	{"RemoveDestination", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.RemoveDestination(ctx, l.merchant.ID, l.grant.ID))
	}},
	{"AddDestination", func(ctx context.Context, l *life) (any, error) { // which stays
		return none(l.Store.AddDestination(ctx, Destination{MerchantID: l.merchant.ID, GrantID: l.grant.ID, Kind: "sheets", State: StateActive}))
	}},
	{"PutTargets", func(ctx context.Context, l *life) (any, error) {
		t := kpi.Target{KPI: "cogs", Grain: period.Monthly, From: period.Date(2026, 1, 1), Anchors: kpi.Anchors{Green: float64(l.scale)}}
		over := kpi.Target{KPI: "cogs", Grain: period.Monthly, From: period.Date(2026, 2, 1)}
		return l.Store.PutTargets(ctx, l.merchant.ID, "anna", []kpi.Target{t, over})
	}},
	{"StartRun", func(ctx context.Context, l *life) (any, error) {
		r, err := l.Store.StartRun(ctx, l.merchant.ID, "night", "2026-11-20")
		l.runs = append(l.runs, r)
		return r, err
	}},
	{"SavePage", func(ctx context.Context, l *life) (answer any, err error) { // the backfill
		p := page(hour(1), all(
			kept("1", "a", "09-10", "p", 2, 10*l.scale), kept("2", "b", "09-12", "p", 1, 20*l.scale), kept("3", "a", "10-02", "q", 1, 30*l.scale),
			everyRecord(2)[1:21])...)
		p.Backfill, p.Proof = true, &connectors.Proof{Slice: fmt.Sprint("backfill ", l.scale), Method: "bulk", Read: connectors.Count{Objects: int64(l.scale)}, CompleteTo: hour(2)}
		l.number, err = l.Store.SavePage(ctx, l.merchant.ID, l.conn.ID, "orders", l.number, p)
		return l.number, err
	}},
	{"FinishPull", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.FinishPull(ctx, l.merchant.ID, l.conn.ID, "orders", nil, time.Time{}))
	}},
	{"FinishPull", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.FinishPull(ctx, l.merchant.ID, l.conn.ID, "returns", fmt.Errorf("failed %d", l.scale), hour(9)))
	}},
	{"Derive", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.Derive(ctx, l.merchant.ID, l.conn.ID))
	}},
	{"ClearMarks", func(ctx context.Context, l *life) (any, error) {
		marks, err := l.Store.Marks(ctx, l.merchant.ID, testNow.Add(time.Hour))
		if err != nil {
			return nil, err
		}
		marks.days = marks.days[:marks.Len()/2]
		return marks.Len(), l.Store.ClearMarks(ctx, l.merchant.ID, marks)
	}},
	{"SavePage", func(ctx context.Context, l *life) (answer any, err error) { // a night, with what was there changed
		p := page(hour(3), all(kept("2", "b", "09-12", "p", 3, 25*l.scale), kept("4", "c", "10-20", "p", 1, 40*l.scale))...)
		p.Proof = &connectors.Proof{Slice: fmt.Sprint("night ", l.scale), CompleteTo: hour(4)}
		l.number, err = l.Store.SavePage(ctx, l.merchant.ID, l.conn.ID, "orders", l.number, p)
		return l.number, err
	}},
	{"SavePage", func(ctx context.Context, l *life) (any, error) { // of another stream
		return l.Store.SavePage(ctx, l.merchant.ID, l.conn.ID, "products", 0, page(hour(3), everyRecord(1)[14:20]...))
	}},
	{"SaveFetched", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.SaveFetched(ctx, l.merchant.ID, l.conn.ID, "orders",
			connectors.Fetched{Records: kept("5", "a", "10-21", "q", 1, 50*l.scale), ReadAt: hour(5)}))
	}},
	{"SavePage", func(ctx context.Context, l *life) (any, error) { // a count begins
		return l.Store.SavePage(ctx, l.merchant.ID, l.conn.ID, "count", 0, page(hour(6), l.seen("1")...))
	}},
	{"SavePage", func(ctx context.Context, l *life) (any, error) { // and ends: 4 and 5 are gone, and 3 is where it was not seen
		p := page(hour(7), l.seen("2", "3")[:1+l.scale/3]...)
		p.Proof = &connectors.Proof{From: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), To: hour(0), Started: hour(6), Sweep: true}
		return l.Store.SavePage(ctx, l.merchant.ID, l.conn.ID, "count", 1, p)
	}},
	{"TakeHook", func(ctx context.Context, l *life) (any, error) {
		return l.Store.TakeHook(ctx, l.merchant.ID, l.conn.ID, orderHook("event-1", "1", "2"))
	}},
	{"TakeHook", func(ctx context.Context, l *life) (any, error) { // once more
		return l.Store.TakeHook(ctx, l.merchant.ID, l.conn.ID, orderHook("event-1", "1", "2"))
	}},
	{"Hinted", func(ctx context.Context, l *life) (any, error) {
		all, err := l.Store.Hinted(ctx) // of all merchants
		return slices.DeleteFunc(all, func(h HintedConnection) bool { return h.MerchantID != l.merchant.ID }), err
	}},
	{"Hints", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Hints(ctx, l.merchant.ID, l.conn.ID, 10)
	}},
	{"FollowedHints", func(ctx context.Context, l *life) (any, error) {
		hints, err := l.Store.Hints(ctx, l.merchant.ID, l.conn.ID, 1)
		if err != nil {
			return nil, err
		}
		return none(l.Store.FollowedHints(ctx, l.merchant.ID, l.conn.ID, hints))
	}},
	{"SaveSnapshots", func(ctx context.Context, l *life) (any, error) {
		sn := aSnapshot()
		sn.Scope, sn.Value.V = kpi.Scope{Connection: l.conn.ID, Channel: "web"}, float64(l.scale)
		whole := sn
		whole.Scope, whole.Period, whole.Published, whole.Running = kpi.Whole, period.Of(period.Daily, period.Date(2026, 10, 1), period.Calendar{}), false, true
		return l.Store.SaveSnapshots(ctx, l.merchant.ID, []kpi.Snapshot{sn, whole})
	}},
	{"SaveScores", func(ctx context.Context, l *life) (any, error) { // by another target
		sn := aSnapshot()
		sn.Scope, sn.TargetID, sn.Anchors.GreenHigh, sn.TakenAt = kpi.Scope{Connection: l.conn.ID, Channel: "web"}, 8, 5.5, hour(2)
		return l.Store.SaveScores(ctx, l.merchant.ID, []kpi.Snapshot{sn})
	}},
	{"SaveSnapshotState", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.SaveSnapshotState(ctx, l.merchant.ID, kpi.Whole, SnapshotState{Through: period.Date(2026, 10, int(l.scale)), Catalogue: fmt.Sprint(l.scale)}))
	}},
	{"EndRun", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.EndRun(ctx, l.runs[0], errors.New("as tried"), fmt.Sprint("note ", l.scale)))
	}},
	{"StartRun", func(ctx context.Context, l *life) (any, error) {
		return l.Store.StartRun(ctx, l.merchant.ID, "night", fmt.Sprint("2026-11-2", l.scale))
	}},

	{"PutAlerts", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.PutAlerts(ctx, l.merchant.ID, map[string]string{"relink": fmt.Sprint(l.scale), "proof": fmt.Sprint(l.scale)}))
	}},
	{"PutAlerts", func(ctx context.Context, l *life) (any, error) { // one was mended
		return none(l.Store.PutAlerts(ctx, l.merchant.ID, map[string]string{"relink": fmt.Sprint(l.scale)}))
	}},
	{"AddAlerts", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.AddAlerts(ctx, l.merchant.ID, map[string]string{"key": fmt.Sprint(l.scale)}))
	}},
	{"MarkTold", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.MarkTold(ctx, []Alert{{MerchantID: l.merchant.ID, Cause: "relink", Since: testNow}}))
	}},

	{"PutMember", func(ctx context.Context, l *life) (any, error) { // the same person has a part in both
		_, err := l.Store.writer.Exec(l.Store.rewrite(`INSERT INTO people (id, name, password, generation, language, admin, arrives, created_at)
			VALUES (?, 'anna', '', 1, '', ?, '', ?) ON CONFLICT DO NOTHING`), anna, false, at(testNow))
		return none(errors.Join(err, l.Store.PutMember(ctx, l.merchant.ID, anna, Editor)))
	}},
	{"Invite", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.Invite(ctx, Ticket{MerchantID: l.merchant.ID, Token: "same", Title: fmt.Sprint(l.scale), Role: Operator, PersonID: anna}, "anna"))
	}},
	{"Join", func(ctx context.Context, l *life) (any, error) {
		p, err := l.Store.Join(ctx, l.merchant.ID, "same", Person{ID: anna, Name: "anna"})
		return p.Name, err
	}},
	{"Arrive", func(ctx context.Context, l *life) (any, error) {
		p, err := l.Store.Arrive(ctx, l.merchant.ID, "shopify/same", "same")
		return p.Name, err
	}},
	{"ChangeRole", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.ChangeRole(ctx, l.merchant.ID, anna, Viewer, Person{Name: fmt.Sprint(l.scale)}))
	}},
	{"AddTicket", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.AddTicket(ctx, Ticket{MerchantID: l.merchant.ID, Token: "feed", Kind: Feed, Title: fmt.Sprint(l.scale), PersonID: anna}))
	}},
	{"UsedTicket", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.UsedTicket(ctx, l.merchant.ID, "feed"))
	}},
	{"EndTicket", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.EndTicket(ctx, l.merchant.ID, "feed"))
	}},
	{"Invite", func(ctx context.Context, l *life) (any, error) { // and thinks better of it
		return none(l.Store.Invite(ctx, Ticket{MerchantID: l.merchant.ID, Token: "other", Title: fmt.Sprint(l.scale), Role: Viewer, PersonID: anna}, "anna"))
	}},
	{"Revoke", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.Revoke(ctx, l.merchant.ID, "other", "anna"))
	}},
	{"SetWeekly", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.SetWeekly(ctx, l.merchant.ID, anna, fmt.Sprint(l.scale, "@example.com"), "2026-W40"))
	}},
	{"WeeklyMembers", func(ctx context.Context, l *life) (any, error) { // of all merchants
		all, err := l.Store.WeeklyMembers(ctx)
		return slices.DeleteFunc(all, func(m Member) bool { return m.MerchantID != l.merchant.ID }), err
	}},
	{"ClaimMail", func(ctx context.Context, l *life) (any, error) {
		m := Member{MerchantID: l.merchant.ID, PersonID: anna, Weekly: fmt.Sprint(l.scale, "@example.com"), Mailed: "2026-W40"}
		return l.Store.ClaimMail(ctx, m, fmt.Sprintf("2026-W%d", 40+l.scale))
	}},
	{"ReturnMail", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.ReturnMail(ctx, Member{MerchantID: l.merchant.ID, PersonID: anna, Mailed: "2026-W39"}, fmt.Sprintf("2026-W%d", 40+l.scale)))
	}},
	{"Members", func(ctx context.Context, l *life) (any, error) { return l.Store.Members(ctx, l.merchant.ID) }},
	{"MembershipsOf", func(ctx context.Context, l *life) (any, error) {
		all, err := l.Store.MembershipsOf(ctx, anna) // in all merchants
		return slices.DeleteFunc(all, func(m Member) bool { return m.MerchantID != l.merchant.ID }), err
	}},
	{"Ticket", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Ticket(ctx, l.merchant.ID, "same")
	}},
	{"Tickets", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Tickets(ctx, l.merchant.ID, Invitation)
	}},

	{"Merchants", func(ctx context.Context, l *life) (any, error) { // lists all, each as it is
		all, err := l.Store.Merchants(ctx)
		return slices.DeleteFunc(all, func(m Merchant) bool { return m.ID != l.merchant.ID }), err
	}},
	{"Nights", func(ctx context.Context, l *life) (any, error) { // likewise
		all, err := l.Store.Nights(ctx, "night", 5)
		return slices.DeleteFunc(all, func(n Nights) bool { return n.Merchant.ID != l.merchant.ID }), err
	}},
	{"OpenAlerts", func(ctx context.Context, l *life) (any, error) { // likewise
		all, err := l.Store.OpenAlerts(ctx)
		return slices.DeleteFunc(all, func(a Alert) bool { return a.MerchantID != l.merchant.ID }), err
	}},
	{"Alerts", func(ctx context.Context, l *life) (any, error) { return l.Store.Alerts(ctx, l.merchant.ID) }},
	{"LastProofs", func(ctx context.Context, l *life) (any, error) {
		return l.Store.LastProofs(ctx, l.merchant.ID, l.conn.ID)
	}},
	{"RunsOf", func(ctx context.Context, l *life) (any, error) {
		return l.Store.RunsOf(ctx, l.merchant.ID, 10, "night")
	}},
	{"Merchant", func(ctx context.Context, l *life) (any, error) { return l.Store.Merchant(ctx, l.merchant.ID) }},
	{"Grants", func(ctx context.Context, l *life) (any, error) { return l.Store.Grants(ctx, l.merchant.ID) }},
	{"Connections", func(ctx context.Context, l *life) (any, error) { return l.Store.Connections(ctx, l.merchant.ID) }},
	{"Capabilities", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Capabilities(ctx, l.merchant.ID, l.conn.ID)
	}},
	{"Stream", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Stream(ctx, l.merchant.ID, l.conn.ID, "orders")
	}},
	{"Streams", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Streams(ctx, l.merchant.ID, l.conn.ID)
	}},
	{"Proofs", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Proofs(ctx, l.merchant.ID, l.conn.ID, 10)
	}},
	{"Runs", func(ctx context.Context, l *life) (any, error) { return l.Store.Runs(ctx, l.merchant.ID, 10) }},
	{"Targets", func(ctx context.Context, l *life) (any, error) { return l.Store.Targets(ctx, l.merchant.ID) }},
	{"Marks", func(ctx context.Context, l *life) (any, error) {
		marks, err := l.Store.Marks(ctx, l.merchant.ID, testNow.Add(time.Hour))
		return slices.Collect(marks.All()), err
	}},
	{"Scopes", func(ctx context.Context, l *life) (any, error) {
		scopes, err := l.Store.Scopes(ctx, l.merchant.ID)
		for i := range scopes {
			scopes[i].Title = strings.ReplaceAll(scopes[i].Title, strconv.FormatInt(l.conn.ID, 10), "ID")
		}
		return scopes, err
	}},
	{"Unrated", func(ctx context.Context, l *life) (any, error) { // as if all that is sold and spent were in another currency
		m := l.merchant
		m.Currency = "JPY"
		all, err := l.Store.Unrated(ctx, m, period.Date(2020, 1, 1))
		for i := range all {
			all[i].Connection = 0
		}
		return all, err
	}},
	{"CohortTable", func(ctx context.Context, l *life) (any, error) {
		return l.Store.CohortTable(ctx, l.merchant.ID, l.conn.ID, period.Days{From: period.Date(2026, 9, 1), To: period.Date(2026, 12, 1)})
	}},
	{"Reconciliation", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Reconciliation(ctx, l.merchant.ID, l.conn.ID, period.Days{From: period.Date(2026, 1, 1), To: period.Date(2027, 1, 1)})
	}},
	{"SpendReconciliation", func(ctx context.Context, l *life) (any, error) {
		day := period.Date(2026, 10, 2)
		p := page(hour(8), fact.AdDay{Day: day, Campaign: "c", Currency: "EUR", Spend: 7 * l.scale}, fact.AdTotal{Days: period.Days{From: day, To: day + 1}, Currency: "EUR", Spend: 8 * l.scale},
			fact.WebDay{Day: day, Channel: fact.Direct, Sessions: int64(l.scale)}, fact.SKUCost{SKU: "s", From: day, Cost: l.scale}, fact.Tariff{Kind: fact.TariffShipping, From: day, PerOrder: l.scale, Currency: "EUR"})
		p.Proof = &connectors.Proof{CompleteTo: hour(8), CompleteDay: day + 5}
		if _, err := l.Store.SavePage(ctx, l.merchant.ID, l.conn.ID, kpi.SpendStream, 0, p); err != nil {
			return nil, err
		}
		return l.Store.SpendReconciliation(ctx, l.merchant.ID, l.conn.ID, period.Days{From: period.Date(2026, 1, 1), To: period.Date(2027, 1, 1)})
	}},
	{"Counter", func(ctx context.Context, l *life) (any, error) { return counted(ctx, l) }},
	{"SnapshotState", func(ctx context.Context, l *life) (any, error) {
		return l.Store.SnapshotState(ctx, l.merchant.ID, kpi.Whole)
	}},
	{"OpenSnapshots", func(ctx context.Context, l *life) (any, error) {
		return l.Store.OpenSnapshots(ctx, l.merchant.ID, kpi.Whole)
	}},
	{"Snapshots", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Snapshots(ctx, l.merchant.ID, SnapshotQuery{})
	}},
	{"Snapshots", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Snapshots(ctx, l.merchant.ID, SnapshotQuery{Latest: true, Scope: &kpi.Scope{Connection: l.conn.ID, Channel: "web"}})
	}},

	{"SaveSnapshots", func(ctx context.Context, l *life) (any, error) { // what was published is restated
		sn := aSnapshot()
		sn.Scope, sn.Period, sn.Running, sn.Published, sn.Value.V = kpi.Whole, period.Of(period.Weekly, period.Date(2026, 10, 1), period.Calendar{}), false, true, float64(l.scale)
		if _, err := l.Store.SaveSnapshots(ctx, l.merchant.ID, []kpi.Snapshot{sn}); err != nil {
			return nil, err
		}
		sn.Value.V, sn.TakenAt = float64(2*l.scale), hour(5)
		return l.Store.SaveSnapshots(ctx, l.merchant.ID, []kpi.Snapshot{sn})
	}},
	{"Events", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Events(ctx, l.merchant.ID)
	}},
	{"Restatements", func(ctx context.Context, l *life) (any, error) {
		return l.Store.Restatements(ctx, l.merchant.ID, RestatementQuery{})
	}},
	{"Rebuild", func(ctx context.Context, l *life) (any, error) {
		if err := l.Store.Rebuild(ctx, l.merchant.ID, l.conn.ID); err != nil {
			return nil, err
		}
		return counted(ctx, l)
	}},
	{"RebuildFor", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.RebuildFor(ctx, l.merchant.ID, l.conn.ID, kpi.CauseCost))
	}},
	{"ThinSnapshots", func(ctx context.Context, l *life) (any, error) {
		return l.Store.ThinSnapshots(ctx, l.merchant.ID, period.Date(2027, 1, 1))
	}},
	{"Settle", func(ctx context.Context, l *life) (any, error) {
		if l.Dialect() == "sqlite" {
			return nil, nil // budgets are shared on Postgres alone
		}
		return none(l.Store.Settle(ctx, l.merchant.ID, l.conn.ID, 0, 0, float64(l.scale), float64(2*l.scale), 1e-9))
	}},
	{"Spend", func(ctx context.Context, l *life) (any, error) {
		if l.Dialect() == "sqlite" {
			return nil, nil
		}
		_, all, err := l.Store.Spend(ctx, l.merchant.ID, l.conn.ID, float64(l.scale), time.Second)
		if err != nil {
			return nil, err
		}
		_, more, err := l.Store.Spend(ctx, l.merchant.ID, l.conn.ID, 1, time.Second)
		return []bool{all, more}, err
	}},
	{"Owed", func(ctx context.Context, l *life) (any, error) {
		if l.Dialect() == "sqlite" {
			return nil, nil
		}
		owed, err := l.Store.Owed(ctx, l.merchant.ID, l.conn.ID)
		return owed > 0, err
	}},
	{"Return", func(ctx context.Context, l *life) (any, error) {
		if l.Dialect() == "sqlite" {
			return nil, nil
		}
		if err := l.Store.Return(ctx, l.merchant.ID, l.conn.ID, float64(l.scale)); err != nil {
			return nil, err
		}
		_, again, err := l.Store.Spend(ctx, l.merchant.ID, l.conn.ID, float64(l.scale), time.Second)
		return again, err
	}},
	{"OldGrants", func(ctx context.Context, l *life) (any, error) { // lists all, of which only ours are looked at
		all, err := l.Store.OldGrants(ctx, testNow.Add(time.Hour))
		return len(slices.DeleteFunc(all, func(o Owned) bool { return o.Merchant != l.merchant.ID })), err
	}},
	{"GrantsInUse", func(ctx context.Context, l *life) (any, error) { // likewise
		all, err := l.Store.GrantsInUse(ctx)
		return slices.DeleteFunc(all, func(g Grant) bool { return g.MerchantID != l.merchant.ID }), err
	}},
	{"ForgetRuns", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.ForgetRuns(ctx, l.merchant.ID, "night", testNow.Add(time.Hour)))
	}},
	{"ForgetEvents", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.ForgetEvents(ctx, l.merchant.ID, testNow.Add(time.Hour)))
	}},
	{"ClearStream", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.ClearStream(ctx, l.merchant.ID, l.conn.ID, "products"))
	}},
	{"ReportCustomer", func(ctx context.Context, l *life) (any, error) {
		return l.Store.ReportCustomer(ctx, l.merchant.ID, l.conn.ID, "a", ActorCommand)
	}},
	{"RedactCustomer", func(ctx context.Context, l *life) (any, error) {
		return l.Store.RedactCustomer(ctx, l.merchant.ID, l.conn.ID, "a", ActorCommand)
	}},
	{"Counter", func(ctx context.Context, l *life) (any, error) { return counted(ctx, l) }},
	{"Audit", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.Audit(ctx, AuditEntry{MerchantID: l.merchant.ID, Actor: ActorWebhook, Action: AuditUninstalled, Detail: fmt.Sprint(l.scale)}))
	}},
	{"AuditEntries", func(ctx context.Context, l *life) (any, error) {
		entries, err := l.Store.AuditEntries(ctx, l.merchant.ID, 10)
		for i := range entries {
			entries[i].Detail = strings.ReplaceAll(entries[i].Detail, fmt.Sprintf("store %d", l.conn.ID), "store")
		}
		return entries, err
	}},
	{"UpdateMerchant", func(ctx context.Context, l *life) (any, error) {
		m := l.merchant
		m.Zone, m.State = "Europe/Paris", StatePaused
		return none(l.Store.UpdateMerchant(ctx, l.merchant, m))
	}},
	{"SaveGrant", func(ctx context.Context, l *life) (any, error) {
		g := l.grant
		g.State, g.Sealed = StateRelink, nil
		return l.Store.SaveGrant(ctx, g)
	}},
	{"SaveConnection", func(ctx context.Context, l *life) (any, error) {
		c := l.conn
		c.State = StateUnlinked
		return l.Store.SaveConnection(ctx, c)
	}},
	{"SaveConnection", func(ctx context.Context, l *life) (answer any, err error) {
		l.second, err = l.Store.SaveConnection(ctx, Connection{MerchantID: l.merchant.ID, Connector: "shopify", AccountID: "second", Currency: "EUR", Zone: "UTC"})
		return l.second, err
	}},
	{"SavePage", func(ctx context.Context, l *life) (any, error) {
		return l.Store.SavePage(ctx, l.merchant.ID, l.second.ID, "orders", 0, page(hour(1), kept("1", "a", "10-10", "p", 1, l.scale)...))
	}},
	{"EraseConnection", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.EraseConnection(ctx, l.merchant.ID, l.second.ID, ActorWebhook))
	}},
	{"Forget", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.Forget(ctx, l.merchant.ID, l.conn.ID))
	}},
	{"RemoveMerchant", func(ctx context.Context, l *life) (any, error) {
		return none(l.Store.RemoveMerchant(ctx, l.merchant.ID, ActorCommand))
	}},
}

// counted is every measure that the catalogue asks for, over some months.
func counted(ctx context.Context, l *life) (any, error) {
	var terms []kpi.Term
	for _, k := range kpi.Catalogue() {
		terms = append(terms, k.Formula.Needs()...)
	}
	answers := map[string]kpi.Measures{}
	for _, scope := range []kpi.Scope{kpi.Whole, {Connection: l.conn.ID}, {Connection: l.conn.ID, Channel: "web"}} {
		c, err := l.Store.Counter(ctx, l.merchant.ID, scope)
		if err != nil {
			return nil, err
		}
		for month := time.August; month <= time.November; month++ {
			p := period.Of(period.Monthly, period.Date(2026, month, 1), period.Calendar{})
			answers[fmt.Sprintf("%t %q %s", scope == kpi.Whole, scope.Channel, p.Name)] = c.Measures(terms, p)
		}
		if err := c.Err(); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// seen are orders that a count has met.
func (l *life) seen(ids ...string) (records []fact.Record) {
	for _, id := range ids {
		records = append(records, fact.OrderSeen{ID: id, CreatedAt: time.Date(2026, 10, 2, 11, 0, 0, 0, time.UTC)})
	}
	return records
}
