// Package smtp is a simulated mail server: it speaks SMTP with STARTTLS and a login on a real socket, and keeps what it took.
package smtp

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"mime/quotedprintable"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is one mail server. It is safe for concurrent use.
type Server struct {
	listener  net.Listener
	tls       *tls.Config
	authority *x509.CertPool
	talks     sync.WaitGroup

	mu       sync.Mutex
	noTLS    bool
	refuse   bool
	unknown  string // a recipient who is refused
	silent   bool
	messages []Message
}

// Message is one that was taken.
type Message struct {
	Encrypted    bool
	Login        string // user and password, as sent
	From, To     string // of the envelope
	Header, Body string
}

// Start begins to listen on this machine.
func Start() (*Server, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	s := &Server{authority: x509.NewCertPool(), tls: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}}
	s.authority.AddCert(cert)
	if s.listener, err = (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	s.talks.Go(s.accept)
	return s, nil
}

// Close stops listening and waits for talks to end.
func (s *Server) Close() {
	_ = s.listener.Close()
	s.talks.Wait()
}

// Addr is where it listens, as host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// TLS trusts the server's certificate.
func (s *Server) TLS() *tls.Config { return &tls.Config{RootCAs: s.authority} }

// OfferTLS says whether STARTTLS is offered, as it is at first.
func (s *Server) OfferTLS(offered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noTLS = !offered
}

// Refuse has recipients refused for now, or taken again.
func (s *Server) Refuse(refuse bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = refuse
}

// Forget has one recipient refused, as a mailbox that is gone; "" takes all again.
func (s *Server) Forget(recipient string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknown = recipient
}

// Silence has the server hang up after a message, without saying that it took it.
func (s *Server) Silence(silent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = silent
}

// Took is what was taken so far, the earliest first.
func (s *Server) Took() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.talks.Go(func() { s.talk(conn) })
	}
}

func (s *Server) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(conn)
	say := func(line string) { fmt.Fprint(conn, line+"\r\n") }
	var m Message
	say("220 mail.test ESMTP")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		s.mu.Lock()
		noTLS, refuse, unknown := s.noTLS, s.refuse, s.unknown
		s.mu.Unlock()
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			say("250-mail.test")
			if !m.Encrypted && !noTLS {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go ahead")
			conn = tls.Server(conn, s.tls)
			r = bufio.NewReader(conn)
			m.Encrypted = true
		case "AUTH":
			_, response, _ := strings.Cut(rest, " ")
			b, _ := base64.StdEncoding.DecodeString(response)
			m.Login = strings.Trim(strings.ReplaceAll(string(b), "\x00", " "), " ")
			say("235 ok")
		case "MAIL":
			m.From = rest
			say("250 ok")
		case "RCPT":
			if refuse {
				say("451 try later")
				continue
			}
			if unknown != "" && strings.Contains(rest, "<"+unknown+">") {
				say("550 no such mailbox")
				continue
			}
			m.To += rest
			say("250 ok")
		case "DATA":
			say("354 go on")
			if m.Header, m.Body, err = data(r); err != nil {
				return
			}
			s.mu.Lock()
			s.messages = append(s.messages, m)
			silent := s.silent
			s.mu.Unlock()
			if silent {
				return
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// data reads a message up to the line with a dot, and decodes its text.
func data(r *bufio.Reader) (header, body string, err error) {
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return "", "", err
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	header, body, _ = strings.Cut(b.String(), "\r\n\r\n")
	if strings.Contains(header, "quoted-printable") {
		plain, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
		return header, string(plain), err
	}
	return header, body, nil
}
