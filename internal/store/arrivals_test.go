package store

import (
	"sync"
	"testing"

	"fourfold/internal/store/storetest"
)

// Who arrives in several windows at once for the first time is one person; another with the same name is somebody else.
func TestArrivalsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := withMerchants(t, open(t, dsn), 1)
		var wg sync.WaitGroup
		for i := range 8 {
			arrives := "shopify/tea.myshopify.com"
			if i%2 == 1 {
				arrives = "shopify/coffee.myshopify.com"
			}
			wg.Go(func() {
				p, err := s.Arrive(t.Context(), 1, arrives, "The shop")
				if err != nil || p.Arrives != arrives || p.Admin {
					t.Errorf("%+v, %v", p, err)
				}
			})
		}
		wg.Wait()
		people, err := s.People(t.Context())
		if err != nil || len(people) != 2 || people[0].Name != "the shop" || people[1].Name != "the shop (2)" {
			t.Errorf("%+v, %v", people, err)
		}
		members, err := s.Members(t.Context(), 1)
		if err != nil || len(members) != 2 || members[0].Role != Operator {
			t.Errorf("%+v, %v", members, err)
		}
	})
}
