package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fourfold/internal/shapes"
	"fourfold/kpi"
)

func kpisCommand(a *app) *cobra.Command {
	var asJSON bool
	var docs string
	cmd := &cobra.Command{
		Use:   "kpis [ID...]",
		Short: "The KPIs, each with its formula, sources and notes",
		Long:  "Every KPI of the catalogue, or those named. A star marks the starter set.",
		Example: `  fourfold kpis
  fourfold kpis net_sales aov
  fourfold kpis --json
  fourfold kpis --docs docs/kpis.md`,
		RunE: func(_ *cobra.Command, args []string) error {
			defs, err := named(args)
			if err != nil {
				return err
			}
			switch {
			case docs != "":
				return writeFile(docs, func(w io.Writer) error { return kpi.Docs(w, kpi.Catalogue()) })
			case asJSON:
				return a.json(shapes.KPIs(defs))
			}
			for _, k := range defs {
				a.printKPI(k)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().StringVar(&docs, "docs", "", "write the whole catalogue as Markdown to this file")
	return cmd
}

func named(ids []string) ([]kpi.KPI, error) {
	all := kpi.Catalogue()
	if len(ids) == 0 {
		return all, nil
	}
	var some []kpi.KPI
	for _, id := range ids {
		k, ok := kpi.Find(all, kpi.ID(id))
		if !ok {
			return nil, usage(fmt.Errorf("%q is not a KPI: `fourfold kpis` lists them", id))
		}
		some = append(some, k)
	}
	return some, nil
}

func (a *app) printKPI(k kpi.KPI) {
	w := a.stdout
	star := ""
	if k.Starter {
		star = " *"
	}
	fmt.Fprintf(w, "%s%s — %s\n", k.ID, star, k.Title)
	fmt.Fprintf(w, "  %s, %s, %s, better: %s\n", strings.ReplaceAll(string(k.Perspective), "_", " "), k.Role, k.Unit, k.Better)
	fold(w, "  = ", k.Formula.String())
	for _, m := range k.Measures() {
		fold(w, "    ", fmt.Sprintf("%s: %s (by %s)", m.Measure, m.Text, m.Day))
	}
	if k.Maturity > 0 {
		fmt.Fprintf(w, "  scored %d days after the period has ended\n", k.Maturity)
	}
	if k.Note != "" {
		fold(w, "  ", k.Note)
	}
	fmt.Fprintln(w)
}

// json writes a value for scripts.
func (a *app) json(v any) error { return shapes.Write(a.stdout, v) }

// writeFile writes a whole file or leaves the one that is there: what fails half-way does not replace it.
func writeFile(path string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := replaceFile(path, b.Bytes()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// replaceFile puts a file in the place of an earlier one, whole, whoever else does the same just now.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
