package config

import (
	"errors"
	"net"
	"net/mail"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"fourfold/internal/secret"
)

// Alerts says who is told of what needs a person, and how.
type Alerts struct {
	To         []string // e-mail addresses
	From       string
	SMTP       string // host:port
	Encryption string // starttls, tls or none
	User       string
	Password   secret.Text
	Webhook    secret.Text // whoever knows the address may post
}

// alertFields are the settings below alerts, and where a monitor finds this process.
var alertFields = []field{
	{"metrics_listen", "Where `fourfold run` and `fourfold work` serve /metrics, /healthz and /readyz; nowhere if left out. Not for the public.", "127.0.0.1:9377", false, func(c *Config, s string) error {
		if !listenable(s) {
			return errors.New("expected an address such as 127.0.0.1:9377")
		}
		c.MetricsListen = s
		return nil
	}},
	{"alerts.to", "Who is told by e-mail what needs a person, separated by commas; nobody if left out.", "ops@example.com", false, func(c *Config, s string) error {
		list, err := mail.ParseAddressList(s)
		if err != nil {
			return errors.New("expected e-mail addresses, separated by commas")
		}
		c.Alerts.To = nil
		for _, a := range list {
			c.Alerts.To = append(c.Alerts.To, a.Address)
		}
		return nil
	}},
	{"alerts.from", "The sender's address, of alerts and of weekly scorecards.", "fourfold@example.com", false, func(c *Config, s string) error {
		a, err := mail.ParseAddress(s)
		if err != nil {
			return errors.New("expected an e-mail address")
		}
		c.Alerts.From = a.Address
		return nil
	}},
	{"alerts.smtp", "The mail server, as host:port.", "smtp.example.com:587", false, func(c *Config, s string) error {
		if host, _, err := net.SplitHostPort(s); err != nil || host == "" || !listenable(s) {
			return errors.New("expected a server with its port, such as smtp.example.com:587")
		}
		c.Alerts.SMTP = s
		return nil
	}},
	{"alerts.encryption", "starttls (usual on port 587), tls (usual on port 465) or none (for a server on this machine).", "", false, func(c *Config, s string) error {
		if !slices.Contains([]string{"starttls", "tls", "none"}, s) {
			return errors.New("expected starttls, tls or none")
		}
		c.Alerts.Encryption = s
		return nil
	}},
	{"alerts.user", "The mail server's user, where it asks for one.", "fourfold", false, setText(func(c *Config) *string { return &c.Alerts.User })},
	{"alerts.password", "Its password. Better in the environment, FOURFOLD_ALERTS_PASSWORD, or in a file, password_file.", "", true, func(c *Config, s string) error {
		c.Alerts.Password = secret.New(s)
		return nil
	}},
	{"alerts.webhook", "An address that takes {\"text\": …}, as Slack gives one out. It is a secret: FOURFOLD_ALERTS_WEBHOOK, or a file, webhook_file.", "", true, func(c *Config, s string) error {
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
			return errors.New("expected an https address")
		}
		c.Alerts.Webhook = secret.New(s)
		return nil
	}},
}

// listenable says whether an address has a port. Its host may be left out.
func listenable(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.Atoi(port)
	return err == nil && n >= 0 && n <= 65535
}

// clashes names settings that make sense together only.
func (a Alerts) clashes(file string) Faults {
	file = filepath.Base(file)
	var missing []string
	for _, part := range []struct {
		name string
		set  bool
	}{{"alerts.from", a.From != ""}, {"alerts.smtp", a.SMTP != ""}} {
		if !part.set {
			missing = append(missing, part.name)
		}
	}
	var faults Faults
	sends := len(a.To) > 0 || a.From != "" || a.SMTP != "" // without alerts.to only weekly scorecards
	if sends && len(missing) > 0 {
		faults = append(faults, Fault{File: file, Field: "alerts", Text: "for e-mail set " + strings.Join(missing, " and ") + " too"})
	}
	if (a.User == "") != a.Password.Empty() {
		faults = append(faults, Fault{File: file, Field: "alerts", Text: "alerts.user and alerts.password must both be set, or neither"})
	}
	if a.Encryption == "none" && !a.Password.Empty() {
		faults = append(faults, Fault{File: file, Field: "alerts.encryption", Value: "none", Text: "alerts.password would be sent in the clear: use starttls or tls"})
	}
	return faults
}
