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

// arriveRoutes are where merchants come in who begin at a provider.
var arriveRoutes = []route{
	{"GET /" + arriveFrom, anyone, arrive},
}

// arriveFrom is the connector from whose own pages merchants come: its app's address is /shopify.
const arriveFrom = "shopify"

// Arriving is what somebody who comes from a provider's own pages needs of the program around the pages.
type Arriving struct {
	// Apps are the apps at a connector as they are configured: that of the installation, by which merchants may come who are none yet, and
	// those that single merchants have.
	Apps func(connector string) (own connectors.App, others []connectors.App)
	// NewMerchant makes a merchant with the first of the names that is free.
	NewMerchant func(ctx context.Context, names ...string) (store.Merchant, error)
}

// keyArrival begins the keys under which a session keeps what somebody is away for who came from the provider.
const keyArrival = "arrival:"

// arrive takes somebody whom the provider sends, and begins the ordinary consent. The query is signed, but whoever has seen it could send
// it: it proves nothing of who the visitor is. The consent does: only who may install the app in that shop comes back from there.
func arrive(v *visit) error {
	c, ok := v.site.connector(arriveFrom)
	i := slices.IndexFunc(c.Auth, func(a connectors.Auth) bool { return a.Install != nil })
	if !ok || i < 0 || v.site.Apps == nil {
		return errNoPage
	}
	app, fields, own, err := v.installs(c.ID, c.Auth[i])
	if err != nil {
		v.site.Log.Warn("an install link was refused", "connector", c.ID, "reason", err.Error())
		return problem{http.StatusBadRequest, "This link from " + c.Title + " was not taken", "It is not signed as it should be, or it is older than a minute and a half. Open the app once more from " + c.Title + "'s admin. If this comes again, the client secret here is not that of the app, or the clock of this machine is wrong.", ""}
	}
	arrival := arriving{connector: c, account: account(c, fields), clientID: app.ClientID, own: own}
	grant, found, err := v.site.linked(v.r.Context(), arrival)
	switch {
	case err != nil:
		return err
	case !found && !own:
		return notLinked(c)
	}
	for _, f := range c.Fields {
		if f.Option {
			fields[f.ID] = grant.Fields[f.ID]
		}
	}
	p, err := v.site.Linker.Begin(0, c, app, fields, v.site.callbackAddress(c.ID))
	if err != nil {
		return err
	}
	v.keep(keyArrival, keyArrival+digest(p.State()), p)
	return v.see(p.URL)
}

func notLinked(c connectors.Connector) error {
	return problem{http.StatusConflict, "This store is not linked yet", "The app belongs to one merchant. An operator of theirs links the store first, on the page Links; from then on the app opens from " + c.Title + " too.", "/"}
}

// arriving is whose account it is about, and by which app.
type arriving struct {
	connector connectors.Connector
	account   string // tea.myshopify.com
	clientID  string
	own       bool // the app is the installation's
}

// account is what a connector tells logins apart by.
func account(c connectors.Connector, fields map[string]string) string {
	for _, f := range c.Fields {
		if !f.Option && !f.Secret && fields[f.ID] != "" {
			return fields[f.ID]
		}
	}
	return ""
}

// installs finds the app by which the query is signed, and what it proves. own says that it is the installation's.
func (v *visit) installs(connector string, auth connectors.Auth) (app connectors.App, fields map[string]string, own bool, err error) {
	first, others := v.site.Apps(connector)
	if fields, err = auth.Install(first, v.r, v.site.Now()); err == nil {
		return first, fields, true, nil
	}
	for _, app := range others {
		if fields, err := auth.Install(app, v.r, v.site.Now()); err == nil {
			return app, fields, false, nil
		}
	}
	return app, nil, false, err
}

// linked is the login with which somebody has linked the account already. By a merchant's own app one comes to merchants with that app only.
// Where there is none, found is false, and the grant is the latest under the app: what its consent may ask for is known from there.
func (s *Site) linked(ctx context.Context, a arriving) (g store.Grant, found bool, err error) {
	grants, err := s.Store.GrantsAt(ctx, a.connector.ID)
	for _, other := range grants {
		under := s.App(ctx, other.MerchantID, a.connector.ID).ClientID == a.clientID
		switch {
		case (under || a.own) && account(a.connector, other.Fields) == a.account:
			return other, true, err
		case under:
			g = other
		}
	}
	return g, false, err
}

// arrival is the consent that a callback answers, if it began at the provider and in this browser. It is good once.
func (v *visit) arrival() (*link.Pending, bool) {
	ctx, s := v.r.Context(), v.site.sessions
	key := keyArrival + digest(v.r.URL.Query().Get("state"))
	kept := s.PopBytes(ctx, key)
	if len(kept) == 0 {
		return nil, false
	}
	p, err := v.site.Linker.Resume(kept)
	return p, err == nil && p.Connector().ID == v.r.PathValue("connector")
}

// arrived completes the link, and signs in who came to the merchant whose account it is: a new one, where it was linked nowhere. Who is
// signed in there as an operator already stays who they are; everybody else becomes who the provider vouches for, and leaves behind what
// they were before.
func (v *visit) arrived(p *link.Pending) error {
	c := p.Connector()
	ctx, cancel := v.asking()
	defer cancel()
	own, _ := v.site.Apps(c.ID)
	a := arriving{connector: c, account: account(c, p.Fields()), clientID: p.ClientID(), own: own.ClientID == p.ClientID()}
	found := false
	g, err := v.site.Linker.CompleteFor(ctx, p, v.r, func(ctx context.Context) (id int64, err error) {
		var g store.Grant
		switch g, found, err = v.site.linked(ctx, a); {
		case err != nil || found:
			return g.MerchantID, err
		case !a.own:
			return 0, notLinked(c) // it was unlinked meanwhile
		}
		name, _, _ := strings.Cut(a.account, ".")
		m, err := v.site.NewMerchant(ctx, name, a.account)
		return m.ID, err
	})
	fault, _ := connectors.FaultOf(err)
	const again = "Open the app once more from the admin there."
	var told problem
	switch {
	case err == nil:
	case errors.As(err, &told):
		return err
	case errors.Is(err, link.ErrForged):
		v.site.Log.Warn("callback refused", "connector", c.ID, "reason", err.Error())
		return problem{http.StatusBadRequest, "This answer was not taken", "It is not as " + c.Title + " signs and sends it, or it came too late. " + again, ""}
	case ctx.Err() != nil, fault == connectors.Unavailable, fault == connectors.Throttled:
		return v.down(c, err, again, "")
	default:
		return v.refusedBy(c, err, "")
	}
	m, err := v.site.Store.Merchant(ctx, g.MerchantID)
	if err != nil {
		return err
	}
	role, err := v.site.roleOf(ctx, v.person, m.ID)
	if err != nil {
		return err
	}
	if !role.May(store.Operator) {
		who, err := v.site.Store.Arrive(ctx, m.ID, c.ID+"/"+a.account, a.account)
		if err != nil {
			return err
		}
		if err := v.signIn(who); err != nil {
			return err
		}
	}
	if err := v.noteLinked(g); err != nil {
		return err
	}
	if found {
		return v.see(merchantAt(m.ID, ""))
	}
	v.merchant = m
	return v.begins(ctx, c, g)
}

// begins takes the account of a merchant who is new, and goes on where its first pull is begun.
func (v *visit) begins(ctx context.Context, c connectors.Connector, g store.Grant) error {
	infos, err := v.opened(ctx, c, g)
	if err != nil {
		return err
	}
	taken, settled := link.Settled(c, infos, nil)
	if !settled {
		return v.see(v.at(fmt.Sprintf("links/%s/%d/accounts", c.ID, g.ID)))
	}
	conns, err := v.site.Take(ctx, v.merchant, c, g, taken)
	if err != nil {
		return err
	}
	v.probeAll(ctx, conns)
	return v.see(v.at(fmt.Sprintf("links/%s/%d/granted", c.ID, g.ID)))
}
