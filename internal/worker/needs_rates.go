package worker

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

// needsRates names the currencies that cannot be converted, each once: what is told in them is missing from every figure of the whole.
func (w *Worker) needsRates(ctx context.Context, m store.Merchant, conns []store.Connection, whose string) ([]Need, error) {
	unrated, err := w.Store.Unrated(ctx, m, period.On(w.Now(), time.UTC)-rateSeen)
	if err != nil {
		return nil, err
	}
	var needs []Need
	for _, u := range unrated {
		i := slices.IndexFunc(conns, func(c store.Connection) bool { return c.ID == u.Connection })
		if i < 0 {
			continue
		}
		needs = append(needs, Need{NeedRate + "/" + u.Currency,
			fmt.Sprintf("%s has amounts in %s, for which there is no exchange rate to %s on %s: they are missing from the scorecard", conns[i].Name, u.Currency, m.Currency, u.Day),
			fmt.Sprintf("The bank's rates: fourfold link ecb%s — and where it has none of this currency, one of your own beside those you gave: fourfold link fixed-rates --set rates='%s=…'%s", whose, u.Currency, whose)})
	}
	return needs, nil
}
