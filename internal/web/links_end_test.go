package web

import (
	"fmt"
	"net/http"
	"testing"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// An account without a name is not erased by an empty field.
func TestAnAccountWithoutANameIsNotErasedUnasked(t *testing.T) {
	r := newRig(t, nil)
	m := r.merchant("Tea")
	r.member("olga", m, store.Operator)
	g, err := r.Store.SaveGrant(t.Context(), store.Grant{MerchantID: m.ID, Connector: "shopify", Auth: connectors.AuthToken, State: store.StateActive, Fields: map[string]string{"shop": "tea.myshopify.com"}})
	r.must(err)
	conn, err := r.Store.SaveConnection(t.Context(), store.Connection{MerchantID: m.ID, GrantID: g.ID, Connector: "shopify", AccountID: "4711", Currency: "EUR", Zone: "Europe/Berlin"})
	r.must(err)
	olga, at := r.as("olga"), fmt.Sprintf("/m/%d/accounts/%d", m.ID, conn.ID)
	olga.get(at).sees(t, http.StatusOK, "type its name: 4711")
	olga.post(at+"/forget", "name", " ").sees(t, http.StatusUnprocessableEntity, "That is not its name")
	if all, err := r.Store.Connections(t.Context(), m.ID); err != nil || len(all) != 1 {
		t.Errorf("%v %v", all, err)
	}
}
