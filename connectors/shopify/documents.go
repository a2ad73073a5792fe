package shopify

import (
	"embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Every GraphQL document has a file of its own. Three things are done to a file before it is sent: a line "...Name" is replaced by
// the body of that fragment (bulk queries must do without fragments), a line that ends in "# needs capability" is left out where
// the capability is not granted, and comments go.
//
//go:embed queries/*.graphql
var queryFiles embed.FS

// searchPlace stands in bulk documents for the filter: bulk queries take no variables.
const searchPlace = `(query: "SEARCH")`

type documentSet struct {
	texts     map[string]string // by file name without extension
	fragments map[string]string // bodies by fragment name
}

var (
	fragmentHead = regexp.MustCompile(`(?s)fragment (\w+) on \w+ \{\n(.*)\n\}`)
	spreadLine   = regexp.MustCompile(`^\.\.\.(\w+)$`)
	needsMark    = regexp.MustCompile(`#\s*needs (\w+)\s*$`)
)

var documents = sync.OnceValue(func() documentSet {
	set := documentSet{texts: map[string]string{}, fragments: map[string]string{}}
	entries, err := queryFiles.ReadDir("queries")
	if err != nil {
		panic(err) // embedded: cannot be missing
	}
	for _, e := range entries {
		b, err := queryFiles.ReadFile("queries/" + e.Name())
		if err != nil {
			panic(err)
		}
		if m := fragmentHead.FindStringSubmatch(string(b)); m != nil {
			set.fragments[m[1]] = m[2]
			continue
		}
		set.texts[strings.TrimSuffix(e.Name(), ".graphql")] = string(b)
	}
	return set
})

// document is a document's text for what is granted. A name that has no file is a mistake of ours.
func document(name string, has func(capability string) bool) (string, error) {
	text, ok := documents().texts[name]
	if !ok {
		return "", fmt.Errorf("there is no document queries/%s.graphql", name)
	}
	var b strings.Builder
	if err := expand(&b, text, has, 0); err != nil {
		return "", fmt.Errorf("queries/%s.graphql: %w", name, err)
	}
	return b.String(), nil
}

func expand(b *strings.Builder, text string, has func(string) bool, depth int) error {
	if depth > 5 {
		return fmt.Errorf("fragments go in circles")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := needsMark.FindStringSubmatch(line); m != nil && !has(m[1]) {
			continue
		}
		if i := strings.IndexByte(line, '#'); i >= 0 {
			line = strings.TrimSpace(line[:i])
		}
		if line == "" {
			continue
		}
		if m := spreadLine.FindStringSubmatch(line); m != nil {
			body, ok := documents().fragments[m[1]]
			if !ok {
				return fmt.Errorf("there is no fragment %s", m[1])
			}
			if err := expand(b, body, has, depth+1); err != nil {
				return err
			}
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return nil
}

// bulkDocument is a bulk document with its filter. The same filter and grants always give the same text, by which an operation of
// ours is known again after a crash.
func bulkDocument(name, search string, has func(string) bool) (string, error) {
	text, err := document(name, has)
	if err != nil {
		return "", err
	}
	if !strings.Contains(text, searchPlace) {
		return "", fmt.Errorf("queries/%s.graphql has no place for a filter", name)
	}
	filter := ""
	if search != "" {
		filter = "(query: " + strconv.Quote(search) + ")"
	}
	return strings.Replace(text, searchPlace, filter, 1), nil
}
