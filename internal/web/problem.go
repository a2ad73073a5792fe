package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"fourfold/internal/book"
	"fourfold/internal/store"
)

// problem is a page that says in plain words what is the matter, with the next step.
type problem struct {
	status      int
	title, text string
	next        string // an address to go on at; "" for none
}

func (p problem) Error() string { return p.title }

var (
	errNoPage = problem{http.StatusNotFound, "There is no such page", "The address may be mistyped, or what it showed is gone.", "/"}
	errSignIn = errors.New("sign in first")
)

// gone is for what was good once: an invitation, a link.
func gone(title, text string) problem { return problem{http.StatusGone, title, text, "/"} }

// orNoPage is an error, or that there is no such page where there is none.
func orNoPage(err error) error {
	if err == nil {
		return errNoPage
	}
	return err
}

// fail answers with what went wrong.
func (v *visit) fail(err error) {
	var p problem
	switch {
	case errors.Is(err, errSignIn):
		to := "/sign-in"
		if v.r.Method == http.MethodGet {
			to += "?next=" + url.QueryEscape(v.r.URL.RequestURI())
		}
		http.Redirect(v.w, v.r, to, http.StatusSeeOther)
		return
	case errors.As(err, &p):
	case errors.Is(err, book.ErrAsked):
		p = problem{http.StatusNotFound, "There is no such page", sentence(err.Error()), v.at("")}
	case missing(err):
		p = errNoPage
	case errors.Is(err, context.Canceled):
		return // the visitor went away
	case errors.Is(err, store.ErrLost), errors.Is(err, store.ErrFull), errors.Is(err, context.DeadlineExceeded):
		v.site.Log.Error("a page could not be made", "path", v.r.Pattern, "error", err)
		p = problem{http.StatusServiceUnavailable, "Just a moment", "The database does not answer. " + v.changed() + " Try again in a minute.", v.at("")}
		if v.r.Method == http.MethodGet {
			p.next = v.r.URL.Path
		}
	default:
		v.site.Log.Error("a page could not be made", "path", v.r.Pattern, "error", err)
		p = problem{http.StatusInternalServerError, "Something went wrong", "It is in Fourfold's log, with the reason. " + v.changed(), "/"}
	}
	if v.merchant.ID == 0 && p.next == "/m/0" {
		p.next = "/"
	}
	if err := v.render(p.status, "problem", page{Title: p.title}, p.shown()); err != nil {
		http.Error(v.w, p.title+". "+p.text, p.status) // without a database there is no frame around it
	}
}

// changed is what is known, where something failed, of what was to be done.
func (v *visit) changed() string {
	if v.r.Method == http.MethodGet {
		return "Nothing was changed."
	}
	return "Look first whether it was done: it may have been."
}

type shownProblem struct{ Title, Text, Next string }

func (p problem) shown() shownProblem { return shownProblem{p.title, p.text, p.next} }
