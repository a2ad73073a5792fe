package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/store"
	"fourfold/internal/worker"
)

func exportCommand(a *app) *cobra.Command {
	var at, dir, format, to string
	var all, bom bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the scorecard as XLSX and CSV, or to Google Sheets",
		Long: `Writes scorecard.xlsx and a folder of CSV files. The workbook's names
(ff_net_sales_value and the like) stay the same from one export to the next, so
your own formulas survive: see docs/workbook.md. The same snapshots give the
same files, byte for byte. Snapshots of single days go back three months; weeks,
months, quarters and years to the beginning.

With export.nightly in the configuration "fourfold run" and "fourfold work" do
so after each night.

With --to google-sheets it brings the spreadsheet of the linked Google account
up to date instead, as "fourfold run" and "work" do after each night. It
rewrites what is its own, and leaves tabs, formulas and columns of yours alone.`,
		Example: `  fourfold export
  fourfold export --period 2026-Q3 --dir reports --format xlsx
  fourfold export --to google-sheets`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			formats := config.ExportFormats
			if format != "" {
				formats = []string{format}
			}
			if format != "" && !slices.Contains(config.ExportFormats, format) {
				return usage(fmt.Errorf("--format is %q: use xlsx or csv, or leave it out for both", format))
			}
			_, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			if to != "" {
				if cmd.Flags().Changed("dir") || format != "" || bom {
					return usage(errors.New("--to goes with none of --dir, --format and --bom: it writes no files"))
				}
				return a.exportTo(ctx, m, to, book.Request{Period: at, All: all, History: true})
			}
			book, err := a.bookOf(ctx, m, book.Request{Period: at, All: all, History: true})
			if err != nil {
				return err
			}
			if dir == "" {
				if dir, err = a.exportDir(ctx, m); err != nil {
					return err
				}
			}
			wrote, err := writeBook(dir, formats, book, bom)
			for _, path := range wrote {
				fmt.Fprintf(a.stdout, "wrote  %s\n", path)
			}
			return err
		},
	}
	f := cmd.Flags()
	a.merchantFlag(cmd)
	f.StringVar(&at, "period", "", "2026-11-21, 2026-W47, 2026-11, 2026-Q4, 2026, last-month …; the last month if left out")
	f.StringVar(&dir, "dir", "", "where to; export.dir of the configuration if left out")
	f.StringVar(&format, "format", "", "xlsx or csv; both if left out")
	f.StringVar(&to, "to", "", "google-sheets: into the spreadsheet of the linked Google account, instead of files")
	f.BoolVar(&all, "all", true, "every KPI on the scorecard; with --all=false the starter set and whatever has a target")
	f.BoolVar(&bom, "bom", false, "begin CSV files with a byte order mark, for an Excel that takes them for Latin-1")
	return cmd
}

// exportOf is what writes a merchant's files after each night, as the configuration has it; nil for one who wants none.
func (a *app) exportOf(m store.Merchant) worker.Export {
	c, err := a.config()
	if err != nil {
		return nil
	}
	wants := c.Of(m.Name, false).Export
	if len(wants.Nightly) == 0 {
		return nil
	}
	return func(ctx context.Context) (note string, err error) {
		b, err := a.bookOf(ctx, m, book.Request{Period: wants.Period, All: true, History: true})
		var none *book.NoneError
		if errors.As(err, &none) {
			return "nothing was written: " + none.Error(), nil // a first pull takes its time, and a business has its first month
		}
		if err != nil {
			return "", err
		}
		dir, err := a.exportDir(ctx, m)
		if err != nil {
			return "", err
		}
		wrote, err := writeBook(dir, wants.Nightly, b, false)
		return strings.Join(wrote, ", "), err
	}
}

// exportDir is where a merchant's files go: export.dir, and below it a folder for each merchant where several share it.
func (a *app) exportDir(ctx context.Context, m store.Merchant) (string, error) {
	c, err := a.settings(ctx, m)
	if err != nil {
		return "", err
	}
	if _, said := c.Says("export.dir"); said || a.isOnly(ctx, m) {
		return c.Export.Dir, nil
	}
	folder := m.Name
	if !filepath.IsLocal(folder) || strings.ContainsAny(folder, `/\:*?"<>|`) {
		folder = fmt.Sprintf("merchant-%d", m.ID)
	}
	return filepath.Join(c.Export.Dir, folder), nil
}

// writeBook writes a book in each of the formats and returns what it wrote, as people read it. Each file takes the place of the earlier one
// at once and whole: who opens it meanwhile has the one or the other.
func writeBook(dir string, formats []string, book export.Book, bom bool) (wrote []string, err error) {
	for _, format := range formats {
		switch format {
		case "xlsx":
			path := filepath.Join(dir, "scorecard.xlsx")
			err = writeInto(dir, path, func(w io.Writer) error { return export.XLSX(w, book) })
			wrote = append(wrote, path)
		case "csv":
			below := filepath.Join(dir, "csv")
			for _, sheet := range export.Lay(book) {
				err = writeInto(below, filepath.Join(below, export.CSVName(sheet)), func(w io.Writer) error { return export.CSV(w, sheet, bom) })
				if err != nil {
					break
				}
			}
			wrote = append(wrote, fmt.Sprintf("%s%c*.csv", below, filepath.Separator))
		}
		if err != nil {
			return wrote[:len(wrote)-1], fmt.Errorf("export: %w", remedied(err))
		}
	}
	return wrote, nil
}

// writeInto writes a file, and makes its folder first where it is missing.
func writeInto(dir, path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return writeFile(path, write)
}

// remedied adds what to do to an error of the file system.
func remedied(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: free some space there", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: let this user write there, or change export.dir in the configuration", err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%w: make the folder, or change export.dir in the configuration", err)
	}
	return err
}
