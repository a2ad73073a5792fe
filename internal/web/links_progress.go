package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"fourfold/connectors"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

// progressPage is how far the pulls of a merchant have come, as the database has it; and more closely where they run in this process.
type progressPage struct {
	State    string // asked, running, quiet, done, failed or never
	Run      store.Run
	Ago      string // since the last sign of it
	Accounts []progressAccount
	Jobs     []progressLine // what is done once all is read
}

type progressAccount struct {
	Conn  store.Connection
	Title string
	Lines []progressLine
}

// progressLine is one stream's.
type progressLine struct {
	Title, State string // State is waiting, reading, done, failed, left out or later
	Text         string
	Percent      int   // of the first pull; -1 while it is not known
	Records      int64 // read in this pull, as far as is known
	Rate, Left   string
}

// quietAfter is how long nothing may be heard of a pull before the page says so: the provider may prepare a large file.
const quietAfter = 10 * time.Minute

// over says whether nothing more is to be waited for.
func (p progressPage) Over() bool {
	return p.State == "done" || p.State == "failed" || p.State == "never"
}

func (v *visit) progressPage() (progressPage, error) {
	ctx, db := v.r.Context(), v.site.Store
	body := progressPage{State: "never"}
	var err error
	if body.Run, err = v.lastRun(); err != nil {
		return body, err
	}
	conns, err := db.Connections(ctx, v.merchant.ID)
	if err != nil {
		return body, err
	}
	steps := v.site.Progress.of(v.merchant.ID)
	last := body.Run.StartedAt
	for _, conn := range conns {
		c, known := v.site.connector(conn.Connector)
		if conn.State != store.StateActive || !known {
			continue
		}
		a, at, err := v.progressAccount(c, conn, body.Run, steps)
		if err != nil {
			return body, err
		}
		if at.After(last) {
			last = at
		}
		body.Accounts = append(body.Accounts, a)
	}
	running := body.Run.ID != 0 && body.Run.EndedAt.IsZero()
	for _, s := range steps {
		if running && s.at.After(last) {
			last = s.at
		}
		if running && s.Connection == 0 && s.at.After(body.Run.StartedAt) {
			body.Jobs = append(body.Jobs, v.jobLine(s))
		}
	}
	now := v.site.Now()
	switch {
	case running && now.Sub(last) > quietAfter:
		body.State, body.Ago = "quiet", lasting(now.Sub(last))
	case running:
		body.State, body.Ago = "running", lasting(now.Sub(last))
	case v.site.Progress.waits(v.merchant.ID, body.Run.ID, now):
		body.State = "asked"
	case body.Run.ID == 0:
	case body.Run.Error != "":
		body.State = "failed"
	default:
		body.State = "done"
	}
	return body, nil
}

// lastRun is the merchant's last that reads from its sources, and not the export or the e-mail that followed it; one without an ID if there
// is none.
func (v *visit) lastRun() (store.Run, error) {
	runs, err := v.site.Store.RunsOf(v.r.Context(), v.merchant.ID, 1, store.NightRun, store.PullRun)
	if err != nil || len(runs) == 0 {
		return store.Run{}, err
	}
	return runs[0], nil
}

func (v *visit) jobLine(s Step) progressLine {
	line := progressLine{Title: "Scorecard", State: "reading", Text: s.Text, Percent: share(s.Done, s.Total)}
	if s.Finished {
		line.State, line.Percent = "done", 100
	}
	return line
}

// progressAccount also tells when something was last heard of it.
func (v *visit) progressAccount(c connectors.Connector, conn store.Connection, run store.Run, steps []Step) (progressAccount, time.Time, error) {
	ctx, db := v.r.Context(), v.site.Store
	a := progressAccount{Conn: conn, Title: c.Title}
	var last time.Time
	states, err := db.Streams(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return a, last, err
	}
	caps, err := db.Capabilities(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return a, last, err
	}
	proofs, err := db.Proofs(ctx, conn.MerchantID, conn.ID, 500)
	if err != nil {
		return a, last, err
	}
	known := map[string]store.StreamState{}
	for _, s := range states {
		known[s.Stream] = s
		if s.LastPage.After(last) {
			last = s.LastPage
		}
	}
	for _, s := range c.Streams {
		if s.Elsewhere(caps) {
			continue
		}
		pulled := streamPull{stream: s, state: known[s.ID], run: run, now: v.site.Now(), since: cmp.Or(v.merchant.Since, period.On(conn.Since, v.zone())).Start(v.zone())}
		for _, p := range proofs {
			if p.Stream == s.ID {
				pulled.proofs = append(pulled.proofs, p)
			}
		}
		if i := slices.IndexFunc(steps, func(st Step) bool { return st.Connection == conn.ID && st.Job == s.ID && !st.at.Before(run.StartedAt) }); i >= 0 {
			pulled.step = steps[i]
		}
		a.Lines = append(a.Lines, v.streamLine(pulled, allowed(s, caps), known[s.After].Backfilled || s.After == ""))
	}
	if i := slices.IndexFunc(steps, func(st Step) bool {
		return st.Connection == conn.ID && st.Job == "derive" && !st.at.Before(run.StartedAt)
	}); i >= 0 && run.EndedAt.IsZero() {
		line := v.jobLine(steps[i])
		line.Title, line.Text = "Totals", ""
		a.Lines = append(a.Lines, line)
	}
	return a, last, nil
}

// streamPull is all that is known of one stream's pull.
type streamPull struct {
	stream connectors.Stream
	state  store.StreamState
	proofs []store.ProofRow // the latest first
	run    store.Run        // the merchant's last
	step   Step             // what this process last told of it in that run; zero where another does it
	since  time.Time        // how far back a first pull reaches
	now    time.Time
}

func (v *visit) streamLine(p streamPull, granted, turn bool) progressLine {
	line := progressLine{Title: p.stream.Title, Percent: -1, Records: p.records()}
	running := p.run.EndedAt.IsZero()
	switch {
	case !granted:
		line.State, line.Text = "left out", "not granted"
	case !turn:
		line.State, line.Text = "later", "from a night after the first pull on"
	case p.state.LastError != "" && !(running && p.lately()):
		line.State, line.Text = "failed", shortly(p.state.LastError)
		if p.state.RetryAt.After(p.now) {
			line.Text += "; tried again from " + v.locale.Instant(p.state.RetryAt, v.zone())
		}
	case !p.state.LastComplete.IsZero() && !p.state.LastComplete.Before(p.run.StartedAt) || p.step.Finished:
		line.State, line.Percent = "done", 100
		if !p.state.CompleteTo.IsZero() {
			line.Text = "complete to " + v.locale.Instant(p.state.CompleteTo, v.zone())
		}
	case running && p.read():
		line.State, line.Text, line.Percent = "reading", p.step.Text, p.percent()
		line.Rate, line.Left = v.rate(p.perSecond()), p.left()
	case !p.state.LastComplete.IsZero():
		line.State, line.Percent = "done", 100
		line.Text = "complete to " + v.locale.Instant(cmp.Or(p.state.CompleteTo, p.state.LastComplete), v.zone())
	case running:
		line.State, line.Percent = "waiting", p.percent()
	case p.run.ID != 0:
		line.State, line.Text = "later", "from a night after the first pull on"
	default:
		line.State = "waiting"
	}
	return line
}

// read says whether something of the stream was read in the run.
func (p streamPull) read() bool {
	return !p.step.at.IsZero() || !p.state.LastPage.Before(p.run.StartedAt) && !p.state.LastPage.IsZero()
}

// lately says whether something of the stream was read in the run and just now: an earlier failure is then history.
func (p streamPull) lately() bool {
	last := p.state.LastPage
	if p.step.at.After(last) {
		last = p.step.at
	}
	return p.read() && p.now.Sub(last) < time.Minute
}

// records is how many were read in the run: as this process counts them, or else as was proven.
func (p streamPull) records() int64 {
	if p.step.Records > 0 {
		return p.step.Records
	}
	var sum int64
	for _, proof := range p.proofs {
		if !proof.StoredAt.Before(p.run.StartedAt) {
			sum += proof.Read.Objects
		}
	}
	return sum
}

// began is when the stream was begun in the run, as far as is known.
func (p streamPull) began() time.Time {
	if !p.step.began.IsZero() {
		return p.step.began
	}
	return p.run.StartedAt
}

// perSecond is how many records come in a second; zero while it cannot be said.
func (p streamPull) perSecond() float64 {
	until := p.now
	if p.step.at.IsZero() {
		until = p.state.LastPage
	}
	seconds := until.Sub(p.began()).Seconds()
	if seconds < 2 {
		return 0
	}
	return float64(p.records()) / seconds
}

// percent is how far a pull has come: by its own count, or of a first pull by how much of the time it has to cover is proven; -1 while
// neither is known.
func (p streamPull) percent() int {
	if n := share(p.step.Done, p.step.Total); n >= 0 {
		return n
	}
	if p.state.Backfilled || !p.stream.Reaches || p.since.IsZero() || !p.since.Before(p.now) {
		return -1
	}
	covered := time.Duration(0)
	at := p.since
	byFrom := slices.SortedFunc(slices.Values(p.proofs), func(a, b store.ProofRow) int { return a.From.Compare(b.From) })
	for _, proof := range byFrom {
		from, to := proof.From, proof.To
		if from.Before(at) {
			from = at
		}
		if to.After(p.now) {
			to = p.now
		}
		if to.After(from) {
			covered += to.Sub(from)
			at = to
		}
	}
	if covered == 0 {
		return -1
	}
	return min(99, share(int64(covered/time.Second), int64(p.now.Sub(p.since)/time.Second)))
}

func share(done, total int64) int {
	if total <= 0 {
		return -1
	}
	return int(min(100, max(0, done*100/total)))
}

// left is how much longer it takes if it goes on as it went; "" while that cannot be said.
func (p streamPull) left() string {
	percent, took := p.percent(), p.now.Sub(p.began())
	if percent < 3 || percent >= 100 || took < 5*time.Second {
		return ""
	}
	return "about " + lasting(time.Duration(float64(took)*float64(100-percent)/float64(percent))) + " left"
}

func (v *visit) rate(perSecond float64) string {
	switch {
	case perSecond <= 0:
		return ""
	case perSecond < 10:
		return v.locale.Number(perSecond, 1) + " a second"
	}
	return v.locale.Number(math.Round(perSecond), 0) + " a second"
}

// lasting is a duration as people say it.
func lasting(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("%d s", max(0, int(d.Round(time.Second).Seconds())))
	case d < 90*time.Minute:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Round(time.Hour).Hours()))
}

func showProgress(v *visit) error {
	body, err := v.progressPage()
	if err != nil {
		return err
	}
	return v.show("progress", page{Title: "Pulling", Tab: "links"}, body)
}
