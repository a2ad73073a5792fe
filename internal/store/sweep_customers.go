package store

import (
	"context"
	"slices"
	"time"

	"fourfold/internal/fact"
)

func (w *pageWriter) metIDs() []string {
	ids := make([]string, len(w.sorted.met))
	for i, c := range w.sorted.met {
		ids[i] = c.ID
	}
	return ids
}

// noteMet notes when the provider was seen to have customers. A page that was read earlier and comes later takes nothing back.
func (w *pageWriter) noteMet(ctx context.Context) error {
	for part := range slices.Chunk(w.metIDs(), sweepChunk) {
		where, arg := w.oneOf("id", part)
		_, err := w.exec(ctx, "UPDATE customers SET seen_at = ? WHERE (seen_at IS NULL OR seen_at < ?) AND "+ours+" AND "+where,
			at(w.readAt), at(w.readAt), w.merchant, w.connection, arg)
		if err != nil {
			return err
		}
	}
	return nil
}

// unmet lists the customers that were neither seen nor read since the proven reading began. One that was redacted has no date of creation
// any more, and is never looked for.
func (w *pageWriter) unmet(ctx context.Context, to time.Time) (gone []fact.Gone, err error) {
	started := at(w.page.Proof.Started)
	err = w.each(ctx, func(scan func(...any) error) error {
		g := fact.Gone{Kind: fact.KindCustomer}
		err := scan(&g.ID)
		gone = append(gone, g)
		return err
	}, "SELECT id FROM customers WHERE "+ours+" AND created_at >= ? AND created_at < ? AND gone_at IS NULL AND read_at < ? AND (seen_at IS NULL OR seen_at < ?)",
		w.merchant, w.connection, at(orEpoch(w.page.Proof.From)), at(to), started, started)
	return gone, err
}
