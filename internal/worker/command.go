package worker

import (
	"context"
	"regexp"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/store"
)

var plainWord = regexp.MustCompile(`^[\pL\pN._][\pL\pN._-]*$`)

// Quoted is a word as it is typed on a command line.
func Quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// whose ends a command about a merchant with its name, where there are others.
func (w *Worker) whose(ctx context.Context, m store.Merchant) (string, error) {
	several, err := w.Store.SeveralMerchants(ctx)
	if err != nil || !several || m.Name == "" {
		return "", err
	}
	return " --merchant " + Quoted(m.Name), nil
}

// linkCommand is how a login is linked again: as itself, and not as another one of the same provider. What a link cannot do without stands
// there for the person to fill in: FILE. A file's place is not told, since it may hold a secret and alerts go to others.
func linkCommand(c connectors.Connector, g store.Grant, whose string) string {
	words := []string{"fourfold link", strings.ReplaceAll(c.ID, "_", "-")}
	for _, f := range c.Fields {
		value := g.Fields[f.ID]
		switch {
		case f.Option && !f.Secret && f.ID != connectors.FieldCurrency && needed(f): // the currency is the scorecard's
			words = append(words, "--set", f.ID+"="+strings.ToUpper(f.ID))
		case f.Option || f.Secret || value == "":
		case f.ID == "shop":
			words = append(words, "--"+f.ID, Quoted(value))
		default:
			words = append(words, "--set", f.ID+"="+Quoted(value))
		}
	}
	return strings.Join(words, " ") + whose
}

// needed says whether a link cannot do without a field.
func needed(f connectors.Field) bool {
	_, err := f.Check("")
	return err != nil
}

// Sentence begins a text as a sentence does.
func Sentence(text string) string {
	for i, r := range text {
		return strings.ToUpper(string(r)) + text[i+len(string(r)):]
	}
	return text
}
