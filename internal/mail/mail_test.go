package mail_test

import (
	"errors"
	"strings"
	"testing"

	"fourfold/internal/mail"
	"fourfold/internal/secret"
	"fourfold/internal/sim/smtp"
)

func TestMessagesAreWhole(t *testing.T) {
	s, err := smtp.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	server := mail.Server{Address: s.Addr(), Encryption: mail.StartTLS, User: "fourfold", Password: secret.New("pa55word"), From: "fourfold@example.com", TLS: s.TLS()}
	err = server.Send(t.Context(), mail.Message{To: []string{"ann@example.com"}, Subject: "Week 47\r\nBcc: evil@example.com", Text: "text", HTML: "<p>html</p>",
		Stop: "https://ff.example/weekly/s." + strings.Repeat("A", 300), Files: []mail.File{{Name: "scorecard.xlsx", Type: "application/octet-stream", Body: []byte("PK\x00\x01")}}})
	if err != nil {
		t.Fatal(err)
	}
	m := s.Took()[0]
	if strings.Contains(m.Header, "\nBcc:") || !strings.Contains(m.Header, "Subject: Week 47 Bcc: evil@example.com") {
		t.Errorf("a subject became a header:\n%s", m.Header)
	}
	for _, want := range []string{"text/plain", "text/html", `filename="scorecard.xlsx"`, "UEsAAQ=="} {
		if !strings.Contains(m.Body, want) {
			t.Errorf("%q is not in it:\n%s", want, m.Body)
		}
	}
	if !strings.Contains(strings.ReplaceAll(m.Header, "\r\n ", " "), "List-Unsubscribe: <https://ff.example/weekly/s."+strings.Repeat("A", 300)+">") {
		t.Errorf("the address to stop is not whole:\n%s", m.Header)
	}
	// An address that is none is not repeated in the error, which is logged.
	if err := server.Send(t.Context(), mail.Message{To: []string{"ann at home"}, Text: "text"}); err == nil || strings.Contains(err.Error(), "ann") {
		t.Errorf("a recipient who is none: %v", err)
	}
	s.Silence(true)
	if err := server.Send(t.Context(), mail.Message{To: []string{"ann@example.com"}, Text: "text"}); !errors.Is(err, mail.ErrUnsure) {
		t.Errorf("a server that does not say whether it took the message: %v", err)
	}
}
