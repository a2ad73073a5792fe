package shopify_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"fourfold/internal/sim/shopify"
)

// A store is made, served on loopback, asked over HTTPS through its own transport, and changed while it runs.
func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	clock := shopify.NewClock(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	shop, err := shopify.Generate(shopify.Config{Seed: 1, Orders: 100, Until: clock.Now(), Domain: "tea.myshopify.com"})
	if err != nil {
		fmt.Println(err)
		return
	}
	srv := shopify.New(shop, shopify.Options{Now: clock.Now})
	if err := srv.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	client := &http.Client{Transport: srv.Transport()}
	token := srv.IssueToken()
	ask := func() {
		req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "https://tea.myshopify.com/admin/api/2026-10/graphql.json",
			strings.NewReader(`{"query": "{ ordersCount(query: \"updated_at:>='2026-11-21T00:00:00Z'\") { count } }"}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Shopify-Access-Token", token)
		resp, err := client.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		data, _, _ := strings.Cut(string(body), `,"extensions"`)
		fmt.Println(data)
	}
	if err := srv.Change(func(s *shopify.Shop) error {
		for _, o := range s.Orders {
			o.UpdatedAt = min(o.UpdatedAt, shopify.At(clock.Now())-86400)
			s.Touch(o)
		}
		return nil
	}); err != nil {
		fmt.Println(err)
	}
	ask()
	clock.Advance(time.Hour)
	if err := srv.Change(func(s *shopify.Shop) error {
		return s.Cancel(s.Orders[len(s.Orders)-1], shopify.At(clock.Now()), shopify.Cancellation{Reason: "CUSTOMER"})
	}); err != nil {
		fmt.Println(err)
	}
	ask()
	// Output:
	// {"data":{"ordersCount":{"count":0}}
	// {"data":{"ordersCount":{"count":1}}
}
