package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// accountPage is one account that is pulled from, or was: what it lets us read, how its streams stand, and how it is left.
type accountPage struct {
	grantedAccount
	Standing
	Connector connectors.Connector
	Login     string
	Grant     int64
	Linked    bool
	Lines     []progressLine
	Called    string // what is to be typed before it is erased
	Typed     string
	Fault     string
	Others    bool // accounts of the same login that are pulled from
}

// account is the connection that the address names, with its login.
func (v *visit) account() (connectors.Connector, store.Grant, store.Connection, error) {
	ctx := v.r.Context()
	conns, err := v.site.Store.Connections(ctx, v.merchant.ID)
	if err != nil {
		return connectors.Connector{}, store.Grant{}, store.Connection{}, err
	}
	i := slices.IndexFunc(conns, func(c store.Connection) bool { return number(c.ID) == v.r.PathValue("connection") })
	if i < 0 {
		return connectors.Connector{}, store.Grant{}, store.Connection{}, errNoPage
	}
	grants, err := v.site.Store.Grants(ctx, v.merchant.ID)
	if err != nil {
		return connectors.Connector{}, store.Grant{}, store.Connection{}, err
	}
	var g store.Grant
	if j := slices.IndexFunc(grants, func(g store.Grant) bool { return g.ID == conns[i].GrantID }); j >= 0 {
		g = grants[j]
	}
	return v.site.connectorOf(conns[i]), g, conns[i], nil
}

func (v *visit) accountPage() (accountPage, error) {
	c, g, conn, err := v.account()
	if err != nil {
		return accountPage{}, err
	}
	body := accountPage{Connector: c, Login: v.site.loginName(c, g), Grant: g.ID, Called: called(conn), Linked: conn.State == store.StateActive}
	if body.grantedAccount, err = v.grantedAccount(conn); err != nil {
		return body, err
	}
	if body.Standing, err = v.standingOf(c, g, conn); err != nil {
		return body, err
	}
	if login := v.standingOfLogin(c, g, 1); login.Kind != "good" && body.Linked {
		body.Standing = login
	}
	a, _, err := v.progressAccount(c, conn, store.Run{ID: -1, EndedAt: v.site.Now()}, nil)
	body.Lines = a.Lines
	return body, err
}

func showAccount(v *visit) error {
	body, err := v.accountPage()
	if err != nil {
		return err
	}
	return v.show("linked", page{Title: body.Conn.Name, Tab: "links"}, body)
}

// called is what is typed to have an account erased: its name, or its number where the provider gives it none.
func called(conn store.Connection) string {
	return cmp.Or(strings.TrimSpace(conn.Name), conn.AccountID)
}

// unlink stops pulling from an account. What was pulled stays.
func unlink(v *visit) error {
	_, _, conn, err := v.account()
	if err != nil {
		return err
	}
	if conn.State != store.StateActive {
		v.notice(conn.Name + " is unlinked already.")
		return v.see(v.at("links"))
	}
	if err := v.site.Linker.Unlink(v.r.Context(), conn); err != nil {
		return err
	}
	if err := v.note(store.AuditUnlinked, conn); err != nil {
		return err
	}
	v.notice(conn.Name + " is unlinked. What was pulled stays; link it again to go on. Remove the app at the provider, too.")
	return v.see(v.at("links"))
}

// forget erases an account with all that came from it, once its name was typed.
func forget(v *visit) error {
	ctx := v.r.Context()
	_, _, conn, err := v.account()
	if err != nil {
		return err
	}
	if typed := strings.TrimSpace(v.r.PostFormValue("name")); typed != called(conn) {
		body, err := v.accountPage()
		if err != nil {
			return err
		}
		body.Typed, body.Fault = typed, "That is not its name. Nothing was erased."
		return v.render(http.StatusUnprocessableEntity, "linked", page{Title: conn.Name, Tab: "links"}, body)
	}
	if err := v.site.Linker.EraseTokens(ctx, conn); err != nil {
		return err
	}
	if err := v.site.Store.EraseConnection(ctx, conn.MerchantID, conn.ID, v.person.Name); err != nil {
		return err
	}
	v.notice(conn.Name + " is erased, with everything that was pulled from it.")
	return v.see(v.at("links"))
}
