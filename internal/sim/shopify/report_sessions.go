package shopify

import (
	"cmp"
	"slices"
	"strconv"
)

// answerSessions sums the rows of sessions by what they are grouped by. TIMESERIES fills the days on which a group had none.
func (x *exec) answerSessions(q *qlQuery, a *qlAnswer) {
	type key struct {
		day   string
		group [5]string
	}
	days := q.days()
	if len(days) == 0 {
		return
	}
	sums := map[key]*SessionsDay{}
	groups := map[[5]string]bool{}
	if len(q.group) == 0 {
		groups[[5]string{}] = true
	}
	for i := range x.srv.shop.Sessions {
		r := &x.srv.shop.Sessions[i]
		if r.Day < days[0] || r.Day > days[len(days)-1] {
			continue
		}
		k := key{}
		for n, g := range q.group {
			k.group[n] = r.dimension(g)
		}
		groups[k.group] = true
		if q.byDay {
			k.day = r.Day
		}
		s := sums[k]
		if s == nil {
			s = &SessionsDay{}
			sums[k] = s
		}
		s.Sessions += r.Sessions
		s.Visitors += r.Visitors
		s.CartAdds += r.CartAdds
		s.Reached += r.Reached
		s.Completed += r.Completed
		s.Bounced += r.Bounced
		s.Seconds += r.Seconds
	}
	var order [][5]string
	for g := range groups {
		order = append(order, g)
	}
	slices.SortFunc(order, func(p, q [5]string) int { return slices.Compare(p[:], q[:]) })
	if !q.byDay {
		days = []string{""}
	}
	for _, d := range days {
		for _, g := range order {
			s := cmp.Or(sums[key{d, g}], &SessionsDay{})
			row := map[string]string{}
			if q.byDay {
				row["day"] = d
			}
			for n, name := range q.group {
				row[name] = g[n]
			}
			for _, m := range q.show {
				row[m] = s.value(m)
			}
			a.rows = append(a.rows, row)
		}
	}
}

func (r *SessionsDay) dimension(name string) string {
	switch name {
	case "landing_page_path":
		return r.Landing
	case "referrer_source":
		return r.Source
	case "utm_campaign":
		return r.UTMCampaign
	case "utm_medium":
		return r.UTMMedium
	}
	return r.UTMSource
}

func (r *SessionsDay) value(metric string) string {
	share := func(n float64) string {
		if r.Sessions == 0 {
			return "0.0"
		}
		return strconv.FormatFloat(n/float64(r.Sessions), 'f', -1, 64)
	}
	switch metric {
	case "sessions":
		return strconv.Itoa(r.Sessions)
	case "online_store_visitors":
		return strconv.Itoa(r.Visitors)
	case "sessions_with_cart_additions":
		return strconv.Itoa(r.CartAdds)
	case "sessions_that_reached_checkout":
		return strconv.Itoa(r.Reached)
	case "sessions_that_completed_checkout":
		return strconv.Itoa(r.Completed)
	case "conversion_rate":
		return share(float64(r.Completed))
	case "bounce_rate":
		return share(float64(r.Bounced))
	}
	return share(float64(r.Seconds))
}
