package alert_test

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fourfold/internal/alert"
	"fourfold/internal/secret"
)

func (s *mailServer) way() alert.Mail {
	return alert.Mail{Server: s.listener.Addr().String(), Encryption: alert.StartTLS, User: "fourfold", Password: secret.New("pa55word"),
		From: "fourfold@example.com", To: []string{"ops@example.com", "owner@example.com"}, TLS: &tls.Config{RootCAs: s.authority}}
}

func TestMailGoesOutEncrypted(t *testing.T) {
	s := newMailServer(t)
	if err := s.way().Send(t.Context(), "Fourfold: Tea needs a person", "Link it again – fourfold link shopify.\n"); err != nil {
		t.Fatal(err)
	}
	all := s.took()
	if len(all) != 1 {
		t.Fatalf("%d messages", len(all))
	}
	m := all[0]
	if !m.encrypted || m.login != "fourfold pa55word" {
		t.Errorf("encrypted %v, login %q", m.encrypted, m.login)
	}
	if !strings.Contains(m.from, "fourfold@example.com") || !strings.Contains(m.to, "ops@example.com") || !strings.Contains(m.to, "owner@example.com") {
		t.Errorf("from %s to %s", m.from, m.to)
	}
	for _, part := range []string{"Subject: Fourfold: Tea needs a person", "Date: ", "Message-ID: <"} {
		if !strings.Contains(m.header, part) {
			t.Errorf("no %q in\n%s", part, m.header)
		}
	}
	if !strings.Contains(m.plain, "fourfold link shopify") {
		t.Errorf("the text is %q", m.plain)
	}
}

// A server that offers no encryption gets neither the password nor the message, and one that is not who it says gets nothing either.
func TestMailIsNotSentInTheClear(t *testing.T) {
	s := newMailServer(t)
	s.noTLS = true
	if err := s.way().Send(t.Context(), "subject", "text"); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("a server without STARTTLS: %v", err)
	}
	s.noTLS = false
	stranger := s.way()
	stranger.TLS = nil
	if err := stranger.Send(t.Context(), "subject", "text"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server whose certificate nobody vouches for: %v", err)
	}
	if all := s.took(); len(all) > 0 {
		t.Errorf("sent %+v", all)
	}
}

func TestMailThatIsRefused(t *testing.T) {
	s := newMailServer(t)
	s.busy = true
	err := s.way().Send(t.Context(), "subject", "text")
	if err == nil || !strings.Contains(err.Error(), "451") || strings.Contains(err.Error(), "ops@") || strings.Contains(err.Error(), "pa55word") {
		t.Errorf("got %v", err)
	}
	_ = s.listener.Close()
	if err := s.way().Send(t.Context(), "subject", "text"); err == nil || !strings.Contains(err.Error(), "reach 127.0.0.1") {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestWebhook(t *testing.T) {
	answer := http.StatusOK
	var got []string
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Content-Type") != "application/json" || r.URL.Path != "/T0/s3cret" {
			t.Errorf("posted to %s: %v", r.URL, err)
		}
		got = append(got, body.Text)
		w.WriteHeader(answer)
	}))
	hook := alert.Webhook{URL: secret.New(srv.URL + "/T0/s3cret"), Client: srv.Client()}
	if err := hook.Send(t.Context(), "subject", "text <&>"); err != nil || len(got) != 1 || got[0] != "subject\ntext <&>" {
		t.Errorf("posted %q, %v", got, err)
	}
	answer = http.StatusForbidden
	if err := hook.Send(t.Context(), "subject", "text"); err == nil || !strings.Contains(err.Error(), "403") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("refused: %v", err)
	}
	srv.Close()
	if err := hook.Send(t.Context(), "subject", "text"); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("nobody listens: %v", err)
	}
}

// One way that works is enough to have been told; what failed is said.
func TestOneWayIsEnough(t *testing.T) {
	s, gone := newMailServer(t), newMailServer(t)
	_ = gone.listener.Close()
	reached, err := alert.Ways{gone.way(), s.way()}.Send(t.Context(), "subject", "text")
	if !reached || err == nil || len(s.took()) != 1 {
		t.Errorf("reached %v, %v, %d messages", reached, err, len(s.took()))
	}
	if reached, err := (alert.Ways{gone.way()}).Send(t.Context(), "subject", "text"); reached || err == nil {
		t.Errorf("nobody was reached: %v, %v", reached, err)
	}
}
