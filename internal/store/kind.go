package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/store/count"
)

// kind says how one type of record is kept: its table, its key, and what makes a record older than the one that is there.
type kind[R fact.Record] struct {
	table    string
	columns  []string
	keeps    []string // text columns that the provider blanks when what they name is deleted: what was known stays
	conflict string   // what becomes of a row that is there already
	key      func(v *R) key
	// older says whether a is older than b, where a page holds both; nil means that the later in the page is the newer.
	older func(a, b *R) bool
	write func(p *place, v *R, r *row)
}

// key tells the records of a kind apart within a connection.
type key struct{ a, b, c string }

// place is where a page's records belong.
type place struct {
	merchant, connection int64
	loc                  *time.Location
	earlier              []count.Era // the zones before loc
	readAt               time.Time
}

func (p *place) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return count.Cut(t, p.loc, p.earlier).String()
}

// Guards against older reads.
const (
	// A child is as old as the page it came in.
	byRead = "excluded.read_at >= T.read_at"
	// A thing with a date of change of its own goes by that first. One that is gone comes back only if it was read after that.
	byUpdate = "(T.updated_at IS NULL OR excluded.updated_at IS NULL AND excluded.read_at >= T.read_at OR excluded.updated_at > T.updated_at" +
		" OR excluded.updated_at = T.updated_at AND excluded.read_at >= T.read_at) AND (T.gone_at IS NULL OR excluded.read_at > T.gone_at)"
	// Of promises the first counts.
	byFirst = "excluded.read_at < T.read_at"
)

// define completes a kind. keys are its key columns after those of the connection; dated gives for a column with a civil day
// the instant it was cut from: while that stays, so does the day, whatever has become of the merchant's zone.
func define[R fact.Record](k kind[R], keys []string, guard string, dated map[string]string) *kind[R] {
	inner := k.write
	k.write = func(p *place, v *R, r *row) {
		r.int("merchant_id", p.merchant)
		r.int("connection_id", p.connection)
		inner(p, v, r)
		r.at("read_at", p.readAt)
	}
	k.columns = columnsOf(func(r *row) { k.write(&place{loc: time.UTC}, new(R), r) })
	isKey := map[string]bool{"merchant_id": true, "connection_id": true}
	for _, c := range keys {
		isKey[c] = true
	}
	var set []string
	for _, c := range k.columns {
		switch instant, ok := dated[c]; {
		case isKey[c]:
		case slices.Contains(k.keeps, c):
			set = append(set, c+" = CASE WHEN excluded."+c+" = '' THEN T."+c+" ELSE excluded."+c+" END")
		case ok:
			set = append(set, c+" = CASE WHEN T."+instant+" IS NOT DISTINCT FROM excluded."+instant+" THEN T."+c+" ELSE excluded."+c+" END")
		default:
			set = append(set, c+" = excluded."+c)
		}
	}
	if guard == byUpdate {
		set = append(set, "gone_at = NULL")
	}
	k.conflict = "(merchant_id, connection_id, " + strings.Join(keys, ", ") + ") DO UPDATE SET " + strings.Join(set, ", ") + " WHERE " + guard
	k.conflict = strings.ReplaceAll(k.conflict, "T.", k.table+".")
	return &k
}

// group is the records of one kind in a page.
type group[R fact.Record] struct {
	*kind[R]
	records []R
}

func (g *group[R]) add(v R) { g.records = append(g.records, v) }

// unique leaves each key once, with its newest record, in the place of its first: a statement cannot write one row twice.
func (g *group[R]) unique() {
	at := make(map[key]int, len(g.records))
	once := g.records[:0]
	for _, v := range g.records {
		k := g.key(&v)
		i, again := at[k]
		switch {
		case !again:
			at[k] = len(once)
			once = append(once, v)
		case g.older == nil || !g.older(&v, &once[i]):
			once[i] = v
		}
	}
	g.records = once
}

// writable is a group of any kind.
type writable interface {
	name() string
	len() int
	unique()
	insert(ctx context.Context, t *tx, p *place) error
	merge(ctx context.Context, t *tx, p *place) error
}

func (g *group[R]) name() string { return g.table }
func (g *group[R]) len() int     { return len(g.records) }

func (g *group[R]) rows(p *place) rows {
	return rows{len(g.records), g.columns, func(i int, r *row) { g.write(p, &g.records[i], r) }}
}

func (g *group[R]) insert(ctx context.Context, t *tx, p *place) error {
	return t.insert(ctx, g.table, g.rows(p))
}

func (g *group[R]) merge(ctx context.Context, t *tx, p *place) error {
	return t.upsert(ctx, g.table, g.conflict, g.rows(p))
}
