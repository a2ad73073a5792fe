package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// basis is what all snapshots of a scope rest on beside the facts, as it is kept between nights: "EUR 0 1 2024-01-01" for the currency,
// the calendar and the first day, and "net_sales:1+t@2026-11-20" for a KPI, its version, that its sources are there, that it has a
// target, and the day up to which its periods are published.
type basis struct {
	merchant  string
	kpis      map[kpi.ID]string
	published map[kpi.ID]period.Day // periods that end by the day are
}

const (
	hasSource = "+"
	hasTarget = "t"
)

const basisFields = 4 // of the merchant

func (b basis) String() string {
	words := make([]string, 0, len(b.kpis))
	for id, rest := range b.kpis {
		if day, ok := b.published[id]; ok {
			rest += "@" + day.String()
		}
		words = append(words, string(id)+rest)
	}
	slices.Sort(words)
	return b.merchant + " " + strings.Join(words, " ")
}

// readBasis reads what String wrote; the empty text is a basis of nothing.
func readBasis(text string) basis {
	b := basis{kpis: map[kpi.ID]string{}, published: map[kpi.ID]period.Day{}}
	words := strings.Fields(text)
	switch {
	case len(words) > 0 && strings.Contains(words[0], ":"): // the first release's, which names KPIs and their versions only
	case len(words) < basisFields:
		return b
	default:
		b.merchant = strings.Join(words[:basisFields], " ")
		words = words[basisFields:]
	}
	for _, w := range words {
		w, day, _ := strings.Cut(w, "@")
		i := strings.IndexByte(w, ':')
		if i < 0 {
			continue
		}
		id := kpi.ID(w[:i])
		b.kpis[id] = w[i:]
		if d, err := period.ParseDay(day); err == nil {
			b.published[id] = d
		}
	}
	return b
}

// since is the basis as the first release left it, seen from now: of what that did not note it is taken that nothing has changed, so that
// whatever has is told by its own cause. Whether a target was there is left open: to judge with it what was judged with it changes nothing.
func (b basis) since(now basis) basis {
	if b.merchant != "" || len(b.kpis) == 0 {
		return b
	}
	b.merchant = now.merchant
	for id, rest := range b.kpis {
		if strings.Contains(now.kpis[id], hasSource) {
			b.kpis[id] = rest + hasSource
		}
	}
	return b
}

// fresh says whether a KPI is to be judged anew for all periods, and why: it is new in the catalogue or in another version, or its
// source or its first target has come. What is lost changes nothing of the past.
func (b basis) fresh(id kpi.ID, now string) (why string, ok bool) {
	before, known := b.kpis[id]
	version := func(s string) string { return strings.TrimRight(s, hasSource+hasTarget) }
	came := func(flag string) bool { return strings.Contains(now, flag) && !strings.Contains(before, flag) }
	switch {
	case !known:
		return "", true
	case version(before) != version(now):
		return kpi.CauseDefinition.Because(""), true
	case came(hasSource):
		return kpi.CauseBackfill.Because("its source is complete for the first time"), true
	case came(hasTarget):
		return kpi.CauseTarget.Because(""), true
	}
	return "", false
}

// differs says what of the merchant changed from b to now, so that all is judged anew.
func (b basis) differs(now basis) string {
	was, is := strings.Fields(b.merchant), strings.Fields(now.merchant)
	var told []string
	if was[0] != is[0] {
		told = append(told, kpi.CauseCurrency.Because(fmt.Sprintf("from %s to %s", was[0], is[0])))
	}
	if was[1] != is[1] || was[2] != is[2] {
		told = append(told, kpi.CauseCalendar.Because(""))
	}
	if was[3] != is[3] {
		told = append(told, kpi.CauseBackfill.Because("the first day is "+is[3]))
	}
	return kpi.JoinCauses(told)
}

// sources are what the KPIs of a scope draw on, and how far that reaches.
type sources struct {
	defs    []kpi.KPI
	counter *store.Counter
	zone    *time.Location
	granted map[string]bool
	reach   map[kpi.ID]reach
}

// reach is how far a KPI is complete: as an instant, and as the first day that is not.
type reach struct {
	to  time.Time
	day period.Day
}

func (w *Worker) sources(ctx context.Context, m store.Merchant, scope kpi.Scope, counter *store.Counter) (sources, error) {
	s := sources{defs: w.Catalogue, counter: counter, granted: map[string]bool{"": true}, reach: map[kpi.ID]reach{}}
	var err error
	if s.zone, err = m.Location(); err != nil {
		return s, err
	}
	conns, err := w.Store.Connections(ctx, m.ID)
	if err != nil {
		return s, err
	}
	for _, conn := range conns {
		if scope.Connection != 0 && scope.Connection != conn.ID {
			continue
		}
		caps, err := w.Store.Capabilities(ctx, m.ID, conn.ID)
		if err != nil {
			return s, err
		}
		for _, c := range caps {
			s.granted[c.ID] = s.granted[c.ID] || c.Granted
		}
	}
	s.granted["unit_cost"] = s.granted["unit_cost"] || counter.OwnCosts()
	return s, nil
}

func (s sources) basis(m store.Merchant, scope kpi.Scope, first, today period.Day, versions []kpi.Target) basis {
	b := basis{merchant: fmt.Sprintf("%s %d %d %s", m.Currency, m.Calendar.WeekShift, m.Calendar.FiscalStart, first), kpis: map[kpi.ID]string{}, published: map[kpi.ID]period.Day{}}
	for _, k := range s.defs {
		rest := fmt.Sprintf(":%d", k.Version)
		if s.connected(k) {
			rest += hasSource
		}
		if s.publishable(k) {
			b.published[k.ID] = min(today-k.Closing(period.Period{}), s.through(k)-period.Day(k.Maturity))
		}
		if slices.ContainsFunc(versions, func(t kpi.Target) bool { return t.KPI == k.ID && t.Scope == scope }) {
			rest += hasTarget
		}
		b.kpis[k.ID] = rest
	}
	return b
}

// connected says whether all that a KPI is worked out from is linked, granted and complete at all; of a KPI made of others, whether
// that holds for one of them.
func (s sources) connected(k kpi.KPI) bool {
	if k.Composite() {
		return slices.ContainsFunc(s.parts(k), s.connected)
	}
	return !s.completeTo(k).IsZero() && !slices.ContainsFunc(k.Measures(), func(m kpi.MeasureInfo) bool { return !s.granted[s.counter.Fed(m).Capability] })
}

// publishable says whether a KPI can be published at all.
func (s sources) publishable(k kpi.KPI) bool { return s.connected(k) && !s.completeTo(k).IsZero() }

func (s sources) parts(k kpi.KPI) []kpi.KPI {
	var parts []kpi.KPI
	for _, id := range k.Parts() {
		if part, ok := kpi.Find(s.defs, id); ok {
			parts = append(parts, part)
		}
	}
	return parts
}

// completeTo is how far all streams are complete that a KPI needs; zero where one of them is not there.
func (s sources) completeTo(k kpi.KPI) time.Time { return s.reachOf(k).to }

func (s sources) reachOf(k kpi.KPI) reach {
	if r, ok := s.reach[k.ID]; ok {
		return r
	}
	var measures []kpi.MeasureInfo
	for _, part := range append(s.parts(k), k) {
		measures = append(measures, part.Measures()...)
	}
	var r reach
	r.to, r.day = s.counter.Complete(measures)
	s.reach[k.ID] = r
	return r
}

// through is the first day that is not complete for a KPI; zero where nothing is.
func (s sources) through(k kpi.KPI) period.Day { return s.reachOf(k).day }
