package store

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fourfold/internal/store/storetest"
)

// nobodysMethods are about no merchant. Every other method of Store has a case in apartSteps.
var nobodysMethods = []string{"AddFirstPerson", "AddPerson", "AnyPerson", "Attempt", "Backup", "Close", "Dialect", "EndSession", "ForgetSessions", "GrantsAt", "Lags", "MerchantsOf", "Migrate", "Parts", "People", "Person", "PersonNamed", "Ping", "RemovePerson", "SaveSession", "Session", "SetAdmin", "SetLanguage", "SetPassword", "SeveralMerchants", "String", "TellAlone", "Version", "WentWell"}

// answered is what a step gave.
type answered struct {
	Value any
	Err   string
}

func (l *life) do(s step) answered {
	v, err := s.call(context.Background(), l)
	if err != nil {
		return answered{v, err.Error()}
	}
	return answered{Value: v}
}

// TestMerchantsAreApart has two merchants live in one database, step by step in turn, with the same accounts, orders and customers, and
// asks that each gets the answers it gets when it is alone, and that no step of one changes a row of the other. On Postgres, where an ID
// is unique to its merchant only, those that the database gives are the same as well.
func TestMerchantsAreApart(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			alone := []*life{{Store: open(t, database(t)), scale: 1}, {Store: open(t, database(t)), scale: 3}}
			s := open(t, database(t))
			together := []*life{{Store: s, scale: 1}, {Store: s, scale: 3}}
			tables := s.withMerchants(t)
			filled := map[string]bool{}
			for _, step := range apartSteps {
				sequences := s.sequences(t)
				for i, l := range together {
					other := together[1-i]
					before := other.rows(t, tables)
					want, got := alone[i].do(step), l.do(step)
					if want.Err != "" {
						t.Fatalf("%s: %s", step.method, want.Err)
					}
					if diff := cmp.Diff(want, got, ids, cmpopts.EquateErrors(), cmp.AllowUnexported(Mark{}, Hint{})); diff != "" {
						t.Errorf("%s of merchant %d (-alone +together):\n%s", step.method, l.scale, diff)
					}
					if diff := cmp.Diff(before, other.rows(t, tables)); diff != "" {
						t.Errorf("%s of merchant %d changed the other's rows:\n%s", step.method, l.scale, diff)
					}
					if i == 0 && step.method != "CreateMerchant" {
						s.setSequences(t, sequences)
					}
				}
				for table, rows := range together[0].rows(t, tables) {
					filled[table] = filled[table] || len(rows) > 0
				}
				if t.Failed() {
					return
				}
			}
			for _, table := range tables {
				if !filled[table] {
					t.Logf("%s held nothing", table)
				}
			}
		})
	}
}

// ids leaves out what a database that is shared counts on.
var ids = cmp.FilterPath(func(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && slices.Contains([]string{"ID", "MerchantID", "GrantID", "ConnectionID", "Connection", "RunID", "PersonID"}, f.Name())
}, cmp.Ignore())

// rows are all rows of a merchant, by table.
func (l *life) rows(t *testing.T, tables []string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	read := func(table, query string) {
		rows, err := l.writer.Query(l.rewrite(query), l.merchant.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			var row strings.Builder
			for i := range values {
				fmt.Fprintf(&row, "%s=%v ", columns[i], *values[i].(*any))
			}
			all[table] = append(all[table], row.String())
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(all[table])
	}
	read("merchants", "SELECT * FROM merchants WHERE id = ?")
	for _, table := range tables {
		read(table, "SELECT * FROM "+table+" WHERE merchant_id = ?")
	}
	return all
}

// reached is how far a sequence has counted.
type reached struct {
	last   int64
	called bool
}

// sequences are where those of Postgres stand that count a merchant's rows.
func (s *Store) sequences(t *testing.T) map[string]reached {
	t.Helper()
	all := map[string]reached{}
	if s.dialect != postgres {
		return all
	}
	var names []string
	s.schema(t, "SELECT sequencename FROM pg_sequences WHERE schemaname = CURRENT_SCHEMA()", "", func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	})
	for _, name := range names {
		var p reached
		if err := s.writer.QueryRow("SELECT last_value, is_called FROM "+name).Scan(&p.last, &p.called); err != nil {
			t.Fatal(err)
		}
		all[name] = p
	}
	return all
}

// setSequences puts them back, so that the other merchant's rows get the same IDs.
func (s *Store) setSequences(t *testing.T, all map[string]reached) {
	t.Helper()
	for name, p := range all {
		if _, err := s.writer.Exec("SELECT setval($1, $2, $3)", name, p.last, p.called); err != nil {
			t.Fatal(err)
		}
	}
}

// A merchant who names another's store, by whatever mistake, meets nothing: as if there were no such store.
func TestAnothersStoreIsNone(t *testing.T) {
	ctx := context.Background()
	for name, database := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			s := open(t, database(t))
			tables := s.withMerchants(t)
			victim, thief := &life{Store: s, scale: 1}, &life{Store: s, scale: 3}
			steps := slices.Clone(apartSteps)
			first := slices.IndexFunc(steps, func(s step) bool { return s.method == "Merchants" })
			for _, step := range steps[:first] {
				if a := victim.do(step); a.Err != "" {
					t.Fatalf("%s: %s", step.method, a.Err)
				}
			}
			var err error
			if thief.merchant, err = s.CreateMerchant(ctx, Merchant{Name: "Thief", Currency: "EUR", Zone: "Europe/Berlin"}); err != nil {
				t.Fatal(err)
			}
			before := victim.rows(t, tables)
			const nobodys = 987_654
			for _, step := range steps {
				if slices.Contains([]string{"CreateMerchant", "RemoveMerchant", "UpdateMerchant", "SaveConnection", "SaveGrant", "StartRun"}, step.method) {
					continue // they name no store, or the one that they make
				}
				answers := map[int64]answered{}
				for _, id := range []int64{victim.conn.ID, nobodys} {
					try := *thief
					try.grant, try.conn, try.number = victim.grant, victim.conn, victim.number
					try.conn.ID, try.second.ID, try.runs = id, id, []Run{{ID: victim.runs[0].ID, MerchantID: thief.merchant.ID}}
					if id == nobodys {
						try.grant.ID, try.runs[0].ID = nobodys, nobodys
					}
					a := try.do(step)
					for _, theirs := range []int64{try.conn.ID, try.grant.ID, try.runs[0].ID} {
						a.Err = strings.ReplaceAll(a.Err, strconv.FormatInt(theirs, 10), "ID")
					}
					answers[id] = a
					for _, table := range tables { // what it may have left under its own name is not asked about here
						if _, err := s.writer.Exec(s.rewrite("DELETE FROM "+table+" WHERE merchant_id = ?"), thief.merchant.ID); err != nil {
							t.Fatal(err)
						}
					}
				}
				if diff := cmp.Diff(answers[nobodys], answers[victim.conn.ID], ids, cmp.AllowUnexported(Mark{}, Hint{})); diff != "" {
					t.Errorf("%s (-of no store +of another's):\n%s", step.method, diff)
				}
				if diff := cmp.Diff(before, victim.rows(t, tables)); diff != "" {
					t.Fatalf("%s changed another's rows:\n%s", step.method, diff)
				}
			}
		})
	}
}

// A new method of the store is a new way to meet another merchant's rows: it needs a step above.
func TestEveryMethodIsTriedWithTwoMerchants(t *testing.T) {
	tried := map[string]bool{}
	for _, s := range apartSteps {
		tried[s.method] = true
	}
	for _, name := range nobodysMethods {
		if tried[name] {
			t.Errorf("%s is about no merchant and about one", name)
		}
		tried[name] = true
	}
	have := map[string]bool{}
	methods := reflect.TypeFor[*Store]()
	for i := range methods.NumMethod() {
		have[methods.Method(i).Name] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(have)), slices.Sorted(maps.Keys(tried))); diff != "" {
		t.Errorf("Store's methods (-there are +tried):\n%s", diff)
	}
}
