package shopify

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	gojson "github.com/goccy/go-json"

	"fourfold/connectors"
)

// maxLine is the longest line of a bulk result that is believed.
const maxLine = 16 << 20

// decodeLine decodes one line of a bulk result. A backfill is millions of them, and the standard decoder would be as slow as the database.
func decodeLine(line []byte, v any) error { return gojson.Unmarshal(line, v) }

// lines reads a bulk result line by line and keeps count of what was taken.
type lines struct {
	r    *bufio.Reader
	long []byte
	// taken counts what next has returned, on top of what it began with; Bytes is the offset to go on from.
	taken connectors.Count
}

func newLines(r io.Reader, from connectors.Count) *lines {
	return &lines{r: bufio.NewReaderSize(r, 256<<10), taken: from}
}

// next returns a line and the kind of its object; io.EOF after the last. The line is good until the next call. A file that breaks
// off within a line is an error, since what follows is missing.
func (l *lines) next() (kind string, line []byte, err error) {
	line, err = l.read()
	if err != nil {
		return "", nil, err
	}
	size := int64(len(line))
	line = bytes.TrimRight(line, "\r\n")
	kind, err = kindOf(line)
	if err != nil {
		return "", nil, fmt.Errorf("line %d: %w", l.taken.Objects+1, err)
	}
	l.taken.Bytes += size
	l.taken.Objects++
	if !hasParent(line) {
		l.taken.Roots++
	}
	return kind, line, nil
}

// read returns a line with its newline. The last may go without one.
func (l *lines) read() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		if err == nil && len(l.long) == 0 {
			return part, nil
		}
		l.long = append(l.long, part...)
		switch {
		case err == nil:
			return l.long, nil
		case errors.Is(err, bufio.ErrBufferFull) && len(l.long) <= maxLine:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("line %d is longer than %d bytes", l.taken.Objects+1, maxLine)
		case errors.Is(err, io.EOF) && len(l.long) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			if !gojson.Valid(l.long) {
				return nil, errCutOff
			}
			return l.long, nil
		}
		return nil, err
	}
}

var errCutOff = errors.New("the file breaks off within a line")

// heads are how a line begins; Shopify escapes the slashes in bulk results.
var heads = [][]byte{[]byte(`{"id":"gid:\/\/shopify\/`), []byte(`{"id":"gid://shopify/`)}

// kindOf is the kind in the object's ID: documents ask for the ID first, so that it begins the line.
func kindOf(line []byte) (string, error) {
	for _, head := range heads {
		if rest, ok := bytes.CutPrefix(line, head); ok {
			if i := bytes.IndexAny(rest, `/\`); i > 0 {
				return string(rest[:i]), nil
			}
		}
	}
	var o struct {
		ID string `json:"id"`
	}
	if err := decodeLine(line, &o); err != nil {
		return "", err
	}
	kind, _, err := splitID(o.ID)
	return kind, err
}

// hasParent says whether the object hangs on another one. As text this is a key and nothing else: within a value its quotes would be
// escaped, and a value that is this word is followed by no colon.
func hasParent(line []byte) bool { return bytes.Contains(line, parentKey) }

var parentKey = []byte(`"__parentId":`)

// isKind holds for a kind and for those whose names end in it: an agreement is a SalesAgreement in bulk results, and an
// OrderAgreement, RefundAgreement… by type.
func isKind(kind, family string) bool { return strings.HasSuffix(kind, family) }
