package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"fourfold/connectors"
)

// secure says whether browsers come by HTTPS, which the operator's proxy ends.
func (s *Site) secure() bool { return strings.HasPrefix(s.Base, "https://") }

// near says whether browsers come from this machine only.
func (s *Site) near() bool {
	u, err := url.Parse(s.Base)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// callbackAddress is where providers send the merchant's browser back to.
func (s *Site) callbackAddress(connector string) string { return s.Base + "/callback/" + connector }

// localhost is an address of this site by the other name of this machine, which some providers want; "" where the site is elsewhere.
func (s *Site) localhost(address string) string {
	const one, other = "http://127.0.0.1:", "http://localhost:"
	if !strings.HasPrefix(s.Base, one) {
		return ""
	}
	return strings.Replace(address, one, other, 1)
}

// comesBack says whether who is sent to an address comes back to this site by itself.
func (s *Site) comesBack(c connectors.Connector, redirect string) bool {
	own := s.callbackAddress(c.ID)
	return redirect == own || redirect == s.localhost(own)
}

// byName sends a visitor who came to localhost to the address of the site, where they are signed in.
func (s *Site) byName(next http.Handler) http.Handler {
	other := strings.TrimPrefix(s.localhost(s.Base), "http://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if other != "" && r.Host == other && r.Method == http.MethodGet {
			http.Redirect(w, r, s.Base+r.URL.RequestURI(), http.StatusSeeOther)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// returnable says whether a provider can send a browser back to an address.
func returnable(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}
