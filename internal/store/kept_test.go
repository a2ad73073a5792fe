package store

import (
	"context"
	"testing"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/store/storetest"
)

// A provider blanks a line's product once that is deleted. What was sold stays known, else its cost and its product's history would
// vanish from closed days.
func TestADeletedProductStaysOnItsLines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := openShop(t, dsn)
		for read, product := range []string{"p1", "", "p2", ""} {
			s.save("orders", page(hour(read), fact.OrderLine{ID: "l", OrderID: "1", ProductID: product, VariantID: product, SKU: product}))
		}
		s.want("p2 p2 ", "SELECT product_id || ' ' || variant_id || ' ' || sku FROM order_lines")
	})
}

// Where the provider shows only its last days, what was pulled while it could be seen is still here when the wall has moved on; but
// not across a hole.
func TestTheWallDoesNotTakeWhatWasPulled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		s := openShop(t, dsn)
		reach := func(wall, complete int) time.Time {
			t.Helper()
			p := page(hour(complete))
			p.Proof = &connectors.Proof{Slice: "all", Started: hour(complete), CompleteTo: hour(complete)}
			s.save("orders", p)
			if err := s.SaveCapabilities(ctx, s.merchant.ID, s.connection.ID, []connectors.Capability{{ID: "all_orders", Since: hour(wall)}}); err != nil {
				t.Fatal(err)
			}
			caps, err := s.Capabilities(ctx, s.merchant.ID, s.connection.ID)
			if err != nil || len(caps) != 1 {
				t.Fatal(caps, err)
			}
			return caps[0].Since
		}
		for _, c := range []struct{ wall, complete, want int }{{10, 70, 10}, {12, 72, 10}, {60, 90, 10}, {95, 90, 95}} {
			if got := reach(c.wall, c.complete); !got.Equal(hour(c.want)) {
				t.Errorf("wall at %v, complete to %v: facts reach back to %v, want %v", hour(c.wall), hour(c.complete), got, hour(c.want))
			}
		}
	})
}
