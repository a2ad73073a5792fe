package shopify

import (
	"net/http"

	"fourfold/internal/sim/host"
)

// storageHost is where bulk results are downloaded from. It knows no Shopify tokens.
const storageHost = "storage.googleapis.com"

func newAuthority() *host.Authority {
	return host.NewAuthority("Shopify", "*.myshopify.com", storageHost)
}

// CA is the authority's certificate in PEM, for a client in another process.
func (s *Server) CA() []byte { return s.tls.PEM() }

// Transport dials the simulation for the hosts that it plays, and none else.
func (s *Server) Transport() http.RoundTripper { return host.Transport(s.Addr, s.CA()) }

// Client is an http.Client over Transport.
func (s *Server) Client() *http.Client { return &http.Client{Transport: s.Transport()} }

// TransportTo is Transport for a simulation in another process, by its address and its authority's PEM.
func TransportTo(addr string, ca []byte) http.RoundTripper {
	return host.Transport(func() string { return addr }, ca)
}
