package web

import (
	"errors"
	"net/http"
	"strconv"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

// everybodyPage is who signs in to the installation.
type everybodyPage struct {
	People []everybody
	Link   string // for a new password, just made
	For    string
	Near   bool // it leads nobody here from another machine
}

type everybody struct {
	store.Person
	Since period.Day
	Parts []part
}

type part struct {
	Merchant store.Merchant
	Role     store.Role
}

func showEverybody(v *visit) error { return v.everybody(everybodyPage{}) }

func (v *visit) everybody(p everybodyPage) error {
	ctx := v.r.Context()
	people, err := v.site.Store.People(ctx)
	if err != nil {
		return err
	}
	merchants, err := v.site.Store.Merchants(ctx)
	if err != nil {
		return err
	}
	named := map[int64]store.Merchant{}
	for _, m := range merchants {
		named[m.ID] = m
	}
	members, err := v.site.Store.Parts(ctx)
	if err != nil {
		return err
	}
	parts := map[int64][]part{}
	for _, m := range members {
		parts[m.PersonID] = append(parts[m.PersonID], part{named[m.MerchantID], m.Role})
	}
	for _, x := range people {
		p.People = append(p.People, everybody{x, period.On(x.CreatedAt, v.zone()), parts[x.ID]})
	}
	p.Near = v.site.near()
	return v.show("everybody", page{Title: "Everybody"}, p)
}

// posted is the person that a form is about.
func (v *visit) posted() (store.Person, error) {
	id, err := strconv.ParseInt(v.r.PostFormValue("person"), 10, 64)
	if err != nil {
		return store.Person{}, errNoPage
	}
	return v.site.Store.Person(v.r.Context(), id)
}

// stays is for who cannot go.
var stays = problem{http.StatusConflict, "Somebody must look after Fourfold", "Nobody else does: make somebody else an admin first.", "/people"}

func changeAdmin(v *visit) error {
	p, err := v.posted()
	if err != nil {
		return err
	}
	admin := v.r.PostFormValue("admin") == "yes"
	if p.ID == v.person.ID && !admin && v.r.PostFormValue("sure") == "" {
		return v.show("sure", page{Title: "Sure?"}, sure{
			Title: "Stop looking after Fourfold?", Button: "Stop", Action: "/people/admin", Back: "/people",
			Text:   "You would see only the merchants in which you have a part, and this page no more. Only another admin can give it back to you.",
			Fields: map[string]string{"person": number(p.ID), "admin": "no"},
		})
	}
	err = v.site.Store.SetAdmin(v.r.Context(), p.ID, admin, v.person.Name)
	switch {
	case errors.Is(err, store.ErrLastAdmin):
		return stays
	case err != nil:
		return err
	case p.ID == v.person.ID && !admin:
		v.notice("You look after Fourfold no more.")
		return v.see("/")
	case admin:
		v.notice(p.Name + " is an admin now: an operator of every merchant.")
	default:
		v.notice(p.Name + " is no admin any more, and sees only where they have a part.")
	}
	return v.see("/people")
}

func removePerson(v *visit) error {
	p, err := v.posted()
	if err != nil {
		return err
	}
	if v.r.PostFormValue("sure") == "" {
		s := sure{
			Title: "Remove " + p.Name + "?", Button: "Remove", Action: "/people/remove", Back: "/people",
			Text:   "They could not sign in any more, and lose their part in every merchant; the feeds and keys that they made end. What they set stays, under their name.",
			Fields: map[string]string{"person": number(p.ID)},
		}
		if p.ID == v.person.ID {
			s.Text = "That is you. You could not sign in any more. " + s.Text
		}
		return v.show("sure", page{Title: "Sure?"}, s)
	}
	err = v.site.Store.RemovePerson(v.r.Context(), p.ID, v.person.Name)
	if errors.Is(err, store.ErrLastAdmin) {
		return stays
	}
	if err != nil {
		return err
	}
	if p.ID != v.person.ID {
		v.notice(p.Name + " is removed, and signed out everywhere.")
	}
	return v.see("/people")
}

// offerPassword makes the address for a new password, which is on the page that answers and nowhere else.
func offerPassword(v *visit) error {
	p, err := v.posted()
	if err != nil {
		return err
	}
	link, err := v.site.NewPassword(v.r.Context(), p, v.person.Name)
	if err != nil {
		return err
	}
	return v.everybody(everybodyPage{Link: link, For: p.Name})
}
