package export

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"time"
)

// container is a zip archive that comes out the same for the same parts: in a fixed order, with one date, compressed in one
// way. The content types come first, as some readers expect; excelize writes the parts in varying order. Parts wait for their
// turn compressed, since a long history is hundreds of megabytes of XML.
type container struct {
	w     io.Writer
	parts []*part
}

// part is one entry of the archive while it is written: compressed, counted and summed up on the way.
type part struct {
	name  string
	body  bytes.Buffer
	out   *flate.Writer
	crc   uint32
	bytes uint64
}

const contentTypes = "[Content_Types].xml"

// zipDate is the earliest date that a zip archive can hold; zipDay is the same as the archive writes it.
var zipDate = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

const zipDay = 1<<5 | 1

// Create begins a part.
func (c *container) Create(name string) (io.Writer, error) {
	if name == contentTypes {
		return &typesPart{c}, nil
	}
	return c.part(name)
}

func (c *container) part(name string) (*part, error) {
	p := &part{name: name}
	var err error
	p.out, err = flate.NewWriter(&p.body, flate.DefaultCompression)
	c.parts = append(c.parts, p)
	return p, err
}

func (p *part) Write(b []byte) (int, error) {
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b)
	p.bytes += uint64(len(b))
	return p.out.Write(b)
}

// AddFS is not supported: no workbook of ours has a file system of parts.
func (c *container) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive.
func (c *container) Close() error {
	slices.SortFunc(c.parts, func(a, b *part) int {
		return cmp.Or(cmp.Compare(rank(a.name), rank(b.name)), cmp.Compare(a.name, b.name))
	})
	z := zip.NewWriter(c.w)
	for _, p := range c.parts {
		if err := p.out.Close(); err != nil {
			return err
		}
		head := &zip.FileHeader{Name: p.name, Method: zip.Deflate, CRC32: p.crc, CompressedSize64: uint64(p.body.Len()), UncompressedSize64: p.bytes}
		head.ModifiedDate = zipDay //nolint:staticcheck // of what comes compressed, CreateRaw writes this field and not Modified
		w, err := z.CreateRaw(head)
		if err != nil {
			return err
		}
		if _, err := p.body.WriteTo(w); err != nil {
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

// typesPart is the part of the content types, which excelize writes in one piece.
type typesPart struct{ c *container }

func (t *typesPart) Write(b []byte) (int, error) {
	sorted, err := sortedTypes(b)
	if err != nil {
		return 0, fmt.Errorf("content types: %w", err)
	}
	p, err := t.c.part(contentTypes)
	if err != nil {
		return 0, err
	}
	if _, err := p.Write(sorted); err != nil {
		return 0, err
	}
	return len(b), nil
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
