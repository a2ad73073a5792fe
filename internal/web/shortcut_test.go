package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"fourfold/internal/store"
)

// /2026-10 leads to that month of the one merchant that somebody reads, and asks whose where there are several.
func TestThePeriodOfWhicheverMerchant(t *testing.T) {
	r := newRig(t, nil)
	tea, coffee, other := r.merchant("Tea"), r.merchant("Coffee"), r.merchant("Other")
	vera := r.member("vera", tea, store.Viewer)
	r.person("newcomer")
	one := fmt.Sprintf("/m/%d/2026-10", tea.ID)
	r.as("vera").get("/2026-10").leads(t, one)
	r.as("newcomer").get("/2026-10").leads(t, "/")
	r.browser().get("/2026-10").leads(t, "/sign-in?next=%2F2026-10")

	r.must(r.Store.PutMember(t.Context(), coffee.ID, vera.ID, store.Viewer))
	b := r.as("vera")
	list := b.get("/2026-10").sees(t, http.StatusOK, `href="`+one+`"`, fmt.Sprintf(`href="/m/%d/2026-10"`, coffee.ID))
	if strings.Contains(list.body, fmt.Sprintf("/m/%d/", other.ID)) {
		t.Errorf("it names another's merchant: %s", list.text())
	}
	b.get("/").sees(t, http.StatusOK, fmt.Sprintf(`href="/m/%d"`, tea.ID))
	b.get("/nonsense").sees(t, http.StatusNotFound, "There is no such page")
}
