package export

import (
	"iter"

	"fourfold/kpi"
)

// Sheet is one sheet of a book: a table of typed cells under lines of heading.
type Sheet struct {
	Key     string   // names the CSV file; stable
	Name    string   // on the tab; stable
	Title   string   // the first line above the table
	Lines   []string // further lines above it
	Stamps  []Stamp  // figures above the table, which have names in the workbook
	Columns []Column
	Rows    iter.Seq[Row] // may be walked more than once
	Foot    []string      // lines under the table
	Flat    bool          // one kind of row, made for filters and pivot tables
	Long    bool          // may hold very many rows
}

// Stamp is a figure that belongs to the whole book.
type Stamp struct {
	Key   string // of its name in the workbook
	Label string
	Cell  Cell
}

// Column is one column of a sheet.
type Column struct {
	Key   string // heads the CSV column; stable
	Title string // heads it for people
	Width float64
	Align string // right for figures, center for dates and lights; left where it is not given
	Wrap  bool
	Shown Audience
}

// Audience says which formats write a column.
type Audience int

// Formats for people leave out what only a program needs, and the reverse.
const (
	Everyone Audience = iota
	Programs          // CSV
	People            // spreadsheet and terminal
)

// Level is the kind of a row.
type Level string

// Levels, from the top.
const (
	SectionRow     Level = "section"
	PerspectiveRow Level = "perspective"
	ObjectiveRow   Level = "objective"
	KPIRow         Level = "kpi"
	PlainRow       Level = ""
)

// Row is one row; Cells has one cell for every column.
type Row struct {
	Level Level
	ID    string // of the perspective, objective or KPI
	Cells []Cell
}

// Column is the index of a column, -1 if there is none.
func (s Sheet) Column(key string) int {
	for i, c := range s.Columns {
		if c.Key == key {
			return i
		}
	}
	return -1
}

func (c Column) align() string {
	if c.Align == "" {
		return "left"
	}
	return c.Align
}

// Names of the sheets, which a merchant's formulas may hold.
const (
	ScorecardSheet    = "Scorecard"
	ScopesSheet       = "Scopes"
	KPISheet          = "KPIs"
	TrendsSheet       = "Trends"
	SnapshotsSheet    = "Snapshots"
	TargetsSheet      = "Targets"
	DefinitionsSheet  = "Definitions"
	CompletenessSheet = "Completeness"
)

// Lay says what is in a book. The scopes' sheet is there only where there is more than the whole.
func Lay(b Book) []Sheet {
	h := newHistory(b)
	sheets := []Sheet{layScorecard(b, h)}
	if len(b.Cards) > 1 {
		sheets = append(sheets, layScopes(b, h))
	}
	return append(sheets,
		layKPIs(b, h),
		layTrends(b, h),
		laySnapshots(b, h),
		layTargets(b),
		layDefinitions(b),
		layCompleteness(b),
	)
}

// byID finds the definition of a KPI; one that has left the catalogue keeps its ID as title.
func byID(defs []kpi.KPI) func(kpi.ID) kpi.KPI {
	index := make(map[kpi.ID]kpi.KPI, len(defs))
	for _, k := range defs {
		index[k.ID] = k
	}
	return func(id kpi.ID) kpi.KPI {
		if k, ok := index[id]; ok {
			return k
		}
		return kpi.KPI{ID: id, Title: string(id), Unit: kpi.Score}
	}
}
