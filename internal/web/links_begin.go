package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/store"
)

func (v *visit) showForm(status int, form linkForm) error {
	return v.render(status, "link", page{Title: "Link " + form.Connector.Title, Tab: "links"}, form)
}

func showLink(v *visit) error {
	form, err := v.linkForm()
	if err != nil {
		return err
	}
	return v.showForm(http.StatusOK, form)
}

// beginLink links at once, or goes on to the provider. Nothing is sent before all of the form is as it should be.
func beginLink(v *visit) error {
	form, err := v.linkForm()
	if err != nil {
		return err
	}
	c := form.Connector
	s, err := v.takeLink(&form)
	if err != nil {
		return err
	}
	if !form.good() {
		return v.showForm(http.StatusUnprocessableEntity, form)
	}
	if s.kind == connectors.AuthCode {
		p, err := v.site.Linker.Begin(v.merchant.ID, c, s.app, s.given, form.Redirect)
		if err != nil {
			form.Faults["form"] = sentence(err.Error())
			return v.showForm(http.StatusUnprocessableEntity, form)
		}
		v.keepConsent(p)
		return v.see(v.at("links/" + c.ID + "/continue"))
	}
	g, err := v.linkNow(c, s)
	if err != nil {
		if fault, ok := connectors.FaultOf(err); ok && s.kind != connectors.AuthOpen && (fault == connectors.Unavailable || fault == connectors.Throttled) {
			v.site.Log.Warn("a provider did not answer a page", "connector", c.ID, "error", err)
			form.Faults["form"] = c.Title + " does not answer: it is down, asks to wait, or cannot be reached from here. Nothing was linked; try again in a few minutes."
			return v.showForm(http.StatusBadGateway, form)
		}
		if missing(err) {
			return err
		}
		form.Faults["form"] = sentence(shortly(err.Error()))
		return v.showForm(http.StatusUnprocessableEntity, form)
	}
	if err := v.noteLinked(g); err != nil {
		return err
	}
	return v.see(v.at(fmt.Sprintf("links/%s/%d/accounts", c.ID, g.ID)))
}

// linkNow links where nobody has to agree in a browser.
func (v *visit) linkNow(c connectors.Connector, s said) (store.Grant, error) {
	ctx, cancel := v.asking()
	defer cancel()
	l, m := v.site.Linker, v.merchant.ID
	var g store.Grant
	var err error
	switch s.kind {
	case connectors.AuthClient:
		g, err = l.LinkClient(ctx, m, c, s.app, s.given)
	case connectors.AuthToken:
		g, err = l.LinkToken(ctx, m, c, s.app, s.token, s.given)
	case connectors.AuthOpen:
		g, err = l.LinkOpen(ctx, m, c, s.given)
	case connectors.AuthCode:
		return g, fmt.Errorf("%s has no consent to wait for", c.Title)
	}
	if err != nil && ctx.Err() != nil {
		err = &connectors.Error{Fault: connectors.Unavailable, Op: c.Title, Err: err}
	}
	return g, err
}

// continuePage sends the visitor on to the provider. A form must not lead to another site, so that it is a link that does.
type continuePage struct {
	Connector              connectors.Connector
	URL, Host, Redirect    string
	Until                  time.Time
	Elsewhere              bool // the browser does not come back to this page by itself
	Address, Fault, Action string
}

// waiting is the consent of this visitor that was begun last for a connector.
func (v *visit) waiting(c connectors.Connector) (*link.Pending, bool) {
	var last *link.Pending
	for _, p := range v.pendings(v.merchant.ID) {
		if p.Connector().ID == c.ID && (last == nil || p.Ends().After(last.Ends())) {
			last = p
		}
	}
	return last, last != nil
}

// continuePage is that of the consent that waits for the connector of the address.
func (v *visit) continuePage() (continuePage, error) {
	c, err := v.connector()
	if err != nil {
		return continuePage{}, err
	}
	p, ok := v.waiting(c)
	if !ok {
		return continuePage{}, problem{http.StatusGone, "Nothing waits here", "No link with " + c.Title + " was begun in this browser within the last ten minutes. Begin again.", v.at("links/" + c.ID)}
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		return continuePage{}, err
	}
	return continuePage{
		Connector: c, URL: p.URL, Host: u.Host, Redirect: p.Redirect(), Until: p.Ends(), Elsewhere: !v.site.comesBack(c, p.Redirect()),
		Action: v.at("links/" + c.ID + "/paste"),
	}, nil
}

func (v *visit) showContinue(status int, body continuePage) error {
	return v.render(status, "continue", page{Title: "Continue at " + body.Connector.Title, Tab: "links"}, body)
}

func showContinue(v *visit) error {
	body, err := v.continuePage()
	if err != nil {
		return err
	}
	return v.showContinue(http.StatusOK, body)
}

// pasteAddress takes the address that the browser landed on, where nothing of ours answered at it.
func pasteAddress(v *visit) error {
	body, err := v.continuePage()
	if err != nil {
		return err
	}
	c := body.Connector
	body.Address = v.r.PostFormValue("address")
	pendings := v.pendings(v.merchant.ID)
	i := slices.IndexFunc(pendings, func(p *link.Pending) bool {
		landed, err := p.Pasted(body.Address)
		return err == nil && p.Connector().ID == c.ID && landed.URL.Query().Get("state") == p.State()
	})
	if i >= 0 {
		landed, err := pendings[i].Pasted(body.Address)
		if err != nil {
			return err
		}
		return v.complete(c.ID, landed)
	}
	body.Fault = "That is not the address. It begins with " + body.Redirect + "? and is that of the consent you began last: copy it whole from the browser's address bar."
	return v.showContinue(http.StatusUnprocessableEntity, body)
}
