package main

import (
	"encoding/csv"
	"encoding/xml"
	"os"
	"strings"
	"testing"
)

// spreadsheet is a flat OpenDocument spreadsheet: of each sheet the rows, of each row the cells by the column's heading in the first row.
type spreadsheet map[string][]map[string]string

// cells that a spreadsheet program repeats beyond this only fill the sheet up.
const repeatedAtMost = 200

type fodsCell struct {
	Repeated int    `xml:"number-columns-repeated,attr"`
	Type     string `xml:"value-type,attr"`
	Value    string `xml:"value,attr"`
	Date     string `xml:"date-value,attr"`
	String   string `xml:"string-value,attr"`
	Text     string `xml:"p"`
}

func (c fodsCell) text() string {
	switch {
	case c.Type == "float":
		return c.Value
	case c.Type == "date":
		return c.Date
	case c.String != "":
		return c.String
	}
	return c.Text
}

// readSpreadsheet reads the values as they were worked out when the file was last saved.
func readSpreadsheet(t testing.TB, path string) spreadsheet {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			Rows []struct {
				Cells []fodsCell `xml:"table-cell"`
			} `xml:"table-row"`
		} `xml:"body>spreadsheet>table"`
	}
	if err := xml.Unmarshal(content, &doc); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	all := spreadsheet{}
	for _, sheet := range doc.Sheets {
		var lines [][]string
		for _, row := range sheet.Rows {
			var line []string
			for _, c := range row.Cells {
				for range min(max(c.Repeated, 1), repeatedAtMost) {
					line = append(line, c.text())
				}
			}
			lines = append(lines, line)
		}
		all[sheet.Name] = byHeading(lines)
	}
	return all
}

// readComma reads a CSV file whose first line names the columns.
func readComma(t testing.TB, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return byHeading(lines)
}

// byHeading leaves out rows and columns without anything in them.
func byHeading(lines [][]string) (rows []map[string]string) {
	if len(lines) == 0 {
		return nil
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			if i < len(lines[0]) && lines[0][i] != "" {
				row[lines[0][i]] = cell
			}
		}
		if strings.Join(line, "") != "" {
			rows = append(rows, row)
		}
	}
	return rows
}
