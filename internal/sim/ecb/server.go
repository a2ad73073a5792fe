// Package ecb plays the European Central Bank's files of reference rates: made-up rates that wander, on the working days of the ECB, published
// at four in the afternoon in Frankfurt.
package ecb

import (
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/sim/host"
)

// usual is about what a euro bought.
var usual = map[string]float64{"USD": 1.09, "GBP": 0.86, "JPY": 162, "CHF": 0.95, "SEK": 11.4, "PLN": 4.3, "AUD": 1.65, "CAD": 1.49, "IDR": 17_300}

// Server is the bank. It is safe for concurrent use.
type Server struct {
	*host.Host
	host.Handle[Faults] // requests are counted by their files
	now                 func() time.Time
}

// Faults are what goes wrong.
type Faults struct {
	Status int // that everything is answered with; none where zero
}

// New makes the bank with a clock.
func New(now func() time.Time) *Server {
	s := &Server{now: now}
	s.Host = host.New("European Central Bank", s, "www.ecb.europa.eu")
	return s
}

// holidays of TARGET that fall on a fixed date.
var holidays = []string{"01-01", "05-01", "12-25", "12-26"}

// Working says whether the bank publishes rates on a day.
func Working(d period.Day) bool {
	wd := d.Weekday()
	return wd != time.Saturday && wd != time.Sunday && !slices.Contains(holidays, d.String()[5:])
}

// Rate is what a euro buys on a working day, as text; "" for a currency without a rate.
func Rate(currency string, d period.Day) string {
	base, ok := usual[currency]
	if !ok {
		return ""
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(currency + d.String()))
	wave := 0.04*math.Sin(float64(d)/47) + 0.004*(float64(h.Sum32()%1000)/1000-0.5)
	digits := 4
	if base > 100 {
		digits = 2
	}
	return fmt.Sprintf("%.*f", digits, base*(1+wave))
}

// ServeHTTP serves the files.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Asked(path.Base(r.URL.Path))
	status := s.Faults().Status
	span := map[string]period.Day{"/stats/eurofxref/eurofxref-daily.xml": 1, "/stats/eurofxref/eurofxref-hist-90d.xml": 90, "/stats/eurofxref/eurofxref-hist.xml": 40_000}[r.URL.Path]
	if status == 0 && span == 0 {
		status = http.StatusNotFound
	}
	if status != 0 {
		http.Error(w, http.StatusText(status), status)
		return
	}
	frankfurt, _ := time.LoadLocation("Europe/Berlin")
	now := s.now().In(frankfurt)
	last := period.On(now, frankfurt)
	if now.Hour() < 16 {
		last--
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates</gesmes:subject><Cube>`)
	for d := last; d > last-span && d >= period.Date(2018, time.January, 2); d-- {
		if !Working(d) {
			continue
		}
		fmt.Fprintf(&b, `<Cube time="%s">`, d)
		for _, c := range []string{"USD", "JPY", "GBP", "CHF", "SEK", "PLN", "AUD", "CAD", "IDR"} {
			fmt.Fprintf(&b, `<Cube currency="%s" rate="%s"/>`, c, Rate(c, d))
		}
		b.WriteString("</Cube>")
	}
	b.WriteString("</Cube></gesmes:Envelope>")
	_, _ = w.Write([]byte(b.String()))
}
