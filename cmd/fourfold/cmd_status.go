package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/shapes"
	"fourfold/internal/store"
	"fourfold/internal/vault"
	"fourfold/internal/worker"
)

func statusCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "How the nights go, how far data are complete, who must act",
		Long: `Shows, for each merchant, the last night and its outcome, the next one, how far
each stream is proven complete and how far that is behind, and what only a
person can mend. It asks the database only; "fourfold doctor" asks the provider
too. With many merchants each is one line; --json has everything of all of them.

Exits with 3 if a person is needed.`,
		Example: "  fourfold status\n  fourfold status --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			merchants, err := a.shown(ctx)
			if err != nil {
				return err
			}
			noKey := a.withoutKey()
			w, err := a.worker(ctx)
			if err != nil {
				return err
			}
			all := make([]shapes.Status, 0, len(merchants))
			person := false
			for _, m := range merchants {
				s, err := a.statusOf(ctx, w, m)
				if err != nil {
					return fmt.Errorf("%s: %w", m.Name, err)
				}
				explainKey(&s, noKey)
				person = person || len(s.Needs) > 0
				all = append(all, s)
			}
			if asJSON {
				if err := a.json(all); err != nil {
					return err
				}
			} else {
				a.printStatus(ctx, all)
			}
			if person {
				return silentError{errPerson}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().StringVar(&a.only, "merchant", "", "only this one")
	return cmd
}

// shown are the merchants to tell of: the one that --merchant names, or all. Where there is none, the error says how to link a store.
func (a *app) shown(ctx context.Context) ([]store.Merchant, error) {
	all, err := a.merchants(ctx)
	if err != nil {
		return nil, err
	}
	if a.only != "" {
		m, err := byName(all, a.only)
		return []store.Merchant{m}, err
	}
	if len(all) == 0 {
		return nil, errNotLinked
	}
	return all, nil
}

func (a *app) statusOf(ctx context.Context, w *worker.Worker, m store.Merchant) (shapes.Status, error) {
	s := shapes.Status{Of: m, Merchant: m.Name, State: m.State, Zone: m.Zone, Streams: []shapes.Stream{}, Needs: []shapes.Need{}}
	last, err := w.LastNight(ctx, m)
	if err != nil {
		return s, err
	}
	s.LastNight = shapes.NightOf(last)
	next, err := w.NextNight(ctx, m)
	if err != nil {
		return s, err
	}
	s.NextNight = shapes.OrNil(next)
	conns, err := a.db.Connections(ctx, m.ID)
	if err != nil {
		return s, err
	}
	for _, conn := range conns {
		if conn.State != store.StateActive {
			continue
		}
		s.Linked = true
		streams, err := a.streamsOf(ctx, conn)
		if err != nil {
			return s, err
		}
		s.Streams = append(s.Streams, streams...)
	}
	needs, err := w.Needs(ctx, m)
	for _, n := range needs {
		s.Needs = append(s.Needs, shapes.Need(n))
	}
	return s, err
}

func (a *app) streamsOf(ctx context.Context, conn store.Connection) ([]shapes.Stream, error) {
	states, err := a.db.Streams(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return nil, err
	}
	proofs, err := a.db.LastProofs(ctx, conn.MerchantID, conn.ID)
	if err != nil {
		return nil, err
	}
	return shapes.Streams(conn, states, proofs, a.now()), nil
}

// withoutKey puts a key that has sealed nothing in the place of one that cannot be had, and returns why it cannot: all that rests in the
// database is told without it, and of the logins that a key is needed.
func (a *app) withoutKey() error {
	_, err := a.ring()
	if err != nil {
		a.vault, _ = vault.Parse(vault.NewKey()) // a fresh key parses
	}
	return err
}

// explainKey says why there is no key, rather than that none fits.
func explainKey(s *shapes.Status, noKey error) {
	for i, n := range s.Needs {
		if noKey != nil && (worker.Need{Cause: n.Cause}).Kind() == worker.NeedKey {
			s.Needs[i].Text = noKey.Error()
		}
	}
}

func (a *app) printStatus(ctx context.Context, all []shapes.Status) {
	if len(all) == 1 {
		a.printOne(ctx, all[0])
	} else {
		t := newTable("Merchant", "Last night", "Next night", "Behind", "Needs")
		for _, s := range all {
			needs := ""
			if n := len(s.Needs); n > 0 {
				needs = fmt.Sprint(n)
			}
			t.AppendRow(table.Row{s.Merchant, lastText(s), nextText(s), behind(s), needs})
		}
		a.printTable(t)
	}
	mark := "✗ "
	if a.terminal(a.stdout) {
		mark = "\x1b[31m✗\x1b[0m "
	}
	for _, s := range all {
		for i, n := range s.Needs {
			if i == 0 {
				fmt.Fprintf(a.stdout, "\n%s needs a person:\n", s.Merchant)
			}
			fold(a.stdout, mark, n.Text+". "+n.Remedy)
		}
	}
}

func (a *app) printOne(ctx context.Context, s shapes.Status) {
	if !s.Linked {
		fmt.Fprintf(a.stdout, "%s: last night %s, and %v\n", s.Merchant, lastText(s), a.notLinked(ctx, s.Of))
		return
	}
	fmt.Fprintf(a.stdout, "%s: last night %s, next night %s (%s)\n", s.Merchant, lastText(s), nextText(s), s.Zone)
	if len(s.Streams) == 0 {
		fmt.Fprintln(a.stdout, "Nothing was pulled yet: "+a.next(ctx, s.Of, "pull"))
		return
	}
	fmt.Fprintln(a.stdout)
	t := newTable("Store", "Stream", "Complete to (UTC)", "Behind", "Last proof (UTC)", "Last pull")
	for _, row := range s.Streams {
		complete, behind, proof, pull := "not yet", "", "", "ok"
		if row.CompleteTo != nil {
			complete, behind = row.CompleteTo.UTC().Format(minutes), spanText(time.Duration(*row.Lag)*time.Second)
		}
		if row.LastProof != nil {
			proof = row.LastProof.UTC().Format(minutes)
		}
		if row.Error != "" {
			pull = shorten(row.Error, 60)
		}
		t.AppendRow(table.Row{row.Name, row.Stream, complete, behind, proof, pull})
	}
	a.printTable(t)
}

const minutes = "2006-01-02 15:04"

func lastText(s shapes.Status) string {
	switch n := s.LastNight; {
	case n == nil:
		return "none yet"
	case n.Outcome == "open":
		return "began " + localTime(s, n.Started) + ", not done"
	default:
		return n.Outcome + " " + localTime(s, *n.Ended)
	}
}

func nextText(s shapes.Status) string {
	switch {
	case !s.Linked:
		return "no store"
	case s.State == store.StatePaused:
		return "paused"
	case s.NextNight == nil:
		return "never"
	}
	return localTime(s, *s.NextNight)
}

func localTime(s shapes.Status, t time.Time) string {
	loc, err := time.LoadLocation(s.Zone)
	if err != nil {
		loc = time.UTC
	}
	return t.In(loc).Format(minutes)
}

// behind is the lag of the slowest stream.
func behind(s shapes.Status) string {
	var most int64
	if !s.Linked {
		return ""
	}
	for _, row := range s.Streams {
		if row.Lag == nil {
			return "first pull"
		}
		most = max(most, *row.Lag)
	}
	return spanText(time.Duration(most) * time.Second)
}

// spanText is a length of time as people say it.
func spanText(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	case d >= time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}

func shorten(s string, most int) string {
	if letters := []rune(s); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return s
}
