package shopify

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"
)

// storageHost is where bulk results are downloaded from. It knows no Shopify tokens.
const storageHost = "storage.googleapis.com"

// authority is a certificate authority of the simulation's own, with one certificate for the hosts that it plays.
type authority struct {
	root *x509.Certificate
	pem  []byte
	cert tls.Certificate
}

func newAuthority() *authority {
	must := func(err error) {
		if err != nil {
			panic("shopify: " + err.Error())
		}
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	from, to := time.Now().Add(-24*time.Hour), time.Now().Add(365*24*time.Hour)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Simulated Shopify CA"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, root, root, &rootKey.PublicKey, rootKey)
	must(err)
	root, err = x509.ParseCertificate(der)
	must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Simulated Shopify"}, NotBefore: from, NotAfter: to,
		DNSNames: []string{"*.myshopify.com", storageHost}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, &key.PublicKey, rootKey)
	must(err)
	return &authority{
		root: root,
		pem:  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		cert: tls.Certificate{Certificate: [][]byte{leafDER, der}, PrivateKey: key},
	}
}

func (a *authority) server() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

// CA is the authority's certificate in PEM, for a client in another process.
func (s *Server) CA() []byte { return s.tls.pem }

// Transport dials the simulation for the hosts that it plays, whatever their names resolve to, and trusts only its authority. For
// any other host the handshake fails: nothing leaves the machine.
func (s *Server) Transport() http.RoundTripper { return transport(s.Addr, s.CA()) }

// Client is an http.Client over Transport.
func (s *Server) Client() *http.Client { return &http.Client{Transport: s.Transport()} }

// TransportTo is Transport for a simulation in another process, by its address and its authority's PEM.
func TransportTo(addr string, ca []byte) http.RoundTripper {
	return transport(func() string { return addr }, ca)
}

func transport(addr func() string, ca []byte) http.RoundTripper {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, addr())
		},
		TLSClientConfig:     &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     30 * time.Second,
	}
}

// quiet drops what net/http says about connections that clients and faults broke off, but not that a handler panicked.
func quiet() *log.Logger { return log.New(panics{}, "", log.LstdFlags) }

type panics struct{}

func (panics) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("panic serving")) {
		return os.Stderr.Write(p)
	}
	return len(p), nil
}
