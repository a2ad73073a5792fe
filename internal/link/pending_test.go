package link_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"fourfold/internal/link"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
)

// A link that has begun outlives the process that began it, sealed.
func TestAPendingLinkIsKeptAndGoneOnWith(t *testing.T) {
	dsn := storetest.SQLite(t)
	r := newRig(t, dsn)
	p := r.begin()
	kept := r.l.Keep(p)
	for _, told := range []string{"client-secret", "client-id", p.State(), "tea.myshopify.com"} {
		if bytes.Contains(kept, []byte(told)) {
			t.Errorf("%s stands readable in what is kept", told)
		}
	}
	other := r.linker(dsn)
	again, err := other.Resume(kept)
	if err != nil {
		t.Fatal(err)
	}
	if again.URL != p.URL || again.MerchantID() != r.merchant || again.Connector().ID != "shopify" || again.State() != p.State() || again.Redirect() != redirect || !again.Ends().Equal(began.Add(10*time.Minute)) {
		t.Errorf("opened as %+v", again)
	}
	landed, err := again.Pasted("  " + r.agree(p).URL.String() + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Complete(t.Context(), again, landed); err != nil {
		t.Error(err)
	}
	if _, err := other.Complete(t.Context(), again, landed); !errors.Is(err, link.ErrUsed) {
		t.Errorf("a second time: %v", err)
	}
	r.clock.Advance(11 * time.Minute)
	late, err := other.Resume(kept)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Complete(t.Context(), late, landed); !errors.Is(err, link.ErrLate) || !errors.Is(err, link.ErrForged) {
		t.Errorf("later: %v", err)
	}
}

func TestWhatIsNoPendingLinkIsNotOpened(t *testing.T) {
	dsn := storetest.SQLite(t)
	r := newRig(t, dsn)
	kept := r.l.Keep(r.begin())
	kept[len(kept)-1] ^= 1
	if _, err := r.l.Resume(kept); err == nil {
		t.Error("a changed one was opened")
	}
	if _, err := r.l.Resume(r.code().Sealed); err == nil {
		t.Error("the tokens of a grant were opened as one")
	}
	kept = r.l.Keep(r.begin())
	r.key = vault.NewKey()
	if _, err := r.linker(dsn).Resume(kept); !errors.Is(err, vault.ErrKey) {
		t.Errorf("another installation opened it: %v", err)
	}
}

func TestOnlyTheAddressLandedOnIsTaken(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	p := r.begin()
	for _, text := range []string{"", "hello", redirect, "https://evil.example/callback?code=1&state=" + p.State(), "http://127.0.0.1:8377/other?code=1", "http://x@127.0.0.1:8378/callback?code=1", p.URL} {
		if _, err := p.Pasted(text); err == nil || !strings.Contains(err.Error(), redirect) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
