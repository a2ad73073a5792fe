package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// What no database keeps as text, and what is larger than any form, is refused in words wherever it is sent, by whichever database.
func TestFormsThatAreNone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		r := newRigOn(t, dsn, nil)
		m := r.merchant("Tea")
		r.member("olga", m, store.Operator)
		olga := r.as("olga")
		at := fmt.Sprintf("/m/%d", m.ID)
		for path, field := range map[string]string{"/take/feeds": "title", "/take/feeds/end": "ticket", "/people/revoke": "invitation", "/targets": "reason", "/links/shopify": "f_shop"} {
			for _, text := range []string{"a\x00b", "a\xffb"} {
				olga.post(at+path, field, text).sees(t, http.StatusBadRequest, "could not be read")
			}
			olga.post(at+path, field, strings.Repeat("x", maxForm)).sees(t, http.StatusRequestEntityTooLarge, "too much at once")
		}
		if log := r.logged.String(); strings.Contains(log, "could not be made") {
			t.Error(log)
		}
	})
}

// Who asked for something that failed half way is not told that nothing was done.
func TestAFailureDoesNotSayThatNothingWasDone(t *testing.T) {
	failing := errors.New("the night cannot be asked for")
	r := newRig(t, func(s *Site) {
		s.Pull = func(context.Context, store.Merchant) error { return failing }
	})
	w := newWorld(r, plain)
	address := fmt.Sprintf("/m/%d/links/pull", w.tea.ID)
	olga := r.as(olga)
	if a := olga.post(address).sees(t, http.StatusInternalServerError, "it may have been"); strings.Contains(a.body, "Nothing was changed") {
		t.Error(a.text())
	}
	failing = fmt.Errorf("ask: %w", context.DeadlineExceeded)
	olga.post(address).sees(t, http.StatusServiceUnavailable, "The database does not answer", "it may have been")
}
