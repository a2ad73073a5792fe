package web

import (
	"fmt"
	"net/http"
	"testing"

	"fourfold/internal/store"
)

// An account without a name is not erased by an empty field.
func TestAnAccountWithoutANameIsNotErasedUnasked(t *testing.T) {
	r := newRig(t, nil)
	m := r.merchant("Tea")
	r.member("olga", m, store.Operator)
	conn := r.linkedStore(m, "4711", "", map[string]string{"shop": "tea.myshopify.com"})
	olga, at := r.as("olga"), fmt.Sprintf("/m/%d/accounts/%d", m.ID, conn.ID)
	olga.get(at).sees(t, http.StatusOK, "type its name: 4711")
	olga.post(at+"/forget", "name", " ").sees(t, http.StatusUnprocessableEntity, "That is not its name")
	if all, err := r.Store.Connections(t.Context(), m.ID); err != nil || len(all) != 1 {
		t.Errorf("%v %v", all, err)
	}
}
