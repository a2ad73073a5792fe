// Package connectortest is the suite that every connector passes. It knows no provider: it declares, links, probes and pulls as
// the house does, against an account that the connector's own test provides, and holds the connector to what package connectors
// promises to the store.
package connectortest
