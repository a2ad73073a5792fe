// Package mail sends e-mails by the operator's own server. It knows nothing of what they say, and its errors hold neither a password nor the
// address of a person.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
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

// Server is the one that mails are handed to.
type Server struct {
	Address    string // host:port
	Encryption Encryption
	User       string // "" to send without logging in
	Password   secret.Text
	From       string
	TLS        *tls.Config // nil for the system's authorities
}

// Message is one e-mail.
type Message struct {
	To            []string
	Subject, Text string
	HTML          string // the same for mail programs that show it; "" for none
	Files         []File
	Stop          string // an address where the recipient says that they want no more of these; "" for mails of which there is one
}

// File is attached to a message.
type File struct {
	Name, Type string
	Body       []byte
}

// ErrUnsure says that the server was given the message whole and did not say whether it took it.
var ErrUnsure = errors.New("the mail server did not say whether it took the message")

const timeout = 20 * time.Second

// Send delivers a message to all of To in one go.
func (s Server) Send(ctx context.Context, m Message) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	msg, err := s.compose(m)
	if err != nil {
		return err
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("reach %s: %w", s.Address, err)
	}
	defer func() { _ = c.CloseWithSMTPClient(conn) }() // what was taken is taken, however the server says goodbye
	if err := c.SendWithSMTPClient(conn, msg); err != nil {
		return fmt.Errorf("%s: %w", s.Address, refusal(err))
	}
	return nil
}

func (s Server) client() (*mail.Client, error) {
	host, portText, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, fmt.Errorf("the server %q is not host:port", s.Address)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, fmt.Errorf("the server %q has no port number", s.Address)
	}
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(timeout), mail.WithoutNoop()}
	switch s.Encryption {
	case TLS:
		options = append(options, mail.WithSSL())
	case NoTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.TLS != nil {
		own := s.TLS.Clone()
		own.ServerName = host
		options = append(options, mail.WithTLSConfig(own))
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password.Reveal()))
	}
	return mail.NewClient(host, options...)
}

func (s Server) compose(m Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if msg.From(s.From) != nil || msg.To(m.To...) != nil {
		return nil, errors.New("the sender's address or a recipient's is none") // they are not repeated: an error is logged
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetDate()
	msg.SetMessageID()
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	if m.Stop != "" {
		// RFC 2369 and RFC 8058: mail programs show a button of their own, which posts there.
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Stop+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		msg.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	for _, f := range m.Files {
		if err := msg.AttachReader(f.Name, strings.NewReader(string(f.Body)), mail.WithFileContentType(mail.ContentType(f.Type))); err != nil {
			return nil, fmt.Errorf("attach %s: %w", f.Name, err)
		}
	}
	return msg, nil
}

// oneLine keeps what others call things from becoming headers.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// refusal is what the server said, without the addresses that stand in the library's text.
func refusal(err error) error {
	var e *mail.SendError
	if !errors.As(err, &e) {
		return err
	}
	if code := e.ErrorCode(); code != 0 {
		return fmt.Errorf("it refused while %s, with %d", e.Reason, code)
	}
	if e.Reason == mail.ErrSMTPDataClose {
		return ErrUnsure
	}
	return fmt.Errorf("failed while %s", e.Reason)
}
