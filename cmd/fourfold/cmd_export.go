package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fourfold/internal/export"
)

func exportCommand(a *app) *cobra.Command {
	var at, dir, format string
	var all, bom bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the scorecard as a workbook (XLSX) and as CSV files",
		Long: `Writes scorecard.xlsx and a folder of CSV files. The workbook's names
(ff_net_sales_value and the like) stay the same from one export to the next, so
your own formulas survive: see docs/workbook.md. The same snapshots give the
same files, byte for byte. Snapshots of single days go back three months; weeks,
months, quarters and years to the beginning.`,
		Example: `  fourfold export
  fourfold export --period 2026-Q3 --dir reports --format xlsx`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "" && format != "xlsx" && format != "csv" {
				return usage(fmt.Errorf("--format is %q: use xlsx or csv, or leave it out for both", format))
			}
			book, err := a.book(cmd.Context(), bookRequest{period: at, all: all, history: true})
			if err != nil {
				return err
			}
			if dir == "" {
				if dir, err = a.exportDir(cmd.Context()); err != nil {
					return err
				}
			}
			if format != "csv" {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					return fmt.Errorf("export: %w", err)
				}
				path := filepath.Join(dir, "scorecard.xlsx")
				if err := writeFile(path, func(w io.Writer) error { return export.XLSX(w, book) }); err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "wrote  %s\n", path)
			}
			if format != "xlsx" {
				return a.writeCSV(filepath.Join(dir, "csv"), book, bom)
			}
			return nil
		},
	}
	f := cmd.Flags()
	a.merchantFlag(cmd)
	f.StringVar(&at, "period", "", "2026-11-21, 2026-W47, 2026-11, 2026-Q4, 2026, last-month …; the last month if left out")
	f.StringVar(&dir, "dir", "", "where to; export.dir of the configuration if left out")
	f.StringVar(&format, "format", "", "xlsx or csv; both if left out")
	f.BoolVar(&all, "all", true, "every KPI on the scorecard; with --all=false the starter set and whatever has a target")
	f.BoolVar(&bom, "bom", false, "begin CSV files with a byte order mark, for an Excel that takes them for Latin-1")
	return cmd
}

// exportDir is where a merchant's files go: export.dir, and below it a folder for each merchant where several share it.
func (a *app) exportDir(ctx context.Context) (string, error) {
	_, m, err := a.linked(ctx)
	if err != nil {
		return "", err
	}
	c, err := a.settings(ctx, m)
	if err != nil {
		return "", err
	}
	all, err := a.merchants(ctx)
	if _, said := c.Says("export.dir"); err != nil || said || len(all) == 1 {
		return c.Export.Dir, err
	}
	folder := m.Name
	if !filepath.IsLocal(folder) || strings.ContainsAny(folder, `/\:*?"<>|`) {
		folder = fmt.Sprintf("merchant-%d", m.ID)
	}
	return filepath.Join(c.Export.Dir, folder), nil
}

func (a *app) writeCSV(dir string, book export.Book, bom bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for _, sheet := range export.Lay(book) {
		if err := writeFile(filepath.Join(dir, export.CSVName(sheet)), func(w io.Writer) error { return export.CSV(w, sheet, bom) }); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.stdout, "wrote  %s%c*.csv\n", dir, filepath.Separator)
	return nil
}
