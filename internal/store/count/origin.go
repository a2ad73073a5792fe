package count

import (
	"slices"
	"strings"

	"fourfold/internal/fact"
	"fourfold/kpi"
)

// Totals of orders by where they came from: the part is a fact.WebChannel.
const (
	OriginOrders kpi.Measure = "origin_orders"
	OriginNet    kpi.Measure = "origin_net_sales"
	OriginNew    kpi.Measure = "origin_new_customers"
)

// Channel groups a visit as the field does, by its utm_ first and else by the host it came from. ok is false for a visit of which nothing is
// known. Clicks on advertisements that are tagged by other parameters than utm_, which are not kept, look like searches.
func Channel(v fact.Visit) (c fact.WebChannel, ok bool) {
	if v == (fact.Visit{}) {
		return "", false
	}
	source, medium, host := strings.ToLower(v.Source), strings.ToLower(v.Medium), strings.ToLower(v.Host)
	from := site(source)
	if from == "" {
		from = site(host)
	}
	switch {
	case paid(medium):
		switch {
		case from == social || strings.Contains(medium, "social"):
			return fact.PaidSocial, true
		case from == search || strings.Contains(medium, "search"):
			return fact.PaidSearch, true
		}
		return fact.PaidOther, true
	case anyOf(medium, "email", "e-mail", "e_mail", "newsletter", "sms", "push", "whatsapp") || anyOf(source, "email", "newsletter", "klaviyo", "mailchimp", "omnisend", "sms"):
		return fact.Email, true
	case medium == "organic":
		return fact.OrganicSearch, true
	case strings.Contains(medium, "social") || medium == "sm":
		return fact.OrganicSocial, true
	case medium == "referral" || medium == "referrer":
		return fact.Referral, true
	case source == "direct" || source == "(direct)":
		return fact.Direct, true
	case from == search:
		return fact.OrganicSearch, true
	case from == social:
		return fact.OrganicSocial, true
	case from == mail:
		return fact.Email, true
	case source == "" && medium == "" && host != "":
		return fact.Referral, true
	}
	return fact.OtherChannel, true
}

// Sites that people come from.
const (
	search = "search"
	social = "social"
	mail   = "mail"
)

var (
	searchSites = []string{"google", "googleads", "adwords", "bing", "yahoo", "duckduckgo", "ecosia", "baidu", "yandex", "naver", "startpage", "qwant", "brave"}
	socialSites = []string{"facebook", "fb", "meta", "instagram", "ig", "tiktok", "pinterest", "youtube", "twitter", "x", "t", "linkedin", "lnkd", "snapchat", "reddit", "threads", "whatsapp"}
	mailSites   = []string{"mail.google.com", "mail.yahoo.com", "outlook.live.com", "outlook.office.com", "mail.proton.me", "webmail"}
)

// site says what kind of site a source or a host is; "" for any other. A host is known by the name before its suffix: www.google.co.uk is
// Google's, and notgoogle.com is not.
func site(name string) string {
	if name == "" {
		return ""
	}
	for _, m := range mailSites {
		if name == m || strings.HasPrefix(name, m+".") {
			return mail
		}
	}
	labels := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '_' || r == '-' || r == ' ' })
	known := func(sites []string) bool {
		for i, label := range labels {
			// Short names are names of sites by themselves or before a suffix, and words elsewhere.
			if slices.Contains(sites, label) && (len(label) > 2 || i == 0 || strings.Contains(name, label+".")) {
				return true
			}
		}
		return false
	}
	switch {
	case known(searchSites):
		return search
	case known(socialSites):
		return social
	}
	return ""
}

// paid says whether a medium is one that is paid for.
func paid(medium string) bool {
	return anyOf(medium, "cpc", "ppc", "cpm", "cpv", "cpa", "cpp", "display", "banner", "retargeting", "remarketing", "shopping", "ads", "ad", "sem") || strings.HasPrefix(medium, "paid")
}

// anyOf says whether one of the words of a text is one of the words.
func anyOf(text string, words ...string) bool {
	if slices.Contains(words, text) {
		return true
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' || r == '_' || r == '+' || r == ',' }) {
		if slices.Contains(words, part) {
			return true
		}
	}
	return false
}

// Origin is where an order came from: its last visit or, where that came by itself, its first. Visits that say nothing, of an order from the
// online store whose visits were worked out, came by themselves. ok is false where nothing is known: an order over the counter, or from a
// marketplace.
func (o *Order) Origin() (c fact.WebChannel, ok bool) {
	for _, v := range []fact.Visit{o.Last, o.First} {
		if c, ok = Channel(v); ok && c != fact.Direct {
			return c, true
		}
	}
	_, last := Channel(o.Last)
	_, first := Channel(o.First)
	if last || first || o.JourneyDone && (o.Channel == "online_store" || o.Channel == "web") {
		return fact.Direct, true
	}
	return "", false
}

// advertised says whether an order came by what is paid for.
func (o *Order) advertised() bool {
	c, _ := o.Origin()
	return c == fact.PaidSearch || c == fact.PaidSocial || c == fact.PaidOther
}

// sourced counts the order, and its ledger rows, by where it came from.
func (o *Order) sourced(t *Tally, rows []row) {
	c, ok := o.Origin()
	if !ok {
		return
	}
	t.Add(Key{Channel: o.Channel, Measure: kpi.OrdersSourced, Day: o.Day}, 1)
	t.Add(Key{Channel: o.Channel, Measure: OriginOrders, Day: o.Day, Part: string(c)}, 1)
	ads := o.advertised()
	for i := range rows {
		v := &rows[i]
		if !v.netSale() {
			continue
		}
		k := Key{Channel: o.Channel, Measure: OriginNet, Day: v.day, Part: string(c), Currency: o.Currency}
		t.Add(k, int64(v.net))
		if !ads {
			continue
		}
		k.Part = ""
		k.Measure = kpi.PaidNet
		t.Add(k, int64(v.net))
		if v.Line == fact.LineProduct && v.costed {
			k.Measure = kpi.PaidWithCost
			t.Add(k, int64(v.net))
			k.Measure = kpi.PaidCOGS
			t.Add(k, int64(v.costOfGoods()))
		}
	}
}
