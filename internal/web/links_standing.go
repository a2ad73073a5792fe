package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

// Standing is how something stands: a badge's kind, a few words in it, and a sentence that says more.
type Standing struct{ Kind, Word, Text string }

// longEnough is how many days of history are no limit worth a warning: a year, and the one before to compare it with.
const longEnough = 731

// soon is how long before its end a login is said to end. One that renews itself has been renewed by then, where that can be done.
const soon = 14 * 24 * time.Hour

// standingOfLogin says how a login stands, of which so many accounts are pulled from.
func (v *visit) standingOfLogin(c connectors.Connector, g store.Grant, active int) Standing {
	switch {
	case g.State == store.StateRelink && g.Reason == link.ReasonUnlinked:
		return Standing{"", "unlinked", "Nothing is pulled; what was pulled stays. Link it again to go on."}
	case g.State == store.StateRelink:
		return Standing{"bad", "needs relink", "The provider refused the login: " + shortly(g.Reason) + ". Link it again; nothing that was pulled is lost."}
	case active == 0:
		return Standing{"warn", "no account chosen", "The login is linked. Choose which accounts to pull from."}
	}
	ends, err := v.site.Linker.Ends(c, g)
	left := ends.Sub(v.site.Now())
	switch {
	case err != nil:
		return Standing{"bad", "needs relink", "Its tokens cannot be opened. Put back the key that sealed them, or link it again."}
	case ends.IsZero():
		return Standing{"good", "linked", ""}
	case left <= 0:
		return Standing{"bad", "needs relink", "The login ended on " + v.day(ends) + ". Link it again; nothing that was pulled is lost."}
	case left < soon:
		return Standing{"warn", "needs relink until " + v.day(ends), c.Title + " gives logins for a limited time, and this one ends then. Link it again before."}
	case !link.Renews(c, g):
		return Standing{"good", "linked until " + v.day(ends), ""}
	}
	return Standing{"good", "linked", ""}
}

func (v *visit) day(t time.Time) string { return v.locale.Day(period.On(t, v.zone())) }

// standingOf says how an account stands that is pulled from, or was.
func (v *visit) standingOf(c connectors.Connector, g store.Grant, conn store.Connection) (Standing, error) {
	switch {
	case conn.State != store.StateActive:
		return Standing{"", "unlinked", "What was pulled stays."}, nil
	case v.merchant.State == store.StatePaused:
		return Standing{"warn", "paused", "Nothing is pulled until it is resumed."}, nil
	case g.State == store.StateRelink:
		return Standing{"bad", "needs relink", ""}, nil
	}
	caps, err := v.site.Store.Capabilities(v.r.Context(), conn.MerchantID, conn.ID)
	if err != nil {
		return Standing{}, err
	}
	states, err := v.site.Store.Streams(v.r.Context(), conn.MerchantID, conn.ID)
	if err != nil {
		return Standing{}, err
	}
	return v.standingOfStreams(c, conn, caps, states), nil
}

func (v *visit) standingOfStreams(c connectors.Connector, conn store.Connection, caps []connectors.Capability, states []store.StreamState) Standing {
	for _, have := range caps {
		if !have.Granted && len(c.Streams) > 0 && slices.Contains(c.Streams[0].Needs, have.ID) {
			return Standing{"bad", "may not be read", have.Costs + " " + have.Remedy}
		}
	}
	failed := slices.IndexFunc(states, func(s store.StreamState) bool { return s.LastError != "" })
	whole := !slices.ContainsFunc(c.Streams, func(s connectors.Stream) bool {
		return allowed(s, caps) && !s.Elsewhere(caps) && s.After == "" && !slices.ContainsFunc(states, func(st store.StreamState) bool { return st.Stream == s.ID && st.Backfilled })
	})
	limit, _ := limitOf(conn, caps)
	switch {
	case failed >= 0:
		return Standing{"bad", "the last pull failed", v.failure(c, states[failed])}
	case len(states) == 0:
		return Standing{"tell", "nothing pulled yet", ""}
	case !whole:
		return Standing{"tell", "first pull not complete", "What is shown until it is rests on a part."}
	case limit > 0 && limit <= longEnough:
		return Standing{"warn", fmt.Sprintf("history limited to %d days", limit), v.completeTo(states)}
	}
	return Standing{"good", "up to date", v.completeTo(states)}
}

// failure is how a stream's last pull ended, and when it is tried again.
func (v *visit) failure(c connectors.Connector, s store.StreamState) string {
	text := streamTitle(c, s.Stream) + ": " + shortly(s.LastError) + "."
	if s.RetryAt.After(v.site.Now()) {
		text += " It is tried again from " + v.locale.Instant(s.RetryAt, v.zone()) + "."
	}
	return text
}

// streamTitle is what a stream of a connector is called on pages.
func streamTitle(c connectors.Connector, stream string) string {
	for _, s := range c.Streams {
		if s.ID == stream {
			return cmp.Or(s.Title, stream)
		}
	}
	return stream
}

// completeTo says how far the slowest stream is complete.
func (v *visit) completeTo(states []store.StreamState) string {
	text := ""
	var least time.Time
	for _, s := range states {
		if !s.CompleteTo.IsZero() && (least.IsZero() || s.CompleteTo.Before(least)) {
			least, text = s.CompleteTo, "Complete to "+v.locale.Instant(s.CompleteTo, v.zone())+"."
		}
	}
	return text
}

// allowed says whether all that a stream needs is granted, or was not asked about so far.
func allowed(s connectors.Stream, caps []connectors.Capability) bool {
	return !slices.ContainsFunc(caps, func(have connectors.Capability) bool { return !have.Granted && slices.Contains(s.Needs, have.ID) })
}

// limitOf is from when on the provider shows an account's facts, and how many days before it was linked that was; zero without a limit.
func limitOf(conn store.Connection, caps []connectors.Capability) (days int, from time.Time) {
	for _, have := range caps {
		if have.Since.After(from) {
			from = have.Since
		}
	}
	if from.IsZero() {
		return 0, from
	}
	return max(1, int(conn.CreatedAt.Sub(from).Hours()/24+.5)), from
}
