// Package host puts simulated providers on loopback HTTPS under the names of the real ones.
package host

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

// Authority is a certificate authority of a simulation's own, with one certificate for the hosts that it plays.
type Authority struct {
	pem  []byte
	cert tls.Certificate
}

// NewAuthority makes the authority of a simulation by its name, for hosts such as *.example.com.
func NewAuthority(name string, hosts ...string) *Authority {
	must := func(err error) {
		if err != nil {
			panic("simulated " + name + ": " + err.Error())
		}
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	from, to := time.Now().Add(-24*time.Hour), time.Now().Add(365*24*time.Hour)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Simulated " + name + " CA"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, root, root, &rootKey.PublicKey, rootKey)
	must(err)
	root, err = x509.ParseCertificate(der)
	must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Simulated " + name}, NotBefore: from, NotAfter: to,
		DNSNames: hosts, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, &key.PublicKey, rootKey)
	must(err)
	return &Authority{
		pem:  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		cert: tls.Certificate{Certificate: [][]byte{leafDER, der}, PrivateKey: key},
	}
}

// Server is how a server proves to be one of the hosts.
func (a *Authority) Server() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

// PEM is the authority's certificate.
func (a *Authority) PEM() []byte { return a.pem }

// Transport dials a simulation for the hosts that it plays, whatever their names resolve to, and trusts only its authority. For any other
// host the handshake fails: nothing leaves the machine.
func Transport(addr func() string, ca []byte) http.RoundTripper {
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

// Quiet drops what net/http says about connections that clients and faults broke off, but not that a handler panicked.
func Quiet() *log.Logger { return log.New(panics{}, "", log.LstdFlags) }

type panics struct{}

func (panics) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("panic serving")) {
		return os.Stderr.Write(p)
	}
	return len(p), nil
}
