package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
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

// list prints what is on record: as JSON for scripts, else as the table, or what it means that there is nothing.
func (a *app) list(rows any, t table.Writer, asJSON bool, none string) error {
	switch {
	case asJSON:
		return a.json(rows)
	case t.Length() == 0:
		fmt.Fprintln(a.stdout, none)
	default:
		a.printTable(t)
	}
	return nil
}

// newest is the flag that says how many entries of a list are wanted.
type newest int

func (n *newest) flag(cmd *cobra.Command, of string) {
	cmd.Flags().IntVar((*int)(n), "limit", 50, "how many"+of+", the newest")
}

func (n *newest) check() error {
	if *n < 1 {
		return usage(fmt.Errorf("--limit is %d: use 1 or more", *n))
	}
	return nil
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

// folded is what fold writes.
func folded(mark, s string) string {
	var b strings.Builder
	fold(&b, mark, s)
	return b.String()
}
