package alert

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"fourfold/internal/secret"
)

// Encryption of the connection to a mail server.
type Encryption string

// The closed set: StartTLS refuses a server that does not offer it.
const (
	StartTLS Encryption = "starttls" // usual on port 587
	TLS      Encryption = "tls"      // from the first byte, usual on port 465
	NoTLS    Encryption = "none"     // for a server on this machine; a password is not sent then
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

const mailTimeout = 20 * time.Second

// Send delivers one message to all of To.
func (m Mail) Send(ctx context.Context, subject, text string) error {
	host, portText, err := net.SplitHostPort(m.Server)
	if err != nil {
		return fmt.Errorf("alert by mail: the server %q is not host:port", m.Server)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return fmt.Errorf("alert by mail: the server %q has no port number", m.Server)
	}
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(mailTimeout), mail.WithoutNoop()}
	switch m.Encryption {
	case TLS:
		options = append(options, mail.WithSSL())
	case NoTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if m.TLS != nil {
		own := m.TLS.Clone()
		own.ServerName = host
		options = append(options, mail.WithTLSConfig(own))
	}
	if m.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(m.Password.Reveal()))
	}
	c, err := mail.NewClient(host, options...)
	if err != nil {
		return fmt.Errorf("alert by mail: %w", err)
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(m.From), msg.To(m.To...)); err != nil {
		return fmt.Errorf("alert by mail: check alerts.from and alerts.to: %w", err)
	}
	msg.Subject(subject)
	msg.SetDate()
	msg.SetMessageID()
	msg.SetBodyString(mail.TypeTextPlain, text)
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("alert by mail: reach %s: %w", m.Server, err)
	}
	defer func() { _ = c.CloseWithSMTPClient(conn) }() // what was taken is taken, however the server says goodbye
	if err := c.SendWithSMTPClient(conn, msg); err != nil {
		return fmt.Errorf("alert by mail: %s: %w", m.Server, refusal(err))
	}
	return nil
}

// refusal is what the server said, without the addresses that stand in the library's text.
func refusal(err error) error {
	var e *mail.SendError
	if !errors.As(err, &e) {
		return err
	}
	if code := e.ErrorCode(); code != 0 {
		return fmt.Errorf("it refused while %s, with %d", e.Reason, code)
	}
	return fmt.Errorf("failed while %s", e.Reason)
}
