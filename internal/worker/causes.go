package worker

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/kpi"
)

// markedDays are the marked days of each measure, by cause and in order: so that why a window moved is looked up, however many days of
// it are marked.
type markedDays map[kpi.Measure][]daysBy

type daysBy struct {
	cause kpi.Cause
	days  []period.Day
}

func (m markedDays) add(mark store.Mark) {
	all := m[mark.Measure]
	i := slices.IndexFunc(all, func(d daysBy) bool { return d.cause == mark.Cause })
	if i < 0 {
		i = len(all)
		all = append(all, daysBy{cause: mark.Cause})
	}
	all[i].days = append(all[i].days, mark.Day)
	m[mark.Measure] = all
}

func (m markedDays) sort() {
	for _, all := range m {
		for i := range all {
			slices.Sort(all[i].days)
			all[i].days = slices.Compact(all[i].days) // channels have marks of their own
		}
	}
}

// news is what a cause did to a measure: on how many days, and the first of them.
type news struct {
	cause   kpi.Cause
	measure kpi.Measure
	first   period.Day
	days    int
}

// within is what the cause did in a run of days.
func (d daysBy) within(run period.Days) (n news, some bool) {
	i := sort.Search(len(d.days), func(i int) bool { return d.days[i] >= run.From })
	j := sort.Search(len(d.days), func(i int) bool { return d.days[i] >= run.To })
	if i >= j {
		return news{}, false
	}
	return news{cause: d.cause, first: d.days[i], days: j - i}, true
}

// tell says in words why a figure moved: "late refund: net sales of 2026-11-03 and 2 more days". What has no cause is told where
// nothing else has.
func tell(all []news) string {
	if len(all) == 0 {
		return ""
	}
	slices.SortStableFunc(all, func(a, b news) int {
		switch {
		case a.cause.Before(b.cause):
			return -1
		case b.cause.Before(a.cause):
			return 1
		}
		return 0
	})
	var told []string
	last := kpi.Cause("")
	for i, n := range all {
		if i > 0 && (n.cause == last || n.cause == "") {
			continue
		}
		last = n.cause
		told = append(told, n.cause.Because(n.String()))
	}
	return kpi.JoinCauses(told)
}

func (n news) String() string {
	text := fmt.Sprintf("%s of %s", strings.ReplaceAll(string(n.measure), "_", " "), n.first)
	switch {
	case n.days == 2:
		text += " and another day"
	case n.days > 2:
		text += fmt.Sprintf(" and %d more days", n.days-1)
	}
	return text
}
