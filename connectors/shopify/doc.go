// Package shopify pulls a store from Shopify's GraphQL Admin API, version 2026-10.
//
// go-shopify is the pipe for requests, authorisation addresses and signatures. Beneath it lies our own RoundTripper, which
// paces by the points that Shopify reports and keeps what the library throws away; above it our own client, which turns what
// is left into faults. Tokens, shop names and bulk operations are ours, because the library has none of them or gets them wrong.
//
// A stream is a feed: documents, an adapter of wire types, and a manner of reading (feed.go). One machine cuts bulk readings into
// slices that live in the cursor (bulk.go), one walks through pages (walk.go); both ask for what neither can give and add it to the
// page at hand (details.go). An order with its lines and ledger comes from one read. Refund lines and carriers' news cannot come in
// bulk: they are streams of their own, so that points spent on them hold up no order, and so that each can be cleared and read again.
//
// Nothing personal is asked for: of a customer the ID and dates, of an address nothing, of a URL the host and utm_ parameters.
package shopify
