// Package letter writes the weekly e-mail: the scorecard as a mail program shows it, and as text for those that do not.
//
// Mail programs know little of HTML: there are tables and no styles, and a status is a shape and a word beside whatever colour they have.
package letter

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"strings"
	text "text/template"
	"time"

	"fourfold/internal/export"
	"fourfold/internal/locale"
	"fourfold/kpi"
)

// Letter is one, as it is sent.
type Letter struct{ Subject, Text, HTML string }

// Links are addresses in a letter.
type Links struct {
	Page string // where the scorecard is; "" for nowhere
	Stop string // where the reader says that they want no more
}

//go:embed weekly.html weekly.txt
var files embed.FS

var (
	pages = template.Must(template.ParseFS(files, "weekly.html"))
	texts = text.Must(text.ParseFS(files, "weekly.txt"))
)

// content is what a letter says.
type content struct {
	Title, Lines string
	Parts        []part
	Notes        []string
	Links
}

// part is a perspective.
type part struct {
	Title, Status, Score string
	Rows                 []row
}

// row is an objective or, below it, a KPI. Figures are as the reader's language writes them.
type row struct {
	Objective                            bool
	Title, Value, Target, Change, Status string
	Note                                 string // why a value or a score is missing, and what else is to be known
}

// Weekly writes the letter of a book's first scorecard.
func Weekly(b export.Book, l locale.Locale, links Links) (Letter, error) {
	if len(b.Cards) == 0 {
		return Letter{}, errors.New("there is no scorecard to write of")
	}
	card := b.Cards[0].Scorecard
	sheet := export.Lay(b)[0]
	zone := b.Zone
	if zone == nil {
		zone = time.UTC
	}
	c := content{Title: l.Period(card.Period) + " · " + b.Merchant, Notes: b.Notes, Links: links}
	lines := []string{l.Day(card.Period.From) + " – " + l.Day(card.Period.To-1)}
	if b.Currency != "" {
		lines = append(lines, "amounts in "+b.Currency)
	}
	if !b.CompleteTo.IsZero() {
		lines = append(lines, "data complete to "+l.Instant(b.CompleteTo, zone))
	}
	c.Lines = strings.Join(lines, " · ")
	cells := func(r export.Row, key string) string {
		i := sheet.Column(key)
		if i < 0 || r.Cells[i] == nil {
			return ""
		}
		return l.Cell(r.Cells[i], zone, false)
	}
	for r := range sheet.Rows {
		status := ""
		if light, ok := r.Cells[sheet.Column("status")].(export.Light); ok {
			status = said(kpi.Status(light))
		}
		switch r.Level {
		case export.PerspectiveRow:
			p := part{Title: cells(r, "title"), Status: status}
			if _, scored := r.Cells[sheet.Column("score")].(export.Points); scored {
				p.Score = cells(r, "score")
			}
			c.Parts = append(c.Parts, p)
		case export.ObjectiveRow, export.KPIRow:
			if len(c.Parts) == 0 {
				continue
			}
			if r.Level == export.ObjectiveRow && status == said(kpi.Grey) {
				status = "" // its KPIs say it, and why
			}
			p := &c.Parts[len(c.Parts)-1]
			p.Rows = append(p.Rows, row{Objective: r.Level == export.ObjectiveRow, Title: cells(r, "title"), Value: cells(r, "value"), Target: cells(r, "target"),
				Change: cells(r, "change"), Status: status, Note: cells(r, "note")})
		case export.SectionRow, export.PlainRow:
		}
	}
	return c.letter(l.Period(card.Period) + ": " + summary(card) + " (" + b.Merchant + ")")
}

func (c content) letter(subject string) (Letter, error) {
	var html, plain bytes.Buffer
	if err := errors.Join(pages.Execute(&html, c), texts.Execute(&plain, c)); err != nil {
		return Letter{}, err
	}
	return Letter{Subject: subject, Text: plain.String(), HTML: html.String()}, nil
}

// summary says how many KPIs stand how.
func summary(card kpi.Scorecard) string {
	counts := map[kpi.Status]int{}
	for _, e := range card.Entries {
		counts[e.Status]++
	}
	var parts []string
	for _, s := range []kpi.Status{kpi.Red, kpi.Amber, kpi.Green} {
		if n := counts[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		return "your scorecard"
	}
	return strings.Join(parts, ", ")
}

// said is a status as a shape and a word: whoever sees no colours, or hears the letter read, knows it as well.
func said(s kpi.Status) string {
	switch s {
	case kpi.Green:
		return "● green"
	case kpi.Amber:
		return "▲ amber"
	case kpi.Red:
		return "◆ red"
	default:
		return "○ not scored"
	}
}
