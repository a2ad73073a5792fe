package csv

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// plain is the text of a file as it is read: UTF-8 without its mark, and with lines that end as they do everywhere. What is in another encoding is
// refused, since a database would refuse it, or worse, keep a wrong name.
func plain(text []byte) ([]byte, error) {
	const save = "save it as CSV UTF-8"
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, errors.New("the file is in UTF-16, which spreadsheets call Unicode text: " + save)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !bytes.Contains(text, []byte("\n")) {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	start := bytes.TrimLeft(text, " \t\r\n")
	for _, page := range []string{"<!doctype", "<html"} {
		if len(start) >= len(page) && bytes.EqualFold(start[:len(page)], []byte(page)) {
			return nil, errors.New("it is a web page and no file: the address is to serve the file itself, as CSV, to whoever has the address")
		}
	}
	if bytes.HasPrefix(start, []byte("PK\x03\x04")) {
		return nil, errors.New("it is a workbook: " + save)
	}
	line := 1
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == '\n':
			line++
		case r == utf8.RuneError && size == 1:
			return nil, fmt.Errorf("line %d: a letter in it is not UTF-8: %s", line, save)
		case r < ' ' && r != '\t' && r != '\r':
			return nil, fmt.Errorf("line %d: it has a sign that is no text: %s", line, save)
		}
		rest = rest[size:]
	}
	return text, nil
}

// separator is what separates the cells: what the first line has the most of.
func separator(text []byte) rune {
	head, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	most := ','
	for _, r := range ";\t" {
		if bytes.Count(head, []byte(string(r))) > bytes.Count(head, []byte(string(most))) {
			most = r
		}
	}
	return most
}
