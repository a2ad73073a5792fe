package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"fourfold/internal/store"
)

// againFor is how long the address for a new password is good.
const againFor = 24 * time.Hour

// againOwner is what the ticket in that address is sealed for.
const againOwner = "new password"

// again is that ticket: for whom, as of which password, until when.
type again struct {
	Person     int64     `json:"person"`
	Generation int64     `json:"generation"`
	Until      time.Time `json:"until"`
}

// NewPassword is a one-time address on which somebody who forgot theirs chooses a new password. It is good for a day, and until a password
// was chosen; that it was made is in the audit. What failed by their name before is forgotten: they may sign in at once.
func (s *Site) NewPassword(ctx context.Context, p store.Person, by string) (string, error) {
	b, err := json.Marshal(again{p.ID, p.Generation, s.Now().Add(againFor)})
	if err != nil {
		return "", err
	}
	if err := s.Store.Audit(ctx, store.AuditEntry{MerchantID: store.Installation, Actor: by, Action: store.AuditPassword, Detail: p.Name}); err != nil {
		return "", err
	}
	return s.Base + "/password/" + base64.RawURLEncoding.EncodeToString(s.Linker.Vault.Seal(againOwner, b)), nil
}

// forWhom is who may choose a new password at the address.
func (v *visit) forWhom() (store.Person, error) {
	over := gone("This link has ended", "It was good for one day, or a password was chosen since. Sign in, or ask whoever looks after Fourfold for another.")
	b, err := base64.RawURLEncoding.DecodeString(v.r.PathValue("ticket"))
	if err != nil {
		return store.Person{}, errNoPage
	}
	text, err := v.site.Linker.Vault.Open(againOwner, b)
	if err != nil {
		return store.Person{}, errNoPage
	}
	var t again
	if err := json.Unmarshal(text, &t); err != nil || !v.site.Now().Before(t.Until) {
		return store.Person{}, over
	}
	p, err := v.site.Store.Person(v.r.Context(), t.Person)
	if missing(err) || err == nil && p.Generation != t.Generation {
		err = over
	}
	return p, err
}

func (v *visit) againForm(p store.Person) accountForm {
	return accountForm{Action: v.r.URL.Path, Name: p.Name, Fixed: true, Button: "Change it", Intro: "Choose a new password. Wherever you are signed in, you will be signed out."}
}

func showPassword(v *visit) error {
	p, err := v.forWhom()
	if err != nil {
		return err
	}
	return v.show("account", page{Title: "A new password"}, v.againForm(p))
}

func newPassword(v *visit) error {
	p, err := v.forWhom()
	if err != nil {
		return err
	}
	form := v.againForm(p)
	password, ok := form.take(v.r)
	if !ok {
		return v.render(http.StatusUnprocessableEntity, "account", page{Title: "A new password"}, form)
	}
	hash, err := hashPassword(v.r.Context(), password)
	if err != nil {
		return err
	}
	p, err = v.site.Store.SetPassword(v.r.Context(), p, hash)
	if missing(err) { // somebody was faster
		_, over := v.forWhom()
		return orNoPage(over)
	}
	if err != nil {
		return err
	}
	if err := v.wentWell(p.Name); err != nil {
		return err
	}
	if err := v.signIn(p); err != nil {
		return err
	}
	v.notice("Your password is changed.")
	return v.see("/")
}
