package googlesheets

import "encoding/json"

// Spreadsheet is what is read of one, and what a new one is made of: no cells.
type Spreadsheet struct {
	ID         string       `json:"spreadsheetId,omitempty"`
	URL        string       `json:"spreadsheetUrl,omitempty"`
	Properties Properties   `json:"properties"`
	Sheets     []Sheet      `json:"sheets,omitempty"`
	Names      []NamedRange `json:"namedRanges,omitempty"`
}

// Properties of a spreadsheet.
type Properties struct {
	Title  string `json:"title,omitempty"`
	Locale string `json:"locale,omitempty"`
	Zone   string `json:"timeZone,omitempty"`
}

// Sheet is one tab.
type Sheet struct {
	Properties SheetProperties `json:"properties"`
}

// SheetProperties are a tab's. The ID stays when it is renamed or moved.
type SheetProperties struct {
	ID     int64  `json:"sheetId"`
	Title  string `json:"title,omitempty"`
	Hidden bool   `json:"hidden,omitempty"`
	Grid   *Grid  `json:"gridProperties,omitempty"`
}

// Grid is how much room a tab has.
type Grid struct {
	Rows    int `json:"rowCount,omitempty"`
	Columns int `json:"columnCount,omitempty"`
	Frozen  int `json:"frozenRowCount,omitempty"`
}

// Range is part of a tab: rows and columns are counted from 0, and the ends are not in it. An end that is left out is that of the tab.
type Range struct {
	Sheet    int64 `json:"sheetId"`
	Row      int   `json:"startRowIndex"`
	RowEnd   int   `json:"endRowIndex,omitempty"`
	Column   int   `json:"startColumnIndex"`
	ColumnTo int   `json:"endColumnIndex,omitempty"`
}

// NamedRange is a name that formulas may use. Its ID stays when the range moves.
type NamedRange struct {
	ID    string `json:"namedRangeId,omitempty"`
	Name  string `json:"name,omitempty"`
	Range Range  `json:"range"`
}

// Cell is what is written into one. A formula is not among what it can hold.
type Cell struct {
	Value  *Value  `json:"userEnteredValue,omitempty"`
	Format *Format `json:"userEnteredFormat,omitempty"`
}

// Value is text, which is never read as anything else, or a number.
type Value struct {
	Number *float64 `json:"numberValue,omitempty"`
	Text   *string  `json:"stringValue,omitempty"`
}

// Format is how a cell looks.
type Format struct {
	Number *NumberFormat `json:"numberFormat,omitempty"`
	Align  string        `json:"horizontalAlignment,omitempty"` // LEFT, CENTER, RIGHT
	Wrap   string        `json:"wrapStrategy,omitempty"`        // WRAP
	Fill   *Colour       `json:"backgroundColorStyle,omitempty"`
	Text   *TextFormat   `json:"textFormat,omitempty"`
}

// NumberFormat is a pattern with the kind of value that it is for: TEXT, NUMBER, PERCENT, DATE or DATE_TIME.
type NumberFormat struct {
	Type    string `json:"type"`
	Pattern string `json:"pattern,omitempty"`
}

// TextFormat is how letters look.
type TextFormat struct {
	Bold   bool    `json:"bold,omitempty"`
	Size   int     `json:"fontSize,omitempty"`
	Colour *Colour `json:"foregroundColorStyle,omitempty"`
}

// Colour of red, green and blue, each from 0 to 1.
type Colour struct {
	RGB RGB `json:"rgbColor"`
}

// RGB are the parts of a colour.
type RGB struct {
	Red   float64 `json:"red"`
	Green float64 `json:"green"`
	Blue  float64 `json:"blue"`
}

// Change is one of those that Update makes together; exactly one of its fields is set.
type Change struct {
	Properties *UpdateProperties `json:"updateSpreadsheetProperties,omitempty"`
	AddSheet   *AddSheet         `json:"addSheet,omitempty"`
	Delete     *DeleteSheet      `json:"deleteSheet,omitempty"`
	Append     *AppendDimension  `json:"appendDimension,omitempty"`
	Insert     *InsertDimension  `json:"insertDimension,omitempty"`
	Widths     *UpdateDimension  `json:"updateDimensionProperties,omitempty"`
	Cells      *UpdateCells      `json:"updateCells,omitempty"`
	Repeat     *RepeatCell       `json:"repeatCell,omitempty"`
	Copy       *CopyPaste        `json:"copyPaste,omitempty"`
	AddName    *AddNamedRange    `json:"addNamedRange,omitempty"`
	MoveName   *UpdateNamedRange `json:"updateNamedRange,omitempty"`
}

// The changes, as the API calls their fields.
type (
	// UpdateProperties changes those of the spreadsheet that Fields names.
	UpdateProperties struct {
		Properties Properties `json:"properties"`
		Fields     string     `json:"fields"`
	}
	// AddSheet adds a tab.
	AddSheet struct {
		Properties SheetProperties `json:"properties"`
	}
	// DeleteSheet deletes a tab.
	DeleteSheet struct {
		Sheet int64 `json:"sheetId"`
	}
	// AppendDimension adds ROWS at the bottom, or COLUMNS at the right.
	AppendDimension struct {
		Sheet     int64  `json:"sheetId"`
		Dimension string `json:"dimension"`
		Length    int    `json:"length"`
	}
	// InsertDimension inserts blank ROWS or COLUMNS; what is behind them moves on.
	InsertDimension struct {
		Range   DimensionRange `json:"range"`
		Inherit bool           `json:"inheritFromBefore"`
	}
	// UpdateDimension sets how wide columns are.
	UpdateDimension struct {
		Range      DimensionRange `json:"range"`
		Properties struct {
			Pixels int `json:"pixelSize"`
		} `json:"properties"`
		Fields string `json:"fields"`
	}
	// DimensionRange are rows or columns from Start on and before End.
	DimensionRange struct {
		Sheet     int64  `json:"sheetId"`
		Dimension string `json:"dimension"`
		Start     int    `json:"startIndex"`
		End       int    `json:"endIndex"`
	}
	// UpdateCells writes rows of cells into a range, or from a place on. Cells of the range that the rows do not cover are cleared.
	UpdateCells struct {
		Rows   []json.RawMessage `json:"rows,omitempty"` // as Row makes them
		Fields string            `json:"fields"`
		Range  *Range            `json:"range,omitempty"`
		Start  *Place            `json:"start,omitempty"`
	}
	// Place is one cell of a tab.
	Place struct {
		Sheet  int64 `json:"sheetId"`
		Row    int   `json:"rowIndex"`
		Column int   `json:"columnIndex"`
	}
	// RepeatCell writes what Fields names of one cell into all of a range.
	RepeatCell struct {
		Range  Range  `json:"range"`
		Cell   Cell   `json:"cell"`
		Fields string `json:"fields"`
	}
	// CopyPaste copies a range to another of the same size.
	CopyPaste struct {
		Source      Range  `json:"source"`
		Destination Range  `json:"destination"`
		Type        string `json:"pasteType"` // PASTE_NORMAL
	}
	// AddNamedRange adds a name.
	AddNamedRange struct {
		Name NamedRange `json:"namedRange"`
	}
	// UpdateNamedRange changes what Fields names of a name, found by its ID.
	UpdateNamedRange struct {
		Name   NamedRange `json:"namedRange"`
		Fields string     `json:"fields"`
	}
)

// Row is a row of cells for UpdateCells.
func Row(cells []Cell) (json.RawMessage, error) {
	return json.Marshal(struct {
		Values []Cell `json:"values,omitempty"`
	}{cells})
}
