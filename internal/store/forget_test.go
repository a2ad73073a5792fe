package store

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"fourfold/internal/period"
	"fourfold/internal/store/storetest"
	"fourfold/kpi"
)

// What is forgotten leaves no row, but a mark for the whole merchant on each day on which it counted for anything.
func TestForgettingOneOfTwoStores(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := world(t, dsn)
		other := s.another(1)
		other.save("orders", page(hour(1), bought("1", "c", day(3))...))
		own := kpi.Scope{Connection: s.connection.ID}
		for _, scope := range []kpi.Scope{kpi.Whole, own, {Connection: s.connection.ID, Channel: "web"}, {Connection: other.connection.ID}} {
			if _, err := s.PutTarget(ctx, s.merchant.ID, kpi.Target{KPI: "aov", Scope: scope, Grain: period.Daily, Anchors: kpi.Anchors{Green: 2, Red: 1}}); err != nil {
				t.Fatal(err)
			}
		}
		days := s.values("SELECT DISTINCT day FROM totals WHERE connection_id = ? AND measure = 'net_sales' ORDER BY day", s.connection.ID)
		marks, err := s.Marks(ctx, s.merchant.ID, testNow)
		if err == nil {
			err = s.ClearMarks(ctx, s.merchant.ID, marks)
		}
		s.told(period.Date(2026, 11, 1))
		if err == nil {
			err = s.EraseConnection(ctx, s.merchant.ID, s.connection.ID, ActorWebhook)
		}
		if err != nil {
			t.Fatal(err)
		}
		if left := s.ofConnection(s.connection.ID); left != nil {
			t.Errorf("left of the store: %v", left)
		}
		s.want(fmt.Sprintf(" store:%d", other.connection.ID), "SELECT scope FROM targets ORDER BY scope")
		s.want(days, "SELECT day FROM marks WHERE connection_id = 0 AND measure = 'net_sales' ORDER BY day")
		s.want("store erased", "SELECT DISTINCT cause FROM marks WHERE day < '2026-11-01'")
		s.want("6", "SELECT CAST(COUNT(DISTINCT day) AS TEXT) FROM marks WHERE connection_id = 0 AND measure = 'customers'")
		entries, err := s.AuditEntries(ctx, s.merchant.ID, 1)
		if err != nil || len(entries) != 1 || entries[0].Action != AuditErasure || entries[0].Actor != ActorWebhook {
			t.Errorf("audit: %+v, %v", entries, err)
		}
		// The last store leaves nobody to be judged.
		if err := s.Forget(ctx, s.merchant.ID, other.connection.ID); err != nil {
			t.Fatal(err)
		}
		s.want("0", "SELECT CAST(COUNT(*) AS TEXT) FROM marks")
	})
}

// ofConnection lists the tables that hold anything of a connection.
func (s *shop) ofConnection(id int64) []string {
	s.t.Helper()
	tables := "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'connection_id' ORDER BY 1"
	if s.dialect == postgres {
		tables = "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'connection_id' ORDER BY 1"
	}
	all := strings.Fields(s.values(tables))
	if len(all) < 25 {
		s.t.Fatalf("only %d tables were seen", len(all))
	}
	var held []string
	for _, table := range all {
		if s.values("SELECT CAST(COUNT(*) AS TEXT) FROM "+table+" WHERE connection_id = ?", id) != "0" {
			held = append(held, table)
		}
	}
	return held
}
