package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"fourfold/internal/store"
)

// Attempts to sign in are slowed by the name that is tried and by where they come from. So many failures cost nothing; from then on each
// doubles the wait, up to a limit. What has failed is forgotten bit by bit, so that a slip a day adds up to nothing.
const (
	freeTries = 5
	firstWait = 2 * time.Second
	mostWait  = 15 * time.Minute
	// An address is shared by an office, and is given so many times as much.
	anOffice = 10
)

// slow is the rule for a subject that is shared by so many.
func slow(sharers int) func(failures int, since time.Duration) (int, time.Duration) {
	return func(failures int, since time.Duration) (int, time.Duration) {
		left := max(failures-int(max(since, 0)/(mostWait/time.Duration(sharers))), 0)
		return left, waitFor(left/sharers) - since
	}
}

// waitFor is how long after its last failure a subject has to wait.
func waitFor(failures int) time.Duration {
	if failures < freeTries {
		return 0
	}
	return min(firstWait<<min(failures-freeTries, 20), mostWait)
}

// subjects are what attempts to sign in are counted by, as hashes: the name, and where from.
func (v *visit) subjects(name string) [2]store.Slowed {
	return [2]store.Slowed{
		{Subject: digest("name " + store.SignInName(name)), Rule: slow(1)},
		{Subject: digest("from " + v.site.from(v.r)), Rule: slow(anOffice)},
	}
}

// attempt counts one more attempt by a name, and says how long there is to wait if it may not be made.
func (v *visit) attempt(name string) (wait time.Duration, err error) {
	s := v.subjects(name)
	return v.site.Store.Attempt(v.r.Context(), s[0], s[1])
}

// wentWell forgets what failed before by that name, and takes back the attempt that was counted for where it came from.
func (v *visit) wentWell(name string) error {
	s := v.subjects(name)
	return v.site.Store.WentWell(v.r.Context(), s[0].Subject, s[1].Subject)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// from is where a request comes from. What the operator's proxy says of that is believed, and of it the last only, which is what the proxy
// itself saw: the rest is what the visitor claims. A proxy is whoever is on this machine; and where browsers come by HTTPS, which this
// program does not speak, whoever is in the same private network. Of IPv6 a household has 64 bits to choose from.
func (s *Site) from(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	peer = peer.Unmap()
	if peer.IsLoopback() || s.secure() && (peer.IsPrivate() || peer.IsLinkLocalUnicast()) {
		if told := r.Header.Values("X-Forwarded-For"); len(told) > 0 {
			list := strings.Split(told[len(told)-1], ",")
			if ip, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
				peer = ip.Unmap()
			}
		}
	}
	if peer.Is6() {
		return netip.PrefixFrom(peer.WithZone(""), 64).Masked().String()
	}
	return peer.String()
}
