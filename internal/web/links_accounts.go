package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/link"
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

// choose shows what a login opens, to choose from, with what was wrong with the choice.
func (v *visit) choose(status int, c connectors.Connector, g store.Grant, infos []connectors.AccountInfo, fault string) error {
	body := accountsPage{Connector: c, Login: v.site.loginName(c, g), Action: v.r.URL.Path, Fault: fault}
	conns, err := v.site.Store.Connections(v.r.Context(), v.merchant.ID)
	if err != nil {
		return err
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
	return v.render(status, "accounts", page{Title: "Accounts at " + c.Title, Tab: "links"}, body)
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
	return v.choose(http.StatusOK, c, g, infos, "")
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
		return v.choose(http.StatusUnprocessableEntity, c, g, infos, "Choose one account at least, or leave this page: then nothing is pulled.")
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
