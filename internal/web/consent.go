package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/store"
)

// keyConsent begins the keys under which a session keeps what its visitor is away for, at a provider. Under one that was completed stands
// where it led to, so that a callback which comes again is told from a forged one.
const keyConsent = "consent:"

// consentKey is of a consent's state and of the person who asked for it: whoever signs in after them in the same browser has no part in it.
func (v *visit) consentKey(state string) string {
	return keyConsent + digest(fmt.Sprint(v.person.ID, " ", state))
}

// keepConsent keeps a link that has begun until its callback comes, sealed, in the visitor's session.
func (v *visit) keepConsent(p *link.Pending) { v.keep(keyConsent, v.consentKey(p.State()), p) }

// keep keeps a pending link under a key, and lets go of those whose keys begin alike and that ended.
func (v *visit) keep(prefix, key string, p *link.Pending) {
	ctx, s := v.r.Context(), v.site.sessions
	for _, other := range s.Keys(ctx) {
		if !strings.HasPrefix(other, prefix) {
			continue
		}
		if old, err := v.site.Linker.Resume(s.GetBytes(ctx, other)); err != nil || v.site.Now().After(old.Ends()) {
			s.Remove(ctx, other)
		}
	}
	s.Put(ctx, key, v.site.Linker.Keep(p))
}

// pendings are the links that this visitor has begun for a merchant and that can be completed still.
func (v *visit) pendings(merchantID int64) []*link.Pending {
	ctx, s := v.r.Context(), v.site.sessions
	var all []*link.Pending
	for _, key := range s.Keys(ctx) {
		if !strings.HasPrefix(key, keyConsent) {
			continue
		}
		p, err := v.site.Linker.Resume(s.GetBytes(ctx, key))
		if err == nil && p.MerchantID() == merchantID && key == v.consentKey(p.State()) && v.site.Now().Before(p.Ends()) {
			all = append(all, p)
		}
	}
	return all
}

// askProvider is how long a page waits for a provider, and writeAnswer by when it is to be written then. The provider's own waits are cut
// off: the page says so, and nothing is lost.
const (
	askProvider = 40 * time.Second
	writeAnswer = askProvider + 15*time.Second
)

// asking is for pages that ask a provider while their visitor waits.
func (v *visit) asking() (context.Context, context.CancelFunc) {
	// A connection without deadlines, as in a test, needs none. Reading has one too: past it the visitor would be taken for gone.
	rc, until := http.NewResponseController(v.w), time.Now().Add(writeAnswer)
	_, _ = rc.SetReadDeadline(until), rc.SetWriteDeadline(until)
	return context.WithTimeout(v.r.Context(), askProvider)
}

// callback is where a provider sends the merchant's browser after the consent, or after its refusal. Who came from the provider signs in by
// it; everybody else has to be who has begun.
func callback(v *visit) error {
	if p, ok := v.arrival(); ok {
		return v.arrived(p)
	}
	return v.complete(v.r.PathValue("connector"), v.r)
}

// complete finds the consent that a callback answers, and completes the link.
func (v *visit) complete(connector string, callback *http.Request) error {
	c, ok := v.site.connector(connector)
	if !ok {
		return errNoPage
	}
	ctx, s := v.r.Context(), v.site.sessions
	q := callback.URL.Query()
	key := v.consentKey(q.Get("state"))
	if done := s.GetString(ctx, key); done != "" {
		return problem{http.StatusGone, "This is linked already", "The answer of " + c.Title + " came before, and is good once. Nothing was done a second time.", done}
	}
	p, err := v.site.Linker.Resume(s.GetBytes(ctx, key))
	if len(q["state"]) != 1 || err != nil || p.Connector().ID != c.ID {
		v.site.Log.Warn("callback refused", "connector", c.ID, "reason", "nothing was begun in this session that it answers", "from", v.r.RemoteAddr)
		return problem{http.StatusBadRequest, "This link was not begun here", "The answer of " + c.Title + " belongs to no link that you have begun in this browser, or to one that ended. Begin again on the page of links, and stay in one browser.", "/"}
	}
	again := merchantAt(p.MerchantID(), "links/"+c.ID)
	role, err := v.site.roleOf(ctx, v.person, p.MerchantID())
	if err != nil {
		return err
	}
	if !role.May(store.Operator) {
		s.Remove(ctx, key)
		return problem{http.StatusForbidden, "Not yours to link any more", "Since you began, you were given another role. Nothing was linked.", "/"}
	}
	if said := q.Get("error"); said != "" && len(q["error"]) == 1 {
		s.Remove(ctx, key)
		return refusedConsent(c, said, again)
	}
	asking, cancel := v.asking()
	defer cancel()
	g, err := v.site.Linker.Complete(asking, p, callback)
	fault, _ := connectors.FaultOf(err)
	switch {
	case err == nil:
	case errors.Is(err, link.ErrLate):
		s.Remove(ctx, key)
		return problem{http.StatusGone, "That took too long", "A link is to be completed within ten minutes, and this one was begun earlier. Nothing was linked. Begin again.", again}
	case errors.Is(err, link.ErrForged):
		v.site.Log.Warn("callback refused", "connector", c.ID, "reason", err.Error(), "from", v.r.RemoteAddr)
		return problem{http.StatusBadRequest, "This answer was not taken", "It is not as " + c.Title + " signs and sends it, or was changed on the way; nothing was sent anywhere. Begin again, and check that the client secret is that of the same app.", again}
	case asking.Err() != nil, fault == connectors.Unavailable, fault == connectors.Throttled:
		return v.down(c, err, "You have agreed already. Reload this page in a minute to go on, or begin again.", again)
	default:
		s.Remove(ctx, key)
		return v.refusedBy(c, err, again)
	}
	next, err := v.linked(c, g)
	if err != nil {
		return err
	}
	s.Put(ctx, key, next)
	if err := v.noteLinked(g); err != nil {
		return err
	}
	return v.see(next)
}

// noteLinked keeps who linked what.
func (v *visit) noteLinked(g store.Grant) error {
	return v.site.Store.Audit(v.r.Context(), store.AuditEntry{MerchantID: g.MerchantID, Actor: v.person.Name, Action: store.AuditLinked, Detail: v.site.Linker.Name(g)})
}

// refusedConsent tells a person who did not agree from an app that is not set up as the provider wants it.
func refusedConsent(c connectors.Connector, said, again string) error {
	switch said {
	case "access_denied", "consent_required", "interaction_required", "login_required", "user_cancelled_login", "user_cancelled_authorize", "AccessDenied":
		return problem{http.StatusForbidden, "Nothing was linked", "At " + c.Title + " it was not agreed to. To link it, begin again and agree; what is asked for is to read, and nothing more.", again}
	case "temporarily_unavailable", "server_error":
		return problem{http.StatusBadGateway, c.Title + " could not ask you", "It says that something went wrong on its side. Nothing was linked. Try again in a few minutes.", again}
	}
	return problem{http.StatusBadRequest, c.Title + " refused the link", "It says: " + shortly(said) + ". Look at how the app is set up there, its redirect address above all, and begin again.", again}
}

// down is the page for a provider that does not answer.
func (v *visit) down(c connectors.Connector, err error, then, next string) error {
	v.site.Log.Warn("a provider did not answer a page", "connector", c.ID, "error", err)
	return problem{http.StatusBadGateway, c.Title + " does not answer", "It is down, or asks to wait, or cannot be reached from here. " + then, next}
}

// refusedBy is the page for what a provider said no to; the reason goes into the log and, since it holds no secret, on the page.
func (v *visit) refusedBy(c connectors.Connector, err error, next string) error {
	if _, ok := connectors.FaultOf(err); !ok {
		return err
	}
	v.site.Log.Warn("a provider refused a link", "connector", c.ID, "error", err)
	return problem{http.StatusBadGateway, c.Title + " refused the link", shortly(err.Error()) + ". Nothing was linked.", next}
}
