package main

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
)

// forgery is a callback that the provider did not send, or not for this link, or not now.
type forgery struct {
	name, address string
	query         url.Values
}

// forge makes callbacks for the link that has begun with address. Those that are signed are signed rightly: what an attacker may get by
// replaying a callback of another link, or of another time, or of a shop of their own with the same app.
func forge(t testing.TB, address string, now time.Time) []forgery {
	t.Helper()
	asked, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	back := asked.Query().Get("redirect_uri")
	good := func() url.Values {
		return url.Values{
			"code": {"c0de0f4f0rger"}, "host": {"YWRtaW4uc2hvcGlmeS5jb20"}, "shop": {"small.myshopify.com"},
			"state": {asked.Query().Get("state")}, "timestamp": {strconv.FormatInt(now.Unix(), 10)},
		}
	}
	var all []forgery
	add := func(name string, signed bool, change func(url.Values)) {
		v := good()
		change(v)
		switch {
		case signed:
			v.Set("hmac", sim.Sign(v, stageSecret))
		case !v.Has("hmac"):
			v.Set("hmac", sim.Sign(v, "another secret"))
		}
		all = append(all, forgery{name, back + "?" + v.Encode(), v})
	}
	put := func(name, value string) func(url.Values) { return func(v url.Values) { v.Set(name, value) } }
	ago := func(d time.Duration) string { return strconv.FormatInt(now.Add(-d).Unix(), 10) }

	add("another secret's signature", false, func(url.Values) {})
	add("a signature that is none", false, put("hmac", "0000"))
	add("another state", true, put("state", "c3RhdGUtb2YtYW5vdGhlci1saW5r"))
	add("no state", true, func(v url.Values) { v.Del("state") })
	add("an old timestamp", true, put("timestamp", ago(10*time.Minute)))
	add("a timestamp of the future", true, put("timestamp", ago(-10*time.Minute)))
	add("another shop", true, put("shop", "other.myshopify.com"))
	add("a shop on another host", true, put("shop", "small.myshopify.com.evil.example"))
	add("a shop with a path", true, put("shop", "small.myshopify.com/../evil"))
	add("a parameter that is not known", true, put("next", "https://evil.example"))
	for _, name := range []string{"shop", "state", "code", "hmac"} {
		add(name+" twice", true, func(url.Values) {})
		last := &all[len(all)-1]
		last.address += "&" + name + "=" + url.QueryEscape("small.myshopify.com")
	}
	return all
}
