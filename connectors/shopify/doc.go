// Package shopify pulls a store from Shopify's GraphQL Admin API, version 2026-10.
//
// go-shopify is the pipe for requests, authorisation addresses and signatures. Beneath it lies our own RoundTripper, which
// paces by the points that Shopify reports and keeps what the library throws away; above it our own client, which turns what
// is left into faults. Tokens, shop names and bulk operations are ours, because the library has none of them or gets them wrong.
//
// Nothing personal is asked for: of a customer the ID and dates, of an address nothing, of a URL the host and utm_ parameters.
package shopify
