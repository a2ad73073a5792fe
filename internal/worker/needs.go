package worker

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

// Need is something of a merchant that only a person can mend. Status and alerts both say what Needs finds, and nothing else.
type Need struct {
	Cause  string // one of the kinds below, and behind a slash what it is about: proof/3/orders. It stays the same while the need does
	Text   string // what is the matter
	Remedy string // what to do about it
}

// Kinds of needs. docs/operating.md says of each what it means and what to do; a test holds it to that.
const (
	NeedRelink  = "relink"       // the provider refused the login for good
	NeedScope   = "scope"        // a scope or permission that is needed is missing
	NeedTokens  = "tokens"       // the login ends soon, and does not renew itself
	NeedKey     = "key"          // no key opens the tokens
	NeedShape   = "malformed"    // the provider's answer, or our question, is not as agreed
	NeedProof   = "proof"        // nights went by in which a stream was not proven complete
	NeedNight   = "night_missed" // a night was due and nobody worked it
	NeedJob     = "resting"      // a job failed every time and is not tried any more
	NeedVersion = "api_version"  // the provider ends support of the version that this fourfold speaks
	NeedRate    = "rate"         // amounts are in a currency for which there is no exchange rate
)

// NeedKinds are all of them.
var NeedKinds = []string{NeedRelink, NeedScope, NeedTokens, NeedKey, NeedShape, NeedProof, NeedNight, NeedJob, NeedVersion, NeedRate, NeedExport, NeedDestination, NeedMail}

// Kind is the cause without what it is about.
func (n Need) Kind() string {
	kind, _, _ := strings.Cut(n.Cause, "/")
	return kind
}

func (n Need) String() string { return n.Text + ". " + n.Remedy }

// What is too long or too near.
const (
	tokensSoon  = 14 * 24 * time.Hour
	sunsetSoon  = 60            // days
	missedAfter = 6 * time.Hour // behind the schedule: above any jitter, and time enough to catch up by itself
	rateSeen    = 60            // days: amounts of before are told on the scorecard
	nightsSeen  = 20            // of the last nights
	proofNights = 2             // nights that a stream may go without a proof: the provider may have a bad day
)

// RestingJob is a job that failed every time and is not tried any more.
type RestingJob struct {
	Kind       string
	Connection int64  // zero for all of the merchant
	Stream     string // "" where it is about none
	Since      time.Time
	Error      string // of the last attempt
}

// Needs lists what of a merchant needs a person now, in no order that matters. It asks the store only, never a provider. Of a merchant
// that is paused it tells what would be lost: the login.
func (w *Worker) Needs(ctx context.Context, m store.Merchant) ([]Need, error) {
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	conns = slices.DeleteFunc(conns, func(c store.Connection) bool { return c.State != store.StateActive })
	if len(conns) == 0 {
		return nil, nil
	}
	grants, err := w.Store.Grants(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	h, err := w.health(ctx, m)
	if err != nil {
		return nil, err
	}
	if h.whose, err = w.whose(ctx, m); err != nil {
		return nil, err
	}
	var needs []Need
	for _, conn := range conns {
		c, err := w.connector(conn.Connector)
		if err != nil {
			return nil, err
		}
		needs = append(needs, w.needsVersion(c)...)
		i := slices.IndexFunc(grants, func(g store.Grant) bool { return g.ID == conn.GrantID })
		if i < 0 {
			continue
		}
		login, dead := w.needsLogin(c, grants[i], h.whose)
		needs = append(needs, login...)
		if dead || m.State == store.StatePaused {
			h.explained = true // what else is behind follows from it
			continue
		}
		of, err := w.needsStreams(ctx, c, grants[i], conn, &h)
		if err != nil {
			return nil, err
		}
		needs = append(needs, of...)
	}
	if m.State != store.StatePaused {
		missed, err := w.needsNight(m, h, conns)
		if err != nil {
			return nil, err
		}
		needs = append(append(needs, missed...), needsJobs(m, h)...)
		for _, of := range []func(context.Context, store.Merchant) ([]Need, error){w.needsExport, w.needsDestinations, w.needsMail} {
			more, err := of(ctx, m)
			if err != nil {
				return nil, err
			}
			needs = append(needs, more...)
		}
		rates, err := w.needsRates(ctx, m, conns, h.whose)
		if err != nil {
			return nil, err
		}
		needs = append(needs, rates...)
	}
	slices.SortStableFunc(needs, func(a, b Need) int { return strings.Compare(a.Cause, b.Cause) })
	return slices.CompactFunc(needs, func(a, b Need) bool { return a.Cause == b.Cause }), nil
}

// health is how a merchant's nights went of late.
type health struct {
	nights    []store.Run  // the latest first
	failed    int          // that failed in a row
	resting   []RestingJob // of the last night, or of the one that did not come
	explained bool         // why nights fail shows in a login or in the streams
	whose     string       // ends commands about the merchant
}

func (w *Worker) health(ctx context.Context, m store.Merchant) (h health, err error) {
	if h.nights, err = w.Store.RunsOf(ctx, m.ID, nightsSeen, NightKind); err != nil {
		return h, err
	}
	for h.failed < len(h.nights) && h.nights[h.failed].Error != "" {
		h.failed++
	}
	began := m.CreatedAt
	if len(h.nights) > 0 {
		began = h.nights[0].StartedAt
	}
	missed, err := w.missed(m, began)
	if err != nil || w.Resting == nil || h.failed == 0 && !missed {
		return h, err
	}
	h.resting, err = w.Resting(ctx, m.ID)
	h.resting = slices.DeleteFunc(h.resting, func(j RestingJob) bool { return j.Since.Before(began) })
	return h, err
}

func (w *Worker) needsVersion(c connectors.Connector) []Need {
	left := int(c.Sunset - period.On(w.Now(), time.UTC))
	if c.Sunset == 0 || left >= sunsetSoon {
		return nil
	}
	text := fmt.Sprintf("%s ends support of its API version %s on %s", c.Title, c.Version, c.Sunset)
	if left < 0 {
		text = fmt.Sprintf("%s has ended support of its API version %s on %s", c.Title, c.Version, c.Sunset)
	}
	return []Need{{NeedVersion + "/" + c.ID + "/" + c.Version, text, "Upgrade fourfold."}}
}

// needsLogin looks at a grant; dead says that nothing can be pulled with it.
func (w *Worker) needsLogin(c connectors.Connector, g store.Grant, whose string) (needs []Need, dead bool) {
	name, about := w.Linker.Name(g), "/"+strconv.FormatInt(g.ID, 10)
	again := linkCommand(c, g, whose)
	relink := "Link it again: " + again
	if g.State == store.StateRelink {
		return []Need{{NeedRelink + about, name + " refused the login: " + g.Reason, relink}}, true
	}
	ends, err := w.Linker.Ends(c, g)
	switch {
	case err == nil:
	case isFault(err):
		return []Need{{NeedRelink + about, err.Error(), relink}}, true
	default:
		return []Need{{NeedKey + about, err.Error(), "Put back the key that sealed them, or link it again: " + again}}, true
	}
	if ends.IsZero() || w.Now().Before(ends.Add(-tokensSoon)) {
		return nil, false
	}
	return []Need{{NeedTokens + about, fmt.Sprintf("The login of %s ends on %s", name, ends.UTC().Format(time.DateOnly)),
		"A pull renews it where that can be done: fourfold pull" + whose + " — and where that fails: " + again}}, false
}

func isFault(err error) bool {
	_, ok := connectors.FaultOf(err)
	return ok
}

// needsStreams looks at what the streams of a connection may read, how their last pulls ended and when they were last proven complete.
func (w *Worker) needsStreams(ctx context.Context, c connectors.Connector, g store.Grant, conn store.Connection, h *health) ([]Need, error) {
	caps, err := w.Store.Capabilities(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return nil, err
	}
	states, err := w.Store.Streams(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return nil, err
	}
	known := make(map[string]store.StreamState, len(states))
	for _, s := range states {
		known[s.Stream] = s
	}
	about := func(what string) string { return fmt.Sprintf("/%d/%s", conn.ID, what) }
	var needs []Need
	var unproven []store.StreamState
	unread := map[string]bool{} // why, where streams cannot be read: what stands in the way of all of them is told once
	for i, s := range c.Streams {
		state := known[s.ID]
		state.Stream = s.ID
		lacks := slices.IndexFunc(caps, func(have connectors.Capability) bool { return !have.Granted && slices.Contains(s.Needs, have.ID) })
		switch {
		case lacks >= 0 && (i == 0 || !state.LastComplete.IsZero() && !leftOut(c, g)): // what the link is for, or what could be read before
			have := caps[lacks]
			h.explained = h.explained || i == 0
			needs = append(needs, Need{NeedScope + about(have.ID), fmt.Sprintf("%s does not let us read %s: %s", conn.Name, strings.ReplaceAll(have.ID, "_", " "), strings.TrimSuffix(have.Costs, ".")), Sentence(have.Remedy)})
		case lacks >= 0, s.After != "" && !known[s.After].Backfilled, s.Elsewhere(caps):
		case state.LastFault == connectors.Forbidden:
			needs = append(needs, Need{NeedScope + about(s.ID), state.LastError, "`fourfold doctor" + h.whose + "` says what is granted."})
		case state.LastFault == connectors.Malformed && unread[state.LastError]:
		case state.LastFault == connectors.Malformed:
			unread[state.LastError] = true
			needs = append(needs, Need{NeedShape + about(s.ID), fmt.Sprintf("%s of %s cannot be read: %s", s.Title, conn.Name, state.LastError),
				"Do as it says; where it says nothing, look whether a newer fourfold reads it, and if not, report it."})
		case h.rests(s, state, conn):
			h.explained = true
			needs = append(needs, Need{NeedJob + about(s.ID), fmt.Sprintf("%s of %s failed every time and rest: %s", s.Title, conn.Name, h.why(s, state, conn)), h.jobRemedy()})
		default:
			without := w.unproven(s, state, conn, h.nights)
			h.explained = h.explained || without > 0 // they have a day or two to come right by themselves
			if without >= proofNights {
				unproven = append(unproven, state)
			}
		}
	}
	if len(unproven) > 0 {
		needs = append(needs, Need{fmt.Sprintf("%s/%d", NeedProof, conn.ID), h.unprovenText(conn, unproven), h.proofRemedy()})
	}
	return needs, nil
}

func (h *health) proofRemedy() string {
	return fmt.Sprintf("`fourfold proofs%s` says what was proven, `fourfold doctor%s` what is in the way.", h.whose, h.whose)
}

// leftOut says whether the merchant chose to do without some scopes.
func leftOut(c connectors.Connector, g store.Grant) bool {
	return slices.ContainsFunc(c.Auth, func(a connectors.Auth) bool {
		return a.Kind == g.Auth && a.Scopes.LeaveOut != "" && g.Fields[a.Scopes.LeaveOut] != ""
	})
}

// unproven counts the nights that went by since a stream, due in them, was last proven complete.
func (w *Worker) unproven(s connectors.Stream, state store.StreamState, conn store.Connection, nights []store.Run) int {
	since := conn.CreatedAt
	for _, at := range []time.Time{state.CompleteTo, state.LastComplete} {
		if at.After(since) {
			since = at
		}
	}
	if !state.Backfilled && state.LastError == "" && state.LastPage.After(since) {
		since = state.LastPage // a first pull may take days, and goes on
	}
	dates := map[string]bool{}
	for _, n := range nights {
		if !n.EndedAt.IsZero() && n.StartedAt.After(since.Add(s.Every)) {
			dates[first(n.Night, n.StartedAt.UTC().Format(time.DateOnly))] = true
		}
	}
	if s.After != "" && state.LastComplete.IsZero() {
		return max(0, len(dates)-1) // the first night was the other's
	}
	return len(dates)
}

// unprovenText names the streams of a connection that nights went by without, and why, as far as is known.
func (h *health) unprovenText(conn store.Connection, streams []store.StreamState) string {
	var names []string
	why, earliest := "", time.Time{}
	for _, s := range streams {
		names = append(names, s.Stream)
		why = first(why, s.LastError)
		if earliest.IsZero() || s.CompleteTo.Before(earliest) {
			earliest = s.CompleteTo
		}
	}
	text := fmt.Sprintf("%d nights and more went by in which %s was not proven complete (%s)", proofNights, conn.Name, strings.Join(names, ", "))
	if !earliest.IsZero() {
		text += "; it is up to " + earliest.UTC().Format("2006-01-02 15:04 UTC")
	}
	if h.failed > 0 {
		why = first(why, h.nights[0].Error)
	}
	if why != "" {
		text += "; the last pull ended with: " + why
	}
	return text
}

func (w *Worker) needsNight(m store.Merchant, h health, conns []store.Connection) ([]Need, error) {
	last := conns[0].CreatedAt
	for _, c := range conns[1:] {
		if c.CreatedAt.Before(last) {
			last = c.CreatedAt
		}
	}
	if len(h.nights) > 0 {
		last = h.nights[0].StartedAt
	}
	missed, err := w.missed(m, last)
	if err != nil || !missed {
		return nil, err
	}
	loc, err := m.Location()
	if err != nil {
		return nil, err
	}
	return []Need{{NeedNight, fmt.Sprintf("%s has had no night since %s", m.Name, last.In(loc).Format("2006-01-02 15:04")),
		"See whether `fourfold run` or `fourfold work` runs, and what it logs."}}, nil
}

// missed says whether a night came due since last, and is overdue by now.
func (w *Worker) missed(m store.Merchant, last time.Time) (bool, error) {
	schedule, loc, err := w.scheduleOf(m)
	if err != nil || schedule == nil { // who works nights only when asked misses none
		return false, err
	}
	_, missed := due(schedule, last, w.Now().Add(-missedAfter), jitter(m.ID, w.Spread), loc)
	return missed, nil
}

func (h *health) jobRemedy() string {
	return "Mend what it says, then fourfold pull" + h.whose + "; if it is fourfold's own fault, report it."
}

// rests says whether the pulls of a stream have failed so often that they rest, and not because the provider cannot be had: it may yet.
func (h *health) rests(s connectors.Stream, state store.StreamState, conn store.Connection) bool {
	switch state.LastFault {
	case connectors.Unavailable, connectors.Throttled:
		return false
	}
	return h.job(s, conn) >= 0 || state.LastError != "" && h.failed > againTimes
}

func (h *health) job(s connectors.Stream, conn store.Connection) int {
	return slices.IndexFunc(h.resting, func(j RestingJob) bool { return j.Connection == conn.ID && j.Stream == s.ID })
}

func (h *health) why(s connectors.Stream, state store.StreamState, conn store.Connection) string {
	if i := h.job(s, conn); i >= 0 {
		return h.resting[i].Error
	}
	return state.LastError
}

// needsJobs lists the jobs at rest that are about no stream. Where nights are worked in this process, one that failed in all its attempts,
// though its pulls went well, rests until the next is due.
func needsJobs(m store.Merchant, h health) []Need {
	var needs []Need
	for _, j := range h.resting {
		if j.Stream == "" && !h.explained {
			needs = append(needs, Need{NeedJob + "/" + j.Kind, fmt.Sprintf("The %s of %s failed every time and rests: %s", j.Kind, m.Name, j.Error), h.jobRemedy()})
		}
	}
	if len(needs) == 0 && h.failed > againTimes && !h.explained {
		needs = append(needs, Need{NeedJob + "/night", fmt.Sprintf("The night of %s failed %d times in a row: %s", m.Name, h.failed, h.nights[0].Error), h.jobRemedy()})
	}
	return needs
}
