// Package shopify simulates one Shopify store: its Admin GraphQL API of version 2026-10, its OAuth endpoints and the storage host
// that bulk results are downloaded from, over HTTPS on loopback.
//
// It exists so that a connector can be run against something that refuses what Shopify refuses. The connector must not be able to
// tell it from the real thing by the parts it uses: queries are validated against a schema (a subset of the official one), cost is
// charged to a leaky bucket, scopes and the 60-day wall hold, searches warn instead of failing, bulk results come scrambled, and
// every fault a provider has on a bad day can be switched on.
//
// New makes a Server over a Shop (Generate makes one up, FromCSV reads one); Start or Serve listens; Transport is the RoundTripper that
// reaches it under the store's own name. Change alters the store while it runs, SetFaults breaks things, IssueToken and Uninstall stand
// for the merchant, and a Clock may stand for time. What changes is told to whoever subscribed to webhooks, Options.Webhooks says how well; Comply sends
// the requests of the law, and Hooks counts. Stats tells what was asked of it, and whether a token was sent where none belongs.
//
// Where Shopify's behaviour is not established, the harsher reading is served: a walk past 25,000 objects is refused, and a bulk query
// that sorts by UPDATED_AT loses records. What it does not simulate: REST, introspection, mutations other than those of bulk
// operations and webhook subscriptions, topics that nobody here asks for, filters of subscriptions, and differences between API versions: the older ones that it answers for are served with the newest schema.
//
// It knows nothing of whoever calls it. model.go holds the store's data, ledger.go and change*.go say how a store's events alter
// them, and the rest is the server around it.
package shopify
