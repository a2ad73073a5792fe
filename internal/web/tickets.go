package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"fourfold/internal/store"
)

// ticketRoutes are where live feeds and the API's keys are made and ended.
var ticketRoutes = []route{
	{"GET /m/{merchant}/take/feeds", viewing, feeds.show},
	{"POST /m/{merchant}/take/feeds", viewing, feeds.make},
	{"POST /m/{merchant}/take/feeds/end", viewing, feeds.end},
	{"GET /m/{merchant}/take/keys", viewing, keys.show},
	{"POST /m/{merchant}/take/keys", viewing, keys.make},
	{"POST /m/{merchant}/take/keys/end", viewing, keys.end},
}

// lent is one kind of ticket that a person makes for programs of theirs.
type lent struct {
	kind                store.TicketKind
	path, title         string // of its page
	template, made      string
	name                string // in a sentence
	auditMade, auditOff string
}

var (
	feeds = lent{store.Feed, "take/feeds", "Live feeds", "feeds", "feed", "feed", store.AuditFeed, store.AuditFeedEnded}
	keys  = lent{store.APIKey, "take/keys", "API keys", "keys", "key", "key", store.AuditKey, store.AuditKeyEnded}
)

// lentMost is how many of a kind a person has for a merchant.
const lentMost = 20

type lentPage struct {
	Mine   []lentTicket
	Others []lentTicket // which operators see
	Title  string       // as it was typed
	Fault  string
	Path   string
}

type lentTicket struct {
	store.Ticket
	Person string
}

// all lists the tickets that are good: those of the visitor, and for operators those of everybody.
func (l lent) all(v *visit) (p lentPage, err error) {
	p.Path = v.at(l.path)
	all, err := v.site.Store.Tickets(v.r.Context(), v.merchant.ID, l.kind)
	if err != nil {
		return p, err
	}
	names := map[int64]string{}
	for _, k := range all {
		switch {
		case !k.Good(v.site.Now()):
		case k.PersonID == v.person.ID:
			p.Mine = append(p.Mine, lentTicket{k, v.person.Name})
		case v.role.May(store.Operator):
			if names[k.PersonID] == "" {
				who, err := v.site.Store.Person(v.r.Context(), k.PersonID)
				if err != nil && !missing(err) {
					return p, err
				}
				names[k.PersonID] = who.Name
			}
			p.Others = append(p.Others, lentTicket{k, names[k.PersonID]})
		}
	}
	return p, nil
}

func (l lent) show(v *visit) error {
	p, err := l.all(v)
	if err != nil {
		return err
	}
	return v.show(l.template, page{Title: l.title, Tab: "take"}, p)
}

// make makes one and shows it, this once: what is kept of it opens nothing.
func (l lent) make(v *visit) error {
	p, err := l.all(v)
	if err != nil {
		return err
	}
	p.Title = strings.TrimSpace(v.r.PostFormValue("title"))
	p.Fault = checkNote(p.Title)
	switch {
	case p.Fault != "":
	case p.Title == "":
		p.Fault = "Say what it is for, so that you know it again when you end it."
	case slices.ContainsFunc(p.Mine, func(k lentTicket) bool { return strings.EqualFold(k.Title, p.Title) }):
		p.Fault = "You have one of that name. End it first, or use another name."
	case len(p.Mine) >= lentMost:
		p.Fault = "You have " + strconv.Itoa(lentMost) + " already. End one that is not used any more."
	}
	if p.Fault != "" {
		return v.render(http.StatusUnprocessableEntity, l.template, page{Title: l.title, Tab: "take"}, p)
	}
	ctx := v.r.Context()
	scopes, err := v.site.Store.Scopes(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	token, hash := mint(v.merchant.ID)
	if err := v.site.Store.AddTicket(ctx, store.Ticket{MerchantID: v.merchant.ID, Token: hash, Kind: l.kind, Title: p.Title, PersonID: v.person.ID}); err != nil {
		return err
	}
	if err := l.note(v, l.auditMade, p.Title); err != nil {
		return err
	}
	v.w.Header().Set("Referrer-Policy", "no-referrer")
	return v.show(l.made, page{Title: p.Title, Tab: "take"}, v.madePage(token, p.Title, p.Path, sheetsOf(scopes)))
}

// end ends one: the visitor's own, or anybody's for an operator. Of one that is over already nothing is said.
func (l lent) end(v *visit) error {
	hash := v.r.PostFormValue("ticket")
	k, err := v.site.Store.Ticket(v.r.Context(), v.merchant.ID, hash)
	if missing(err) || err == nil && (k.Kind != l.kind || k.PersonID != v.person.ID && !v.role.May(store.Operator)) {
		return problem{http.StatusNotFound, "There is no such " + l.name, "It may have been ended already.", v.at(l.path)}
	}
	if err != nil {
		return err
	}
	if k.EndedAt.IsZero() {
		if err := v.site.Store.EndTicket(v.r.Context(), v.merchant.ID, hash); err != nil {
			return err
		}
		if err := l.note(v, l.auditOff, k.Title); err != nil {
			return err
		}
	}
	v.notice("The " + l.name + " “" + k.Title + "” is ended: it opens nothing any more.")
	return v.see(v.at(l.path))
}

func (l lent) note(v *visit, action, title string) error {
	return v.site.Store.Audit(v.r.Context(), store.AuditEntry{MerchantID: v.merchant.ID, Actor: v.person.Name, Action: action, Detail: title})
}

// madePage is what is said of a new feed or key.
type madePage struct {
	Title, Token, Path string
	Base               string // of a feed's addresses
	Local              bool   // the pages are on this machine: nobody reaches them from outside
	Sheets             []lentSheet
}

type lentSheet struct{ Key, Text, Address, Import string }

// decimalComma are the languages whose spreadsheets part arguments by semicolons.
var decimalComma = []string{"de", "fr", "es"}

func (v *visit) madePage(token, title, path string, sheets []sheet) madePage {
	p := madePage{Title: title, Token: token, Path: path, Base: v.site.Base + "/feed/" + token + "/", Local: !v.site.secure()}
	for _, s := range sheets {
		m := lentSheet{Key: s.Key, Text: s.Text, Address: p.Base + s.Key + ".csv?grain=month"}
		m.Import = `=IMPORTDATA("` + m.Address + `")`
		if slices.Contains(decimalComma, v.locale.Tag) {
			m.Import = `=IMPORTDATA("` + m.Address + `"; ","; "en_US")`
		}
		p.Sheets = append(p.Sheets, m)
	}
	return p
}
