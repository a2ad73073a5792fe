package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

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
	last, err := v.lastRun() // before it begins
	if err != nil {
		return err
	}
	v.site.Progress.ask(v.merchant.ID, last.ID, v.site.Now())
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
	was := v.merchant
	v.merchant.Since = since
	return "", v.site.Store.UpdateMerchant(ctx, was, v.merchant)
}
