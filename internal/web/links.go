package web

import (
	"context"
	"slices"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

// linkRoutes are the pages on which accounts are linked.
var linkRoutes = []route{
	{"GET /callback/{connector}", anyone, callback},
	{"GET /m/{merchant}/links", viewing, showLinks},
	{"GET /m/{merchant}/links/{connector}", viewing, showLink},
	{"POST /m/{merchant}/links/{connector}", operating, beginLink},
	{"GET /m/{merchant}/links/{connector}/continue", operating, showContinue},
	{"POST /m/{merchant}/links/{connector}/paste", operating, pasteAddress},
	{"GET /m/{merchant}/links/{connector}/{grant}/accounts", operating, showAccounts},
	{"POST /m/{merchant}/links/{connector}/{grant}/accounts", operating, takeAccounts},
	{"GET /m/{merchant}/links/{connector}/{grant}/granted", operating, showGranted},
	{"POST /m/{merchant}/links/{connector}/{grant}/granted", operating, beginFirst},
	{"POST /m/{merchant}/links/pull", operating, beginPull},
	{"GET /m/{merchant}/links/progress", viewing, showProgress},
	{"GET /m/{merchant}/links/progress/events", viewing, progressEvents},
	{"GET /m/{merchant}/accounts/{connection}", viewing, showAccount},
	{"POST /m/{merchant}/accounts/{connection}/unlink", operating, unlink},
	{"POST /m/{merchant}/accounts/{connection}/forget", operating, forget},
}

// Linking is what linking brings about outside of the pages: the worker's and the configuration's part.
type Linking struct {
	// App is a merchant's own app at a connector as it is configured; zero where it is not.
	App func(ctx context.Context, merchantID int64, connector string) connectors.App
	// Accounts asks a login which accounts it opens, Take keeps a connection for each of some, Probe asks what one may read, and Subscribe
	// has its webhooks sent.
	Accounts  func(ctx context.Context, c connectors.Connector, g store.Grant) ([]connectors.AccountInfo, error)
	Take      func(ctx context.Context, m store.Merchant, c connectors.Connector, g store.Grant, infos []connectors.AccountInfo) ([]store.Connection, error)
	Probe     func(ctx context.Context, m store.Merchant, conn store.Connection) ([]connectors.Capability, error)
	Subscribe func(ctx context.Context, conn store.Connection) error
	// Since is how far back a merchant's first pulls reach, zero for all there is; and where the configuration says so, if it does.
	Since func(ctx context.Context, m store.Merchant) (since period.Day, place string, err error)
	// Pull has all that a merchant has linked pulled soon, and returns at once. Asked twice it is done once, or once more.
	Pull func(ctx context.Context, m store.Merchant) error
	// Progress is told of pulls that run in this process; the zero value knows of none.
	Progress Progress
	// Stopping is closed when the server is asked to stop, so that what stays open for long ends; nil where it never is.
	Stopping <-chan struct{}
}

// linksPage is one page of providers with their state in words.
type linksPage struct {
	Linked, Others []providerCard
	Paused         bool
	Pullable       bool // there is something to pull
}

type providerCard struct {
	ID, Title string
	Standing
	Continue string // where a consent that waits goes on
	Logins   []loginCard
}

type loginCard struct {
	Name string
	Standing
	Choose   string // where its accounts are chosen; "" while it opens none
	Again    string // where it is linked again, if it has to be
	Accounts []accountCard
}

type accountCard struct {
	Conn store.Connection
	Standing
}

func showLinks(v *visit) error {
	ctx := v.r.Context()
	conns, err := v.site.Store.Connections(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	grants, err := v.site.Store.Grants(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	body := linksPage{Paused: v.merchant.State == store.StatePaused}
	pendings := v.pendings(v.merchant.ID)
	for _, c := range v.site.Connectors {
		card := providerCard{ID: c.ID, Title: c.Title}
		for _, g := range grants {
			if g.Connector != c.ID {
				continue
			}
			login, err := v.loginCard(c, g, conns)
			if err != nil {
				return err
			}
			for _, a := range login.Accounts {
				body.Pullable = body.Pullable || a.Conn.State == store.StateActive
			}
			card.Logins = append(card.Logins, login)
		}
		waits := slices.IndexFunc(pendings, func(p *link.Pending) bool { return p.Connector().ID == c.ID })
		switch {
		case waits >= 0:
			card.Standing = Standing{"tell", "waiting for consent", "You have not come back from " + c.Title + " yet; the link can be completed until " + v.locale.Instant(pendings[waits].Ends(), v.zone()) + "."}
			card.Continue = v.at("links/" + c.ID + "/continue")
		case len(card.Logins) == 0:
			card.Standing = Standing{"", "not linked", ""}
		}
		if len(card.Logins) > 0 || waits >= 0 {
			body.Linked = append(body.Linked, card)
		} else {
			body.Others = append(body.Others, card)
		}
	}
	return v.show("links", page{Title: "Links", Tab: "links"}, body)
}

func (v *visit) loginCard(c connectors.Connector, g store.Grant, conns []store.Connection) (loginCard, error) {
	login := loginCard{Name: v.site.loginName(c, g), Choose: v.at("links/" + c.ID + "/" + number(g.ID) + "/accounts")}
	active := 0
	for _, conn := range conns {
		if conn.GrantID != g.ID {
			continue
		}
		s, err := v.standingOf(c, g, conn)
		if err != nil {
			return login, err
		}
		if conn.State == store.StateActive {
			active++
		}
		login.Accounts = append(login.Accounts, accountCard{conn, s})
	}
	login.Standing = v.standingOfLogin(c, g, active)
	if active > 0 && login.Kind != "good" || g.State == store.StateRelink {
		login.Again = v.at("links/" + c.ID + "?again=" + number(g.ID))
	}
	if g.State == store.StateRelink {
		login.Choose = ""
	}
	return login, nil
}

// loginName is which login of a provider it is, or "" where there is but one kind.
func (s *Site) loginName(c connectors.Connector, g store.Grant) string {
	name := ""
	for _, f := range c.Fields {
		if !f.Option && !f.Secret && g.Fields[f.ID] != "" {
			if name != "" {
				name += " "
			}
			name += g.Fields[f.ID]
		}
	}
	return name
}
