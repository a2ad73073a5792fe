package shopify

import (
	"net/url"
	"strings"

	"fourfold/internal/fact"
)

// visit is a session before an order. The addresses in it can hold people's data: only host and utm_ parameters leave this file.
type visit struct {
	Source   string  `json:"source"`
	Referrer *string `json:"referrerUrl"`
	Landing  *string `json:"landingPage"`
	Referral *string `json:"referralCode"`
	UTM      *struct {
		Source   *string `json:"source"`
		Medium   *string `json:"medium"`
		Campaign *string `json:"campaign"`
	} `json:"utmParameters"`
}

type journey struct {
	Ready bool   `json:"ready"`
	First *visit `json:"firstVisit"`
	Last  *visit `json:"lastVisit"`
}

// fact keeps of a visit what may be kept. Where Shopify did not read the utm_ parameters, those of the landing page stand in.
func (v *visit) fact() fact.Visit {
	if v == nil {
		return fact.Visit{}
	}
	out := fact.Visit{Host: hostOnly(text(v.Referrer))}
	if v.UTM != nil {
		out.Source, out.Medium, out.Campaign = tag(text(v.UTM.Source)), tag(text(v.UTM.Medium)), tag(text(v.UTM.Campaign))
	}
	if out.Source == "" && out.Medium == "" && out.Campaign == "" {
		q := queryOf(text(v.Landing))
		out.Source, out.Medium, out.Campaign = tag(q.Get("utm_source")), tag(q.Get("utm_medium")), tag(q.Get("utm_campaign"))
	}
	return out
}

// referred says whether somebody sent the visitor: by a code, or by a link that calls itself a referral.
func (v *visit) referred() bool {
	if v == nil {
		return false
	}
	if text(v.Referral) != "" {
		return true
	}
	f := v.fact()
	return strings.Contains(lower(f.Source), "referral") || strings.Contains(lower(f.Medium), "referral")
}

// hostOnly is the host of an address, lower case and without port; "" if there is none.
func hostOnly(address string) string {
	if address == "" {
		return ""
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := lower(strings.TrimSuffix(u.Hostname(), "."))
	if strings.ContainsAny(host, "@/?#&=% ") {
		return ""
	}
	return host
}

func queryOf(address string) url.Values {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	return u.Query()
}

// tag is a utm_ parameter's value, cut to what is a label: some mail tools put addresses of people into them.
func tag(s string) string {
	s = clean(s)
	if strings.Contains(s, "@") || strings.Contains(s, "://") {
		return ""
	}
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100])
	}
	return s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
