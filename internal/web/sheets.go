package web

import (
	"fmt"
	"slices"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// sheetsRoutes are about the spreadsheet that is kept up to date.
var sheetsRoutes = []route{
	{"GET /m/{merchant}/take/sheets", viewing, showSheets},
	{"POST /m/{merchant}/take/sheets/{grant}/export", editing, exportSheets},
	{"POST /m/{merchant}/take/sheets/{grant}/pause", operating, pauseSheets},
	{"POST /m/{merchant}/take/sheets/{grant}/go-on", operating, goOnSheets},
	{"POST /m/{merchant}/take/sheets/{grant}/new", operating, newSheets},
	{"POST /m/{merchant}/take/sheets/{grant}/remove", operating, removeSheets},
}

type sheetsPage struct {
	Link  string // where the login is linked; "" where this installation knows of none
	Title string
	All   []sheetsCard
}

// sheetsCard is a destination with its state in words.
type sheetsCard struct {
	store.Destination
	How    Standing
	Asked  bool // an export was asked for and has not begun
	Relink bool
	Gone   bool // or another failure that a new spreadsheet may mend
}

func showSheets(v *visit) error {
	ctx := v.r.Context()
	all, err := v.site.Store.Destinations(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	grants, err := v.site.Store.Grants(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	var body sheetsPage
	for _, c := range v.site.Destinations {
		body.Link, body.Title = v.at("links/"+c.ID), c.Title
	}
	for _, d := range all {
		i := slices.IndexFunc(grants, func(g store.Grant) bool { return g.ID == d.GrantID })
		body.All = append(body.All, v.sheetsCard(d, i < 0 || grants[i].State == store.StateRelink))
	}
	return v.show("sheets", page{Title: "Google Sheets", Tab: "take"}, body)
}

func (v *visit) sheetsCard(d store.Destination, relink bool) sheetsCard {
	card := sheetsCard{Destination: d, Relink: relink}
	last := d.ExportedAt
	card.Asked = d.AskedAt.After(last) && d.Error == "" && d.State == store.StateActive
	card.Gone = d.Error != "" && d.Place != "" && !relink
	switch {
	case relink:
		card.How = Standing{"bad", "needs relink", "Google does not accept the consent any more. The spreadsheet stays as it is until you link again."}
	case d.State == store.StatePaused:
		card.How = Standing{"", "paused", "It is not brought up to date."}
	case d.Error != "":
		card.How = Standing{"bad", "failed", sentence(shortly(d.Error))}
	case card.Asked:
		card.How = Standing{"tell", "asked for", "An export begins within a minute, where `fourfold run` or `work` is running."}
	case last.IsZero():
		card.How = Standing{"tell", "waiting", "It is made after the next night."}
	default:
		card.How = Standing{"good", "up to date", "Brought up to date " + v.locale.Instant(last, v.zone()) + ", and after each night."}
	}
	return card
}

// linked says where a login that was just linked leads: to its accounts, or, where books are written to it, to those.
func (v *visit) linked(c connectors.Connector, g store.Grant) (next string, err error) {
	if !slices.ContainsFunc(v.site.Destinations, func(d connectors.Connector) bool { return d.ID == c.ID }) {
		return merchantAt(g.MerchantID, fmt.Sprintf("links/%s/%d/accounts", c.ID, g.ID)), nil
	}
	m, err := v.site.Store.Merchant(v.r.Context(), g.MerchantID)
	if err != nil {
		return "", err
	}
	v.notice("Linked. The spreadsheet is made within a few minutes.")
	return merchantAt(m.ID, "take/sheets"), v.site.Linker.Arrive(v.r.Context(), m, g)
}

// changeSheets does something to the destination of the address, and says so.
func changeSheets(v *visit, said string, change func(merchantID, grantID int64) error) error {
	all, err := v.site.Store.Destinations(v.r.Context(), v.merchant.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(d store.Destination) bool { return number(d.GrantID) == v.r.PathValue("grant") })
	if i < 0 {
		return errNoPage
	}
	if err := change(v.merchant.ID, all[i].GrantID); err != nil {
		return err
	}
	v.notice(said)
	return v.see(v.at("take/sheets"))
}

func exportSheets(v *visit) error {
	return changeSheets(v, "The spreadsheet is brought up to date within a few minutes.", func(m, g int64) error {
		return v.site.Store.AskExport(v.r.Context(), m, g)
	})
}

func pauseSheets(v *visit) error {
	return changeSheets(v, "Paused: the spreadsheet stays as it is.", func(m, g int64) error {
		return v.site.Store.SetDestinationState(v.r.Context(), m, g, store.StatePaused)
	})
}

func goOnSheets(v *visit) error {
	return changeSheets(v, "The spreadsheet is brought up to date again, after each night.", func(m, g int64) error {
		if err := v.site.Store.SetDestinationState(v.r.Context(), m, g, store.StateActive); err != nil {
			return err
		}
		return v.site.Store.AskExport(v.r.Context(), m, g)
	})
}

func newSheets(v *visit) error {
	return changeSheets(v, "A new spreadsheet is made within a few minutes. The old one stays where it is.", func(m, g int64) error {
		return v.site.Store.LeavePlace(v.r.Context(), m, g)
	})
}

// removeSheets forgets the destination with its tokens. The spreadsheet is the merchant's.
func removeSheets(v *visit) error {
	return changeSheets(v, "Removed. The spreadsheet stays in your Drive, as it is now; take Fourfold's access away in your Google account too.", func(m, g int64) error {
		return v.site.Linker.Leave(v.r.Context(), m, g)
	})
}
