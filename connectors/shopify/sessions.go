package shopify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// sessions of the online store by day and origin. Visitors who withhold consent or block scripts are not among them, and a session
// ends at midnight UTC, wherever the shop is.
var sessions = report{
	id: "sessions", title: "sessions", begins: period.Date(2022, time.October, 1), chunk: 92,
	query: func(first, last period.Day) string {
		return sessionsQuery("WHERE human_or_bot_session = 'human' ", first, last)
	},
	plain: func(first, last period.Day) string { return sessionsQuery("", first, last) },
	row:   sessionsOf,
	merge: mergeSessions,
}

func sessionsQuery(where string, first, last period.Day) string {
	return fmt.Sprintf("FROM sessions SHOW sessions, sessions_with_cart_additions, sessions_that_reached_checkout, sessions_that_completed_checkout "+
		"%sGROUP BY referrer_source, utm_medium, utm_campaign TIMESERIES day SINCE %s UNTIL %s LIMIT %d", where, first, last, reportRows)
}

func sessionsOf(cells map[string]string, _ string) (fact.Record, error) {
	day, err := dayCell(cells)
	if err != nil {
		return nil, err
	}
	f := fact.SessionsDay{Day: day, Source: snake(cells["referrer_source"]), Medium: tag(cells["utm_medium"]), Campaign: tag(cells["utm_campaign"])}
	for name, into := range map[string]*int64{
		"sessions": &f.Sessions, "sessions_with_cart_additions": &f.Carts,
		"sessions_that_reached_checkout": &f.ReachedCheckout, "sessions_that_completed_checkout": &f.Completed,
	} {
		if *into, err = wholeCell(cells, name); err != nil {
			return nil, err
		}
	}
	// What was searched for is not told, so that of the branded visits only the direct ones are known.
	f.Branded = f.Source == "direct" && !paid(f.Medium)
	return f, nil
}

// paid says whether a medium is bought, as links name it.
func paid(medium string) bool {
	m := lower(medium)
	return strings.HasPrefix(m, "cp") || strings.Contains(m, "ppc") || strings.Contains(m, "paid") || strings.Contains(m, "display") ||
		strings.Contains(m, "banner") || strings.Contains(m, "affiliate")
}

// wholeCell reads a count; an empty cell is a count of none.
func wholeCell(cells map[string]string, name string) (int64, error) {
	s, ok := cells[name]
	if !ok || s == "" {
		return 0, nil
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0") != "" {
		return 0, fmt.Errorf("%s: %q is not a count", name, clean(s))
	}
	return n, nil
}

// mergeSessions adds up rows that differed only in what is not kept of them. It leaves out the days on which an origin had no visit:
// Shopify fills them in for every origin that occurs among the days asked for, so that they tell of the question and not of the day.
func mergeSessions(rows []fact.Record) []fact.Record {
	type origin struct {
		day                            period.Day
		source, host, medium, campaign string
	}
	at := map[origin]int{}
	var out []fact.Record
	for _, r := range rows {
		f, ok := r.(fact.SessionsDay)
		if !ok || f.Sessions == 0 && f.Carts == 0 && f.ReachedCheckout == 0 && f.Completed == 0 {
			continue
		}
		o := origin{f.Day, f.Source, f.Host, f.Medium, f.Campaign}
		i, seen := at[o]
		if !seen {
			at[o] = len(out)
			out = append(out, f)
			continue
		}
		sum := out[i].(fact.SessionsDay)
		sum.Sessions += f.Sessions
		sum.Carts += f.Carts
		sum.ReachedCheckout += f.ReachedCheckout
		sum.Completed += f.Completed
		out[i] = sum
	}
	return out
}
