package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
)

// publicFields are where webhooks come in: an address of this machine, and what the provider knows.
var publicFields = []field{
	{"listen", "Where `fourfold run` serves the pages and webhooks, and `work` webhooks if it is set; off for nowhere. Put a proxy that ends TLS before it.", DefaultListen, false, func(c *Config, s string) error {
		if s == "off" {
			c.Listen = ""
			return nil
		}
		if host, port, err := net.SplitHostPort(s); err != nil || !listenable(s) || port == "0" || strings.ContainsAny(host, "/ ") {
			return errors.New("expected an address and a port such as 127.0.0.1:8378, or off")
		}
		c.Listen = s
		return nil
	}},
	{"public_url", "How browsers and Shopify reach it from outside: HTTPS.", "https://fourfold.example.com", false, func(c *Config, s string) error {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || thisMachine(u.Hostname()) {
			return errors.New("expected an address that is reached from outside, such as https://fourfold.example.com")
		}
		c.PublicURL = strings.TrimRight(s, "/")
		return nil
	}},
}

// DefaultListen is where the pages are, if nobody says otherwise: on this machine alone.
const DefaultListen = "127.0.0.1:8378"

// Base is how browsers reach the pages: the public address, or else the one that is listened on.
func (c Config) Base() string {
	if c.PublicURL != "" {
		return c.PublicURL
	}
	if c.Listen == "" {
		return "http://" + DefaultListen // where they will be once they are served
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if ip, bad := netip.ParseAddr(host); err == nil && (host == "" || bad == nil && ip.IsUnspecified()) {
		return "http://" + net.JoinHostPort("127.0.0.1", port)
	}
	return "http://" + c.Listen
}

// loopback says whether plain HTTP to a host stays on this machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// thisMachine says whether a host is one that only this machine, or its own cable, can mean by it: no provider's webhook comes there.
func thisMachine(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	ip, err := netip.ParseAddr(host)
	return loopback(host) || strings.HasSuffix(host, ".localhost") || err == nil && (ip.IsUnspecified() || ip.Unmap().IsLinkLocalUnicast())
}

// Private says whether PublicURL is an address of a private network. Whoever tries things out in one may want that; from the internet
// nothing comes there.
func (c Config) Private() bool {
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.Unmap().IsPrivate()
}

// clashes names addresses that cannot both be had.
func (c Config) clashes(file string) Faults {
	if c.Listen == "" || c.MetricsListen == "" || !sameAddress(c.Listen, c.MetricsListen) {
		return nil
	}
	return Faults{{File: filepath.Base(file), Field: "metrics_listen", Value: c.MetricsListen, Text: "listen has that port: one of the two must be another, since /metrics is not for the public"}}
}

// sameAddress says whether who listens on one address is in the way of who listens on the other.
func sameAddress(one, other string) bool {
	host1, port1, err1 := net.SplitHostPort(one)
	host2, port2, err2 := net.SplitHostPort(other)
	every := func(host string) bool {
		ip, err := netip.ParseAddr(host)
		return host == "" || err == nil && ip.IsUnspecified()
	}
	return err1 == nil && err2 == nil && port1 == port2 && port1 != "0" && (host1 == host2 || every(host1) || every(host2) || loopback(host1) && loopback(host2))
}
