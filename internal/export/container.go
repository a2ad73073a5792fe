package export

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"
)

// container is a zip archive that comes out the same for the same parts: in a fixed order, with one date, compressed in one
// way. The content types come first, as some readers expect; excelize writes the parts in varying order.
type container struct {
	w     io.Writer
	parts []part
}

type part struct {
	name string
	body *bytes.Buffer
}

const contentTypes = "[Content_Types].xml"

// zipDate is the earliest date that a zip archive can hold.
var zipDate = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// Create begins a part. Everything is kept until Close.
func (c *container) Create(name string) (io.Writer, error) {
	p := part{name, new(bytes.Buffer)}
	c.parts = append(c.parts, p)
	return p.body, nil
}

// AddFS is not supported: no workbook of ours has a file system of parts.
func (c *container) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive.
func (c *container) Close() error {
	slices.SortFunc(c.parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(rank(a.name), rank(b.name)), cmp.Compare(a.name, b.name))
	})
	z := zip.NewWriter(c.w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
	for _, p := range c.parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: zipDate})
		if err != nil {
			return err
		}
		body := p.body.Bytes()
		if p.name == contentTypes {
			if body, err = sortedTypes(body); err != nil {
				return fmt.Errorf("content types: %w", err)
			}
		}
		if _, err := w.Write(body); err != nil {
			return err
		}
	}
	return z.Close()
}

func rank(name string) int {
	switch name {
	case contentTypes:
		return 0
	case "_rels/.rels":
		return 1
	case "xl/workbook.xml":
		return 2
	}
	return 3
}

// sortedTypes brings the content types, which excelize keeps in a map, into a fixed order.
func sortedTypes(body []byte) ([]byte, error) {
	type entry struct {
		Extension   string `xml:",attr,omitempty"`
		PartName    string `xml:",attr,omitempty"`
		ContentType string `xml:",attr"`
	}
	var types struct {
		XMLName  xml.Name `xml:"http://schemas.openxmlformats.org/package/2006/content-types Types"`
		Default  []entry
		Override []entry
	}
	if err := xml.Unmarshal(body, &types); err != nil {
		return nil, err
	}
	for _, list := range [][]entry{types.Default, types.Override} {
		slices.SortFunc(list, func(a, b entry) int {
			return cmp.Or(cmp.Compare(a.Extension, b.Extension), cmp.Compare(a.PartName, b.PartName))
		})
	}
	sorted, err := xml.Marshal(types)
	return append([]byte(xml.Header), sorted...), err
}
