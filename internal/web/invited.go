package web

import (
	"errors"
	"net/http"

	"fourfold/internal/store"
)

// invitedPage is what an invitation opens.
type invitedPage struct {
	Merchant store.Merchant
	Role     store.Role
	Rights   string
	Until    string
	Here     string // this page's own address
	Account  accountForm
}

// invitation finds the one of the address. What was good once is said to be over, and why.
func (v *visit) invitation() (store.Ticket, store.Merchant, error) {
	token := v.r.PathValue("token")
	unknown := problem{http.StatusNotFound, "This invitation is not known", "The address may be cut off, or the merchant is gone. Copy it once more, or ask for another.", ""}
	id, ok := tokenOf(token)
	if !ok {
		return store.Ticket{}, store.Merchant{}, unknown
	}
	k, err := v.site.Store.Ticket(v.r.Context(), id, digest(token))
	if missing(err) || err == nil && k.Kind != store.Invitation {
		return k, store.Merchant{}, unknown
	}
	if err != nil {
		return k, store.Merchant{}, err
	}
	switch {
	case !k.UsedAt.IsZero():
		return k, store.Merchant{}, gone("This invitation was used", "Each is good once. If it was you, sign in with the name and password that you chose; if not, tell whoever invited you, and ask for another.")
	case !k.EndedAt.IsZero():
		return k, store.Merchant{}, gone("This invitation was revoked", "Whoever invited you has taken it back. Ask them for another if you still need one.")
	case !k.Good(v.site.Now()):
		return k, store.Merchant{}, gone("This invitation has expired", "Each is good for 7 days. Ask whoever invited you for another.")
	}
	m, err := v.site.Store.Merchant(v.r.Context(), id)
	return k, m, err
}

func (v *visit) invitedPage(k store.Ticket, m store.Merchant, form accountForm) invitedPage {
	form.Action, form.Button = v.r.URL.Path, "Join"
	return invitedPage{Merchant: m, Role: k.Role, Rights: rights(k.Role), Until: v.locale.Instant(k.ExpiresAt, zoneOf(m)), Here: v.r.URL.Path, Account: form}
}

// already says whether the visitor has by now what an invitation would give; then it stays good for whom it is meant.
func (v *visit) already(k store.Ticket) (bool, error) {
	if v.person.ID == 0 {
		return false, nil
	}
	role, err := v.site.roleOf(v.r.Context(), v.person, k.MerchantID)
	return role.May(k.Role), err
}

func showInvited(v *visit) error {
	k, m, err := v.invitation()
	if err != nil {
		return err
	}
	has, err := v.already(k)
	if err != nil {
		return err
	}
	if has {
		return v.haveIt(m)
	}
	return v.show("invited", page{Title: "You are invited"}, v.invitedPage(k, m, accountForm{}))
}

func (v *visit) haveIt(m store.Merchant) error {
	return problem{http.StatusOK, "You have this already", "You are signed in as " + v.person.Name + ", who sees " + nameOf(m) + " already. The invitation is still good: to use it for somebody else, send it to them, or sign out first.", merchantAt(m.ID, "")}
}

func join(v *visit) error {
	k, m, err := v.invitation()
	if err != nil {
		return err
	}
	p := v.person
	if p.ID == 0 {
		var form accountForm
		password, ok := form.take(v.r)
		if !ok {
			return v.render(http.StatusUnprocessableEntity, "invited", page{Title: "You are invited"}, v.invitedPage(k, m, form))
		}
		p.Name = form.Name
		if p.Password, err = hashPassword(v.r.Context(), password); err != nil {
			return err
		}
	} else if has, err := v.already(k); err != nil || has {
		if err == nil {
			err = v.haveIt(m)
		}
		return err
	}
	joined, err := v.site.Store.Join(v.r.Context(), k.MerchantID, k.Token, p)
	switch {
	case errors.Is(err, store.ErrNameTaken):
		form := accountForm{Name: p.Name, Faults: map[string]string{"name": "Somebody has that name. If it is you, sign in; if not, choose another."}}
		return v.render(http.StatusUnprocessableEntity, "invited", page{Title: "You are invited"}, v.invitedPage(k, m, form))
	case missing(err): // somebody was faster
		_, _, over := v.invitation()
		return orNoPage(over)
	case err != nil:
		return err
	}
	if v.person.ID == 0 {
		if err := v.signIn(joined); err != nil {
			return err
		}
	}
	v.notice("Welcome to " + nameOf(m) + ".")
	return v.see(merchantAt(m.ID, ""))
}
