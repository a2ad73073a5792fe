package web

import (
	"slices"
	"strings"

	"fourfold/internal/export"
)

type reconciliationPage struct{ Stores []reconciled }

// reconciled is what was held against one platform's own figures.
type reconciled struct {
	Name    string
	Sums    []checkSum
	Differs []checked
	All     []checked
}

// checkSum says of one kind of figure how many are equal.
type checkSum struct {
	Title        string
	Equal, Count int
}

type checked struct {
	export.Check
	By             export.Cell
	State, Meaning string
}

// showReconciliation holds our figures against the platforms' own: sales by the day, ad spend by the month.
func showReconciliation(v *visit) error {
	ctx, cancel := within(v.r.Context())
	defer cancel()
	checks, err := v.site.Books.Checks(ctx, v.merchant)
	if err != nil {
		return err
	}
	var p reconciliationPage
	for _, c := range checks {
		if n := len(p.Stores); n == 0 || p.Stores[n-1].Name != c.Store {
			p.Stores = append(p.Stores, reconciled{Name: c.Store})
		}
		p.Stores[len(p.Stores)-1].add(c)
	}
	for i := range p.Stores {
		latestFirst(p.Stores[i].All)
		latestFirst(p.Stores[i].Differs)
	}
	return v.show("reconciliation", page{Title: "Reconciliation", Tab: "truth"}, p)
}

func (r *reconciled) add(c export.Check) {
	row := checked{Check: c}
	row.By, row.State, row.Meaning = c.Compared()
	r.All = append(r.All, row)
	i := 0
	for i < len(r.Sums) && r.Sums[i].Title != c.Title {
		i++
	}
	if i == len(r.Sums) {
		r.Sums = append(r.Sums, checkSum{Title: c.Title})
	}
	r.Sums[i].Count++
	if row.State == "equal" {
		r.Sums[i].Equal++
	} else {
		r.Differs = append(r.Differs, row)
	}
}

func latestFirst(rows []checked) {
	slices.SortStableFunc(rows, func(a, b checked) int { return strings.Compare(b.Range, a.Range) })
}
