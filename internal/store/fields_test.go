package store

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fourfold/internal/fact"
	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
)

// filled is a record with every field set to something of its own.
func filled(v reflect.Value, n *int64) {
	for i := range v.NumField() {
		f := v.Field(i)
		*n++
		switch {
		case f.Type() == reflect.TypeFor[time.Time]():
			f.Set(reflect.ValueOf(time.Date(2026, 1, 1, 23, 30, 0, 0, time.UTC).Add(time.Duration(*n) * 25 * time.Hour)))
		case f.Type() == reflect.TypeFor[period.Day]():
			f.Set(reflect.ValueOf(period.Date(2026, 3, int(*n))))
		case f.Kind() == reflect.Struct:
			filled(f, n)
		case f.Kind() == reflect.String:
			f.SetString(fmt.Sprintf("%s-%d", strings.ToLower(v.Type().Field(i).Name), *n))
		case f.Kind() == reflect.Bool:
			f.SetBool(true)
		case f.CanInt():
			f.SetInt(*n * 1_000_000_007)
		default:
			panic("a record has a field of a new type: " + f.Type().String())
		}
	}
}

// everyRecord is n filled records of every kind.
func everyRecord(n int) []fact.Record {
	var all []fact.Record
	for i := range n {
		for _, r := range []fact.Record{&fact.Order{}, &fact.OrderLine{}, &fact.Agreement{}, &fact.Sale{}, &fact.Refund{}, &fact.RefundLine{},
			&fact.RefundAdjustment{}, &fact.Return{}, &fact.ReturnLine{}, &fact.Fulfillment{}, &fact.Promise{}, &fact.Transaction{}, &fact.Dispute{},
			&fact.Customer{}, &fact.Product{}, &fact.Variant{}, &fact.StockReading{}, &fact.CostReading{}, &fact.SessionsDay{},
			&fact.ProviderSalesDay{}, &fact.Rate{}, &fact.AdDay{}, &fact.AdTotal{}, &fact.WebDay{}, &fact.SKUCost{}, &fact.Tariff{}} {
			seed := int64(i)
			v := reflect.ValueOf(r).Elem()
			filled(v, &seed)
			all = append(all, v.Interface().(fact.Record))
		}
	}
	return all
}

// stored reads a group's rows back, as the values that its columns would be written with.
func stored(t *testing.T, s *shop, table string, columns []string) map[string][]string {
	t.Helper()
	rows := map[string][]string{}
	err := s.look(context.Background(), func(ctx context.Context, tx *tx) error {
		return tx.each(ctx, func(scan func(...any) error) error {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := scan(values...); err != nil {
				return err
			}
			for i, c := range columns {
				v := *values[i].(*any)
				if strings.HasSuffix(c, "_at") {
					var in instant
					if err := in.Scan(v); err != nil {
						return err
					}
					v = in.UnixMilli()
				}
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				text := fmt.Sprint(v)
				text = map[string]string{"true": "1", "false": "0"}[text] + map[bool]string{true: text}[text != "true" && text != "false"]
				rows[c] = append(rows[c], text)
			}
			return nil
		}, "SELECT "+strings.Join(columns, ", ")+" FROM "+table+" ORDER BY "+strings.Join(columns, ", "))
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Every field of every record is stored and comes back, by each of the ways it can be written: a few rows, many, a backfill, and
// a backfill over rows that are there.
func TestEveryFieldIsStored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		for name, n := range map[string]int{"few": 2, "many": fewRows + 10} {
			for _, way := range []string{"nightly", "backfill", "again"} {
				s := openShop(t, dsn)
				records := everyRecord(n)
				p := page(hour(3), records...)
				p.Backfill = way != "nightly"
				if way == "again" {
					s.save("all", page(hour(2), records[:len(records)/2]...))
				}
				s.save("all", p)
				sorted, err := sortRecords(records)
				if err != nil {
					t.Fatal(err)
				}
				loc, _ := s.merchant.Location()
				place := &place{s.merchant.ID, s.connection.ID, loc, nil, hour(3)}
				for _, g := range sorted.groups() {
					check(t, s, name+" "+way, g, place, n)
				}
				if err := s.Forget(context.Background(), s.merchant.ID, s.connection.ID); err != nil {
					t.Fatal(err)
				}
				for _, g := range sorted.groups() {
					s.want("0", "SELECT CAST(COUNT(*) AS TEXT) FROM "+g.name())
				}
			}
		}
	})
}

func check(t *testing.T, s *shop, name string, g writable, p *place, n int) {
	t.Helper()
	type rower interface{ rows(*place) rows }
	b := g.(rower).rows(p)
	got := stored(t, s, g.name(), b.columns)
	if len(got["merchant_id"]) != n {
		t.Fatalf("%s: %d rows in %s, want %d", name, len(got["merchant_id"]), g.name(), n)
	}
	want := map[string]map[string]int{}
	for i := range b.n {
		r := row{}
		b.write(i, &r)
		for j, c := range b.columns {
			v := r.args[j]
			if at, ok := v.(time.Time); ok {
				v = at.UnixMilli()
			}
			if flag, ok := v.(bool); ok {
				v = map[bool]int{true: 1}[flag]
			}
			if want[c] == nil {
				want[c] = map[string]int{}
			}
			want[c][fmt.Sprint(v)]++
		}
	}
	for c, values := range got {
		have := map[string]int{}
		for _, v := range values {
			have[v]++
		}
		if c != "read_at" || g.name() != "promises" { // the first promise stays, with the moment it was first seen
			if diff := cmp.Diff(want[c], have); diff != "" {
				t.Errorf("%s: %s.%s (-want +got):\n%s", name, g.name(), c, diff)
			}
		}
	}
}
