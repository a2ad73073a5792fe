package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fourfold/internal/store"
)

// Examine notes what of a merchant needs a person now, and what does not any more. It tells nobody: see Alert.
func (w *Worker) Examine(ctx context.Context, m store.Merchant) error {
	texts, err := w.needed(ctx, m)
	if err != nil {
		return err
	}
	return w.Store.PutAlerts(ctx, m.ID, texts)
}

// Rested notes at once what needs a person after a piece of work that came to rest: the night that it is part of may go on for hours with
// others, or there is none. What is mended the end of a night shows, and not before. What goes wrong here is logged, and seen then as well.
func (w *Worker) Rested(ctx context.Context, merchantID int64) {
	m, err := w.Store.Merchant(ctx, merchantID)
	if err == nil {
		var texts map[string]string
		if texts, err = w.needed(ctx, m); err == nil {
			err = w.Store.AddAlerts(ctx, merchantID, texts)
		}
	}
	if err != nil && ctx.Err() == nil {
		w.Log.Warn("what needs a person is not known", "merchant", merchantID, "error", err)
	}
}

// needed are the texts of what needs a person, by cause.
func (w *Worker) needed(ctx context.Context, m store.Merchant) (map[string]string, error) {
	needs, err := w.Needs(ctx, m)
	texts := make(map[string]string, len(needs))
	for _, n := range needs {
		texts[n.Cause] = n.String()
	}
	return texts, err
}

// tellFor is how long the telling may take.
const tellFor = 45 * time.Second

// Alert looks for nights that were missed, and tells people, if anybody asked for it, in one message what needs them and was told to
// nobody yet. What could not be delivered is untold, and comes with the next call. Of several workers one does it.
func (w *Worker) Alert(ctx context.Context) error {
	return w.Store.TellAlone(ctx, func(ctx context.Context) error {
		unseen := w.watchNights(ctx) // what could be seen is told all the same
		if w.Tell == nil {
			return unseen
		}
		return errors.Join(w.tellUntold(ctx), unseen)
	})
}

func (w *Worker) tellUntold(ctx context.Context) error {
	open, err := w.Store.OpenAlerts(ctx)
	if err != nil {
		return err
	}
	untold := slices.DeleteFunc(open, func(a store.Alert) bool { return !a.ToldAt.IsZero() })
	if len(untold) == 0 {
		return nil
	}
	merchants, err := w.Store.Merchants(ctx)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, tellFor)
	defer cancel()
	subject, text := message(untold, merchants)
	if err := w.Tell(limited, subject, text); err != nil {
		return fmt.Errorf("tell people what needs them: %w", err)
	}
	return w.Store.MarkTold(context.WithoutCancel(ctx), untold)
}

// Watch calls Alert every minute until ctx ends. What goes wrong is logged, and tried again.
func (w *Worker) Watch(ctx context.Context) {
	for wait(ctx, beatEvery) == nil {
		if err := w.Alert(ctx); err != nil && ctx.Err() == nil {
			w.Log.Error("nobody could be told what needs a person", "error", err)
		}
	}
}

// watchNights examines the merchants whose night is overdue by now. All others were examined after their night.
func (w *Worker) watchNights(ctx context.Context) error {
	all, err := w.Store.Nights(ctx, NightKind, 1)
	if err != nil {
		return err
	}
	open, err := w.Store.OpenAlerts(ctx)
	if err != nil {
		return err
	}
	var failures []error
	for _, n := range all {
		m, began := n.Merchant, n.Merchant.CreatedAt
		if slices.ContainsFunc(open, func(a store.Alert) bool { return a.MerchantID == m.ID && a.Cause == NeedNight }) {
			continue
		}
		if len(n.Last) > 0 {
			began = n.Last[0].StartedAt
		}
		missed, err := w.missed(m, began)
		if err == nil && missed {
			err = w.Examine(ctx, m)
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

// Most that one message holds.
const (
	mostLines = 50
	mostNames = 5
	mostText  = 500 // of one cause
)

// message is what people are told: each text once, with the merchants it holds for. Texts name stores, streams and jobs, never a
// customer and never a secret: they are made of errors, which hold neither.
func message(alerts []store.Alert, merchants []store.Merchant) (subject, text string) {
	names := map[int64]string{}
	for _, m := range merchants {
		names[m.ID] = m.Name
	}
	var order []string
	whom := map[string][]string{}
	for _, a := range alerts {
		if whom[a.Text] == nil {
			order = append(order, a.Text)
		}
		whom[a.Text] = append(whom[a.Text], first(names[a.MerchantID], fmt.Sprint("merchant ", a.MerchantID)))
	}
	var b strings.Builder
	for i, t := range order {
		if i == mostLines {
			fmt.Fprintf(&b, "And %d more: fourfold status\n", len(order)-i)
			break
		}
		fmt.Fprintf(&b, "%s: %s\n", listed(whom[t]), cut(t, mostText))
	}
	subject = fmt.Sprintf("Fourfold: %d things need a person", len(order))
	if len(order) == 1 {
		subject = "Fourfold: " + cut(listed(whom[order[0]])+": "+order[0], 80)
	}
	return subject, b.String()
}

func listed(names []string) string {
	if more := len(names) - mostNames; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNames], ", "), more)
	}
	return strings.Join(names, ", ")
}

// cut is a text in one line of at most so many letters.
func cut(s string, most int) string {
	letters := []rune(strings.Join(strings.Fields(s), " "))
	if len(letters) <= most {
		return string(letters)
	}
	return string(letters[:most-1]) + "…"
}
