package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"fourfold/internal/store"
)

// beginFor is how long the address for the first password is good.
const beginFor = 24 * time.Hour

// beginOwner is what the ticket in that address is sealed for.
const beginOwner = "first password"

// Begin is the one-time address on which somebody chooses the first password. It is sealed with the installation's key, so that every
// process of it knows it, and is good until somebody has signed in, a day at most.
func (s *Site) Begin() (string, error) {
	b, err := json.Marshal(s.Now().Add(beginFor))
	if err != nil {
		return "", err
	}
	return s.Base + "/first/" + base64.RawURLEncoding.EncodeToString(s.Linker.Vault.Seal(beginOwner, b)), nil
}

// mayBegin says whether the address is good still.
func (v *visit) mayBegin() error {
	old := gone("This link has ended", "It was good for one day, or a password was chosen with it already. Sign in, or start Fourfold again for a new link if nobody can.")
	b, err := base64.RawURLEncoding.DecodeString(v.r.PathValue("ticket"))
	if err != nil {
		return errNoPage
	}
	text, err := v.site.Linker.Vault.Open(beginOwner, b)
	if err != nil {
		return errNoPage
	}
	var until time.Time
	if err := json.Unmarshal(text, &until); err != nil || !v.site.Now().Before(until) {
		return old
	}
	some, err := v.site.Store.AnyPerson(v.r.Context())
	if err == nil && some {
		err = old
	}
	return err
}

type accountForm struct {
	Action, Name, Button, Intro string
	Fixed                       bool // the name cannot be chosen
	Faults                      map[string]string
}

// take reads the form of a new account, and says what is wrong with it.
func (f *accountForm) take(r *http.Request) (password string, ok bool) {
	f.Faults = map[string]string{}
	password = r.PostFormValue("password")
	if !f.Fixed {
		f.Name = strings.TrimSpace(r.PostFormValue("name"))
	}
	if fault := checkName(f.Name); fault != "" && !f.Fixed {
		f.Faults["name"] = fault
	}
	if fault := checkPassword(password, f.Name); fault != "" {
		f.Faults["password"] = fault
	} else if password != r.PostFormValue("again") {
		f.Faults["again"] = "That is not the same."
	}
	return password, len(f.Faults) == 0
}

func (v *visit) firstForm() accountForm {
	return accountForm{Action: v.r.URL.Path, Button: "Begin", Intro: "This is a new Fourfold. Choose a name and a password: with them you look after it, and invite others."}
}

func showFirst(v *visit) error {
	if err := v.mayBegin(); err != nil {
		return err
	}
	return v.show("account", page{Title: "Welcome"}, v.firstForm())
}

func first(v *visit) error {
	if err := v.mayBegin(); err != nil {
		return err
	}
	form := v.firstForm()
	password, ok := form.take(v.r)
	if !ok {
		return v.render(http.StatusUnprocessableEntity, "account", page{Title: "Welcome"}, form)
	}
	hash, err := hashPassword(v.r.Context(), password)
	if err != nil {
		return err
	}
	p, err := v.site.Store.AddFirstPerson(v.r.Context(), store.Person{Name: form.Name, Password: hash})
	if errors.Is(err, store.ErrNameTaken) {
		return gone("This link has ended", "A password was chosen with it already. Sign in.")
	}
	if err != nil {
		return err
	}
	if err := v.signIn(p); err != nil {
		return err
	}
	return v.see("/")
}
