package alert_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fourfold/internal/alert"
	"fourfold/internal/mail"
	"fourfold/internal/secret"
	"fourfold/internal/sim/smtp"
)

func newServer(t *testing.T) *smtp.Server {
	t.Helper()
	s, err := smtp.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func to(s *smtp.Server) alert.Mail {
	server := mail.Server{Address: s.Addr(), Encryption: mail.StartTLS, User: "fourfold", Password: secret.New("pa55word"), From: "fourfold@example.com", TLS: s.TLS()}
	return alert.Mail{Server: server, To: []string{"ops@example.com", "owner@example.com"}}
}

func TestMailGoesOutEncrypted(t *testing.T) {
	s := newServer(t)
	if err := to(s).Send(t.Context(), "Fourfold: Tea needs a person", "Link it again – fourfold link shopify.\n"); err != nil {
		t.Fatal(err)
	}
	all := s.Took()
	if len(all) != 1 {
		t.Fatalf("%d messages", len(all))
	}
	m := all[0]
	if !m.Encrypted || m.Login != "fourfold pa55word" {
		t.Errorf("encrypted %v, login %q", m.Encrypted, m.Login)
	}
	if !strings.Contains(m.From, "fourfold@example.com") || !strings.Contains(m.To, "ops@example.com") || !strings.Contains(m.To, "owner@example.com") {
		t.Errorf("from %s to %s", m.From, m.To)
	}
	for _, part := range []string{"Subject: Fourfold: Tea needs a person", "Date: ", "Message-ID: <"} {
		if !strings.Contains(m.Header, part) {
			t.Errorf("no %q in\n%s", part, m.Header)
		}
	}
	if !strings.Contains(m.Body, "fourfold link shopify") {
		t.Errorf("the text is %q", m.Body)
	}
}

// A server that offers no encryption gets neither the password nor the message, and one that is not who it says gets nothing either.
func TestMailIsNotSentInTheClear(t *testing.T) {
	s := newServer(t)
	s.OfferTLS(false)
	if err := to(s).Send(t.Context(), "subject", "text"); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("a server without STARTTLS: %v", err)
	}
	s.OfferTLS(true)
	stranger := to(s)
	stranger.Server.TLS = nil
	if err := stranger.Send(t.Context(), "subject", "text"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server whose certificate nobody vouches for: %v", err)
	}
	if all := s.Took(); len(all) > 0 {
		t.Errorf("sent %+v", all)
	}
}

func TestMailThatIsRefused(t *testing.T) {
	s := newServer(t)
	s.Refuse(true)
	err := to(s).Send(t.Context(), "subject", "text")
	if err == nil || !strings.Contains(err.Error(), "451") || strings.Contains(err.Error(), "ops@") || strings.Contains(err.Error(), "pa55word") {
		t.Errorf("got %v", err)
	}
	s.Close()
	if err := to(s).Send(t.Context(), "subject", "text"); err == nil || !strings.Contains(err.Error(), "reach 127.0.0.1") {
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
	s, gone := newServer(t), newServer(t)
	gone.Close()
	reached, err := alert.Ways{to(gone), to(s)}.Send(t.Context(), "subject", "text")
	if !reached || err == nil || len(s.Took()) != 1 {
		t.Errorf("reached %v, %v, %d messages", reached, err, len(s.Took()))
	}
	if reached, err := (alert.Ways{to(gone)}).Send(t.Context(), "subject", "text"); reached || err == nil {
		t.Errorf("nobody was reached: %v, %v", reached, err)
	}
}
