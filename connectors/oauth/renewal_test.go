package oauth

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"fourfold/connectors"
	"fourfold/internal/secret"
)

func TestRenewalAddsWhatTheProviderWantsToKnow(t *testing.T) {
	var got http.Request
	desk := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got = *r
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"a","refresh_token":"next","expires_in":60}`))
	}))
	defer desk.Close()
	auth := Code{Token: desk.URL, Renewal: map[string]string{"scope": "reports"}}.Auth()
	tokens, err := auth.Renew(t.Context(), desk.Client(), connectors.App{ClientID: "app"}, nil, connectors.Tokens{Refresh: secret.New("old")})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"grant_type": "refresh_token", "refresh_token": "old", "scope": "reports"} {
		if v := got.PostForm.Get(name); v != want {
			t.Errorf("sent %s=%q, want %q", name, v, want)
		}
	}
	if tokens.Refresh.Reveal() != "next" {
		t.Error("the new refresh token is lost")
	}
}
