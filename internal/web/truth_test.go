package web

import (
	"net/http"
	"strings"
	"testing"

	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// The pages of runs and truth say what the store has, and nothing of it is markup.
func TestTruth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShelf(t, dsn)
		s.member("ann", s.m, store.Viewer)
		s.member("ben", s.m, store.Operator)
		other := s.merchant("Other")
		b := s.as("ann")
		run, err := s.Store.StartRun(t.Context(), s.m.ID, "pull", "")
		s.must(err)
		s.must(s.Store.EndRun(t.Context(), run, nil, "<i>9 snapshots</i>"))

		truth := b.get(s.at("truth")).sees(t, http.StatusOK, "A person is needed", "refused the login", "22 Nov 2026 08:00", "2 h", "A permission is missing", "&lt;i&gt;9 snapshots", "first pull")
		proofs := b.get(s.at("truth/1")).sees(t, http.StatusOK, "as promised", "=cmd()", "900", "2026-10")
		b.get(s.at("truth/1?stream=orders")).sees(t, http.StatusOK, "as promised")
		b.get(s.at("truth/2")).sees(t, http.StatusOK, "Nothing of it is proven yet")
		restated := b.get(s.at("restatements")).sees(t, http.StatusOK, "September 2026", "?period=2026-09")
		one := b.get(s.at("restatements?period=2026-09")).sees(t, http.StatusOK, "€43,000.00", "€42,500.00", "−€500.00", "-2&#43;3&#43;cmd")
		b.get(s.at("restatements?period=2026-10")).sees(t, http.StatusOK, "Nothing that was published of this period")
		b.get(s.at("restatements?period=Monday")).sees(t, http.StatusUnprocessableEntity, `value="Monday"`, "aria-invalid")
		b.get(s.at("restatements?period=2026-09&scope=store:1")).sees(t, http.StatusOK, "€42,500.00", "net_sales?scope=store%3a1", "selected")
		b.get(s.at("restatements?scope=store:9")).sees(t, http.StatusNotFound)
		b.get(s.at("reconciliation")).sees(t, http.StatusOK, "No platform has told its own figures yet")
		b.get(s.at("audit")).sees(t, http.StatusForbidden, "operator")
		s.as("ben").get(s.at("audit")).sees(t, http.StatusOK, "Nothing is on record")
		for _, a := range []answer{truth, proofs, restated, one} {
			if strings.Contains(a.body, "<script>alert") || strings.Contains(a.body, "<img src=x") || strings.Contains(a.body, "<b>orders") || strings.Contains(a.body, "<i>9") {
				t.Errorf("a name is markup: %s", a.body)
			}
		}
		for _, path := range []string{"truth/99", "truth/x", "truth/1?stream=nonsense"} {
			b.get(s.at(path)).sees(t, http.StatusNotFound)
		}
		for _, path := range []string{"truth", "truth/1", "reconciliation", "restatements", "audit", "take", "take/feeds", "take/keys", "take/scorecard.xlsx", "take/kpis.csv", "2026-10/net_sales/values.csv"} {
			b.get(merchantAt(other.ID, path)).sees(t, http.StatusNotFound)
			s.browser().get(s.at(path)).sees(t, http.StatusSeeOther)
		}
		s.browser().post(s.at("take/feeds"), "title", "x").leads(t, "/sign-in")
	})
}
