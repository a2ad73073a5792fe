// Package config reads fourfold.yml and the environment into one value.
//
// It reports every fault at once, each with its line, its field, the value found and what would do, so that a person mends a
// file in one go. Checking never touches the network or the database. Secrets may stand in a file of their own (…_file) or in
// the environment, and never print.
package config

import (
	"fmt"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/kpi"
)

// Config is everything an operator or merchant can set. Defaults stand in Default.
type Config struct {
	Path     string // of the file; "" if there is none
	Database string // sqlite:file or postgres://…
	KeyFile  string
	Key      secret.Text // the key ring itself, from the environment; wins over KeyFile
	Merchant Merchant
	Schedule string         // five cron fields, in the merchant's zone
	Spread   *time.Duration // over which nights that are due together begin; nil for what suits the database
	Workers  int            // jobs of one process at a time; zero for as many as suit the database
	Since    period.Day     // how far back the first pull reaches; zero for all there is
	Costs    Costs
	// FixedRates are exchange rates of the merchant's own, such as USD=0.92 GBP=1.17; "" for none.
	FixedRates string
	Apps       map[string]App // by the provider's ID; App answers for those that are not set
	Export     Export
	Targets    []kpi.Target
	Alerts     Alerts

	// Listen is where pages and webhooks are served, an address of this machine; "" for nowhere. PublicURL is how others reach it: HTTPS, which
	// a proxy in front of it ends; without it nothing is subscribed to.
	Listen, PublicURL string
	MetricsListen     string // where health is served; "" for nowhere

	merchants []named           // those that the file names, in its order
	said      map[string]string // by path: where a setting was written
	today     period.Day        // wherever the day is furthest on; zero where nobody says
	fields    []field           // that there are, those of providers' apps among them
}

// Merchant is the business the scorecard is for. Currency and Zone default to those of the first store that is linked.
type Merchant struct {
	Name, Currency, Zone string
	Calendar             period.Calendar
}

// Costs says what to do about sales from before the first unit cost was read.
type Costs struct {
	History string // "none": they have no cost; "current": today's cost, marked estimated
}

// Export says where files go, and which are written after each night.
type Export struct {
	Dir     string
	Nightly []string // of ExportFormats; none where nobody wants any
	Period  string   // of what is written after a night, as `fourfold export` takes it
}

// ExportFormats are the kinds of files that there are.
var ExportFormats = []string{"xlsx", "csv"}

// Default is the configuration of an empty file.
func Default() Config {
	return Config{
		Database: "sqlite:fourfold.db",
		KeyFile:  "fourfold.key",
		Schedule: "30 3 * * *",
		Costs:    Costs{History: "none"},
		Export:   Export{Dir: ".", Period: "last-month"},
		Alerts:   Alerts{Encryption: "starttls"},
		Listen:   DefaultListen,
	}
}

// Postgres says whether the database is one that many processes may share.
func (c Config) Postgres() bool { return strings.HasPrefix(c.Database, "postgres") }

// Spreading is how long nights are spread over: as set, or else half an hour on Postgres, which serves many merchants, and nothing on SQLite.
func (c Config) Spreading() time.Duration {
	switch {
	case c.Spread != nil:
		return *c.Spread
	case c.Postgres():
		return 30 * time.Minute
	}
	return 0
}

// AtATime is how many jobs one process works at a time.
func (c Config) AtATime() int {
	switch {
	case c.Workers > 0:
		return c.Workers
	case c.Postgres():
		return 10
	}
	return 2
}

// Fault is one thing that is wrong with the configuration.
type Fault struct {
	File  string // or "environment"
	Line  int    // zero in the environment
	Field string
	Value string // as found; "" for secrets
	Text  string // what is wrong and what would do
}

func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	b.WriteString(": ")
	b.WriteString(f.Field)
	if f.Value != "" {
		fmt.Fprintf(&b, " is %q", f.Value)
	}
	b.WriteString(": ")
	b.WriteString(f.Text)
	return b.String()
}

// Faults are all the faults of a configuration.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}
