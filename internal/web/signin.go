package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"fourfold/internal/store"
)

type signInForm struct {
	Name, Next string
	Faults     map[string]string
}

func showSignIn(v *visit) error {
	some, err := v.site.Store.AnyPerson(v.r.Context())
	if err != nil {
		return err
	}
	if !some {
		return v.render(http.StatusOK, "nobody", page{Title: "Fourfold is running"}, nil)
	}
	if v.person.ID != 0 {
		return v.see("/")
	}
	return v.show("signin", page{Title: "Sign in"}, signInForm{Next: v.r.URL.Query().Get("next")})
}

func signIn(v *visit) error {
	ctx := v.r.Context()
	form := signInForm{Name: v.r.PostFormValue("name"), Next: v.r.PostFormValue("next"), Faults: map[string]string{}}
	password := v.r.PostFormValue("password")
	wait, err := v.attempt(form.Name)
	if err != nil {
		return err
	}
	if wait > 0 {
		form.Faults["password"] = tooMany(v, wait)
		return v.render(http.StatusTooManyRequests, "signin", page{Title: "Sign in"}, form)
	}
	p, err := v.site.named(ctx, form.Name)
	if err != nil {
		return err
	}
	same, err := p.has(ctx, password)
	if err != nil {
		return err
	}
	if !same {
		form.Faults["password"] = "That name and password do not go together."
		return v.render(http.StatusUnauthorized, "signin", page{Title: "Sign in"}, form)
	}
	if err := v.wentWell(form.Name); err != nil {
		return err
	}
	if err := v.signIn(p.Person); err != nil {
		return err
	}
	if here(form.Next) {
		return v.see(form.Next)
	}
	return v.see("/")
}

// tooMany says how long to wait, to people and to programs.
func tooMany(v *visit, wait time.Duration) string {
	n := seconds(wait)
	v.w.Header().Set("Retry-After", strconv.Itoa(n))
	if n > 60 {
		return fmt.Sprintf("Too many attempts. Try again in %d minutes.", (n+59)/60)
	}
	return fmt.Sprintf("Too many attempts. Try again in %d s.", n)
}

// claimed is who has a name that somebody typed: nobody, where the ID is zero.
type claimed struct{ store.Person }

// named finds whose name that is. One that nobody can have is not looked for.
func (s *Site) named(ctx context.Context, name string) (claimed, error) {
	if checkName(name) != "" {
		return claimed{}, nil
	}
	p, err := s.Store.PersonNamed(ctx, name)
	if err != nil && !missing(err) {
		return claimed{}, err
	}
	return claimed{p}, nil
}

// has says whether they have that password. The answer takes as long where there is nobody, or nobody with a password.
func (c claimed) has(ctx context.Context, password string) (bool, error) {
	hash := c.Password
	if hash == "" {
		hash = nobodysHash
	}
	same, err := samePassword(ctx, hash, password)
	return same && c.ID != 0 && c.Password != "" && len(password) <= longest, err
}

func signOut(v *visit) error {
	if err := v.site.sessions.Destroy(v.r.Context()); err != nil {
		return err
	}
	return v.see("/sign-in")
}

// home sends visitors to where they can go on.
func home(v *visit) error {
	theirs, err := v.theirs()
	if err != nil {
		return err
	}
	switch {
	case len(theirs) == 1:
		return v.see(merchantAt(theirs[0].ID, ""))
	case len(theirs) == 0 && v.person.Admin:
		return v.see("/begin")
	case len(theirs) == 0:
		return problem{http.StatusOK, "Nothing to see yet", "You are signed in, and have no part in any merchant. Ask whoever invited you for another link.", ""}
	}
	return v.show("merchants", page{Title: "Merchants"}, merchantsPage{theirs, ""})
}

// merchantsPage lists the merchants that somebody may read, and leads to a period of theirs where one was asked for.
type merchantsPage struct {
	Merchants []store.Merchant
	Period    string
}
