// Package transport is what every connector sends its requests through: an http.RoundTripper that spends the account's budget
// before it asks, keeps what the provider answered, sorts refusals into the faults of package connectors, and asks again where
// asking twice does no harm.
//
// It knows no provider. A connector hands it a Judge, which reads an answer, and puts a Call into each request's context, so
// that the story of a request survives whatever client library lies between.
package transport
