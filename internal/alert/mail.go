package alert

import (
	"context"
	"crypto/tls"
	"fmt"

	"fourfold/internal/mail"
	"fourfold/internal/secret"
)

// Encryption of the connection to a mail server.
type Encryption = mail.Encryption

// The closed set, as package mail has it.
const (
	StartTLS = mail.StartTLS
	TLS      = mail.TLS
	NoTLS    = mail.NoTLS
)

// Mail sends by SMTP.
type Mail struct {
	Server     string // host:port
	Encryption Encryption
	User       string // "" to send without logging in
	Password   secret.Text
	From       string
	To         []string
	TLS        *tls.Config // nil for the system's authorities
}

// Send delivers one message to all of To.
func (m Mail) Send(ctx context.Context, subject, text string) error {
	server := mail.Server{Address: m.Server, Encryption: m.Encryption, User: m.User, Password: m.Password, From: m.From, TLS: m.TLS}
	if err := server.Send(ctx, mail.Message{To: m.To, Subject: subject, Text: text}); err != nil {
		return fmt.Errorf("alert by mail: %w", err)
	}
	return nil
}
