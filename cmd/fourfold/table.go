package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// newTable is a table without lines: columns, two cells apart.
func newTable(columns ...string) table.Writer {
	s := table.StyleDefault
	s.Options = table.OptionsNoBordersAndSeparators
	s.Box.PaddingLeft, s.Box.PaddingRight = "", "  "
	s.Format.Header = text.FormatDefault
	t := table.NewWriter()
	t.SetStyle(s)
	t.SuppressEmptyColumns()
	header := make(table.Row, len(columns))
	for i, c := range columns {
		header[i] = c
	}
	t.AppendHeader(header)
	return t
}

// printTable prints a table, without the padding of its last column.
func (a *app) printTable(t table.Writer) {
	for line := range strings.Lines(t.Render()) {
		fmt.Fprintln(a.stdout, strings.TrimRight(line, " \n"))
	}
}

// fold writes a text behind a mark, within 80 cells; its further lines are as far to the right as the text begins.
func fold(w io.Writer, mark, s string) {
	indent := text.StringWidthWithoutEscSequences(mark)
	for i, line := range strings.Split(text.WrapSoft(s, helpWidth-indent), "\n") {
		if i > 0 {
			mark = strings.Repeat(" ", indent)
		}
		fmt.Fprintln(w, strings.TrimRight(mark+line, " "))
	}
}
