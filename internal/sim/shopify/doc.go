// Package shopify simulates one Shopify store: its Admin GraphQL API of version 2026-10, its OAuth endpoints and the storage host
// that bulk results are downloaded from, over HTTPS on loopback.
//
// It exists so that a connector can be run against something that refuses what Shopify refuses. The connector must not be able to
// tell it from the real thing by the parts it uses: queries are validated against a schema (a subset of the official one), cost is
// charged to a leaky bucket, scopes and the 60-day wall hold, searches warn instead of failing, bulk results come scrambled, and
// every fault a provider has on a bad day can be switched on.
//
// It knows nothing of whoever calls it. model.go holds the store's data, ledger.go and change*.go say how a store's events alter
// them, and the rest is the server around it.
package shopify
