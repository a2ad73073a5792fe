package kpi

import (
	"fmt"
	"strings"
)

// unknown says that there is no such KPI, and which may have been meant.
func unknown(id ID, defs []KPI) string {
	best, most := ID(""), 0
	for _, k := range defs {
		if n := sharedWords(string(id), string(k.ID)); n > most {
			best, most = k.ID, n
		}
	}
	if best == "" {
		return fmt.Sprintf("%q is not a KPI: fourfold kpis lists them", id)
	}
	return fmt.Sprintf("%q is not a KPI: did you mean %s? fourfold kpis lists them", id, best)
}

func sharedWords(a, b string) int {
	n := 0
	for _, w := range strings.FieldsFunc(strings.ToLower(a), func(r rune) bool { return r == '_' || r == '-' || r == ' ' }) {
		for _, x := range strings.Split(b, "_") {
			if len(w) > 1 && w == x {
				n++
			}
		}
	}
	return n
}
