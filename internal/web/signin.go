package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
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

// free is how many failures of one name, or from one address, cost nothing; from then on each doubles the wait, up to most.
const (
	freeTries = 5
	firstWait = 2 * time.Second
	mostWait  = 15 * time.Minute
)

// waitFor is how long after its last failure a subject has to wait.
func waitFor(failures int) time.Duration {
	if failures < freeTries {
		return 0
	}
	return min(firstWait<<min(failures-freeTries, 20), mostWait)
}

// subjects are what attempts to sign in are counted by: the name, and where from, as hashes. An address is shared by an office, and so is
// given ten times as many.
func (v *visit) subjects(name string) []string {
	host, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil {
		host = v.r.RemoteAddr
	}
	return []string{digest("name " + strings.ToLower(strings.TrimSpace(name))), digest("from " + host)}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// held is how long the subjects still have to wait.
func (v *visit) held(subjects []string) (time.Duration, error) {
	var longest time.Duration
	for i, s := range subjects {
		failures, last, err := v.site.Store.Attempts(v.r.Context(), s)
		if err != nil {
			return 0, err
		}
		if i == 1 {
			failures /= 10
		}
		longest = max(longest, last.Add(waitFor(failures)).Sub(v.site.Now()))
	}
	return longest, nil
}

func signIn(v *visit) error {
	ctx := v.r.Context()
	form := signInForm{Name: v.r.PostFormValue("name"), Next: v.r.PostFormValue("next"), Faults: map[string]string{}}
	password := v.r.PostFormValue("password")
	subjects := v.subjects(form.Name)
	held, err := v.held(subjects)
	if err != nil {
		return err
	}
	if held > 0 {
		form.Faults["password"] = fmt.Sprintf("Too many attempts. Try again in %s.", held.Round(time.Second)+time.Second)
		v.w.Header().Set("Retry-After", fmt.Sprint(int(held.Seconds())+1))
		return v.render(http.StatusTooManyRequests, "signin", page{Title: "Sign in"}, form)
	}
	// Counted before it is looked at, so that many at once are no way around the count.
	if err := v.site.Store.FailedAttempt(ctx, subjects...); err != nil {
		return err
	}
	p, err := v.site.Store.PersonNamed(ctx, form.Name)
	if err != nil && !missing(err) {
		return err
	}
	hash := p.Password
	if p.ID == 0 {
		hash = nobodysHash
	}
	same, err := samePassword(hash, password)
	if err != nil {
		return err
	}
	if !same || p.ID == 0 || len(password) > longest {
		form.Faults["password"] = "That name and password do not go together."
		return v.render(http.StatusUnauthorized, "signin", page{Title: "Sign in"}, form)
	}
	if err := v.site.Store.ClearAttempts(ctx, subjects[0]); err != nil {
		return err
	}
	if err := v.signIn(p); err != nil {
		return err
	}
	if here(form.Next) {
		return v.see(form.Next)
	}
	return v.see("/")
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
	return v.show("merchants", page{Title: "Merchants"}, theirs)
}
