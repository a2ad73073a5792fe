package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

// accountsPage is which accounts a login opens, to choose from.
type accountsPage struct {
	Connector connectors.Connector
	Login     string
	Accounts  []accountChoice
	Many      bool // there is something to choose
	Fault     string
	Action    string
}

type accountChoice struct {
	connectors.AccountInfo
	Taken  bool
	Linked bool
	Box    int
}

// login is the one that the address names.
func (v *visit) login() (connectors.Connector, store.Grant, error) {
	c, err := v.connector()
	if err != nil {
		return c, store.Grant{}, err
	}
	grants, err := v.site.Store.Grants(v.r.Context(), v.merchant.ID)
	if err != nil {
		return c, store.Grant{}, err
	}
	i := slices.IndexFunc(grants, func(g store.Grant) bool { return number(g.ID) == v.r.PathValue("grant") && g.Connector == c.ID })
	if i < 0 {
		return c, store.Grant{}, errNoPage
	}
	return c, grants[i], nil
}

// opened asks a login what it opens. Its error is a page.
func (v *visit) opened(ctx context.Context, c connectors.Connector, g store.Grant) ([]connectors.AccountInfo, error) {
	infos, err := v.site.Accounts(ctx, c, g)
	fault, ok := connectors.FaultOf(err)
	switch {
	case err == nil:
		return infos, nil
	case ctx.Err() != nil && v.r.Context().Err() == nil, fault == connectors.Unavailable, fault == connectors.Throttled:
		return nil, v.down(c, err, "The login is linked already, and nothing is lost. Go on in a few minutes.", v.r.URL.Path)
	case fault == connectors.Denied:
		return nil, problem{http.StatusConflict, "This login has to be linked again", shortly(err.Error()) + ". Nothing that was pulled is lost.", v.at("links/" + c.ID + "?again=" + number(g.ID))}
	case fault == connectors.Forbidden:
		return nil, problem{http.StatusConflict, "Something is not granted", shortly(err.Error()) + ". Grant it at " + c.Title + ", and link again.", v.at("links/" + c.ID + "?again=" + number(g.ID))}
	case ok:
		return nil, v.refusedBy(c, err, v.at("links"))
	case errors.Is(err, context.Canceled), missing(err):
		return nil, err
	}
	v.site.Log.Warn("the accounts of a login are not known", "connector", c.ID, "error", err)
	return nil, problem{http.StatusConflict, "No accounts were found", shortly(err.Error()) + ".", v.at("links/" + c.ID)}
}

func (v *visit) accountsPage(c connectors.Connector, g store.Grant, infos []connectors.AccountInfo) (accountsPage, error) {
	body := accountsPage{Connector: c, Login: v.site.loginName(c, g), Action: v.r.URL.Path}
	conns, err := v.site.Store.Connections(v.r.Context(), v.merchant.ID)
	if err != nil {
		return body, err
	}
	taken, _ := link.Settled(c, infos, conns)
	open := 0
	for i, info := range infos {
		_, linked := link.Connection(c, info, conns)
		if info.Barred == "" {
			open++
		}
		body.Accounts = append(body.Accounts, accountChoice{info, slices.ContainsFunc(taken, func(t connectors.AccountInfo) bool { return t.ID == info.ID }), linked, i})
	}
	body.Many = open > 1
	return body, nil
}

func showAccounts(v *visit) error {
	c, g, err := v.login()
	if err != nil {
		return err
	}
	ctx, cancel := v.asking()
	defer cancel()
	infos, err := v.opened(ctx, c, g)
	if err != nil {
		return err
	}
	body, err := v.accountsPage(c, g, infos)
	if err != nil {
		return err
	}
	return v.show("accounts", page{Title: "Accounts at " + c.Title, Tab: "links"}, body)
}

// takeAccounts keeps a connection for each account that was chosen, leaves those that were not, and asks what can be read.
func takeAccounts(v *visit) error {
	c, g, err := v.login()
	if err != nil {
		return err
	}
	ctx, cancel := v.asking()
	defer cancel()
	infos, err := v.opened(ctx, c, g)
	if err != nil {
		return err
	}
	var chosen []connectors.AccountInfo
	for _, info := range infos {
		if info.Barred == "" && slices.Contains(v.r.PostForm["account"], info.ID) {
			chosen = append(chosen, info)
		}
	}
	if len(chosen) == 0 {
		body, err := v.accountsPage(c, g, infos)
		if err != nil {
			return err
		}
		body.Fault = "Choose one account at least, or leave this page: then nothing is pulled."
		return v.render(http.StatusUnprocessableEntity, "accounts", page{Title: "Accounts at " + c.Title, Tab: "links"}, body)
	}
	taken, err := v.site.Take(ctx, v.merchant, c, g, chosen)
	if err != nil {
		if v.merchant.Currency == "" || v.merchant.Zone == "" {
			return problem{http.StatusConflict, "Link the store first", "The scorecard has no currency and no time zone yet; it takes them from the store. Link the store, and come back to this login then.", v.at("links")}
		}
		return err
	}
	if err := v.leaveOthers(ctx, g, taken); err != nil {
		return err
	}
	v.probeAll(ctx, taken)
	return v.see(v.at(fmt.Sprintf("links/%s/%d/granted", c.ID, g.ID)))
}

// leaveOthers stops pulling from the accounts of a login that were not chosen, and keeps who chose.
func (v *visit) leaveOthers(ctx context.Context, g store.Grant, taken []store.Connection) error {
	conns, err := v.site.Store.Connections(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	var names []string
	for _, t := range taken {
		names = append(names, t.Name)
	}
	for _, conn := range conns {
		if conn.GrantID != g.ID || conn.State != store.StateActive || slices.ContainsFunc(taken, func(t store.Connection) bool { return t.ID == conn.ID }) {
			continue
		}
		conn.State = store.StateUnlinked
		if _, err := v.site.Store.SaveConnection(ctx, conn); err != nil {
			return err
		}
		if err := v.note(store.AuditUnlinked, conn); err != nil {
			return err
		}
	}
	return v.site.Store.Audit(ctx, store.AuditEntry{MerchantID: v.merchant.ID, Actor: v.person.Name, Action: store.AuditAccounts, Detail: strings.Join(names, ", ")})
}

func (v *visit) note(action string, conn store.Connection) error {
	return v.site.Store.Audit(v.r.Context(), store.AuditEntry{MerchantID: conn.MerchantID, Actor: v.person.Name, Action: action, Detail: fmt.Sprintf("account %d, %s", conn.ID, conn.Name)})
}

// probeAll asks of each account what may be read, and has its webhooks sent. What goes wrong keeps nobody from going on: each pull asks again.
func (v *visit) probeAll(ctx context.Context, conns []store.Connection) {
	m, err := v.site.Store.Merchant(ctx, v.merchant.ID) // which the first store has given its zone
	if err != nil {
		m = v.merchant
	}
	for _, conn := range conns {
		if _, err := v.site.Probe(ctx, m, conn); err != nil {
			v.site.Log.Warn("what an account allows is not known yet", "connector", conn.Connector, "connection", conn.ID, "error", err)
			continue
		}
		if v.site.Subscribe == nil {
			continue
		}
		if err := v.site.Subscribe(ctx, conn); err != nil {
			v.site.Log.Warn("not all webhooks are subscribed to; tried again each night", "connector", conn.Connector, "connection", conn.ID, "error", err)
		}
	}
}

// grantedPage is what a login may read and may not, what that costs, and how far back the first pull goes.
type grantedPage struct {
	Connector connectors.Connector
	Login     string
	Missing   []string // scopes that were asked for and not granted
	Accounts  []grantedAccount
	Since     period.Day // zero for all there is
	Place     string     // where the configuration says so
	Value     string     // as it was typed
	Fault     string
	Again     string
}

type grantedAccount struct {
	Conn  store.Connection
	Asked bool // what it allows is known
	Lacks []connectors.Capability
	Limit int
	From  time.Time // of the limit
}

func (v *visit) grantedPage(c connectors.Connector, g store.Grant) (grantedPage, error) {
	ctx := v.r.Context()
	body := grantedPage{Connector: c, Login: v.site.loginName(c, g), Again: v.at("links/" + c.ID + "?again=" + number(g.ID))}
	for _, scope := range g.Asked {
		if len(g.Scopes) > 0 && !slices.Contains(g.Scopes, scope) {
			body.Missing = append(body.Missing, scope)
		}
	}
	conns, err := v.site.Store.Connections(ctx, v.merchant.ID)
	if err != nil {
		return body, err
	}
	for _, conn := range conns {
		if conn.GrantID != g.ID || conn.State != store.StateActive {
			continue
		}
		a, err := v.grantedAccount(conn)
		if err != nil {
			return body, err
		}
		body.Accounts = append(body.Accounts, a)
	}
	if v.site.Linking.Since != nil {
		if body.Since, body.Place, err = v.site.Linking.Since(ctx, v.merchant); err != nil {
			return body, err
		}
	} else {
		body.Since = v.merchant.Since
	}
	if body.Since != 0 {
		body.Value = body.Since.String()
	}
	return body, nil
}

func (v *visit) grantedAccount(conn store.Connection) (grantedAccount, error) {
	caps, err := v.site.Store.Capabilities(v.r.Context(), conn.MerchantID, conn.ID)
	a := grantedAccount{Conn: conn, Asked: len(caps) > 0}
	a.Limit, a.From = limitOf(conn, caps)
	for _, have := range caps {
		if !have.Granted {
			a.Lacks = append(a.Lacks, have)
		}
	}
	return a, err
}

func showGranted(v *visit) error {
	c, g, err := v.login()
	if err != nil {
		return err
	}
	body, err := v.grantedPage(c, g)
	if err != nil {
		return err
	}
	if len(body.Accounts) == 0 {
		return v.see(v.at(fmt.Sprintf("links/%s/%d/accounts", c.ID, g.ID)))
	}
	return v.show("granted", page{Title: c.Title + " is linked", Tab: "links"}, body)
}

// beginFirst takes how far back the first pull is to go, and begins it.
func beginFirst(v *visit) error {
	c, g, err := v.login()
	if err != nil {
		return err
	}
	fault, err := v.setSince(v.r.Context())
	if err != nil {
		return err
	}
	if fault != "" {
		body, err := v.grantedPage(c, g)
		if err != nil {
			return err
		}
		body.Fault, body.Value = fault, v.r.PostFormValue("since")
		return v.render(http.StatusUnprocessableEntity, "granted", page{Title: c.Title + " is linked", Tab: "links"}, body)
	}
	return beginPull(v)
}

// beginPull has what is linked pulled soon.
func beginPull(v *visit) error {
	ctx := v.r.Context()
	if v.merchant.State == store.StatePaused {
		return problem{http.StatusConflict, nameOf(v.merchant) + " is paused", "Nothing is pulled until whoever runs Fourfold resumes it.", v.at("links")}
	}
	conns, err := v.site.Store.Connections(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(conns, func(c store.Connection) bool { return c.State == store.StateActive }) {
		return problem{http.StatusConflict, "There is nothing to pull yet", "Link an account first.", v.at("links")}
	}
	v.site.Progress.ask(v.merchant.ID, v.site.Now()) // before it begins, or it would seem to have begun before it was asked for
	if err := v.site.Pull(ctx, v.merchant); err != nil {
		return err
	}
	return v.see(v.at("links/progress"))
}

// setSince keeps how far back first pulls go, where the configuration does not say it. It says what is wrong with what was typed.
func (v *visit) setSince(ctx context.Context) (fault string, err error) {
	var since period.Day
	switch v.r.PostFormValue("reach") {
	case "": // the configuration says it, and nothing was asked
		return "", nil
	case "from":
		day, err := period.ParseDay(strings.TrimSpace(v.r.PostFormValue("since")))
		if err != nil {
			return "Write the day as 2024-01-31.", nil //nolint:nilerr // it is told
		}
		if day > period.On(v.site.Now(), v.zone()) {
			return "That day has not come yet.", nil
		}
		since = day
	}
	if v.site.Linking.Since != nil {
		if _, place, err := v.site.Linking.Since(ctx, v.merchant); err != nil || place != "" {
			return "The configuration says it (" + place + "): change it there.", err
		}
	}
	if v.merchant.Since == since {
		return "", nil
	}
	v.merchant.Since = since
	return "", v.site.Store.UpdateMerchant(ctx, v.merchant)
}
