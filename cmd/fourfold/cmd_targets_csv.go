package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"fourfold/kpi"
)

// stdio is what people write for a file where they mean standard input or output.
const stdio = "-"

func exportTargetsCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "export [FILE]",
		Short:   "Write all versions as CSV; to standard output if no file is named",
		Example: "  fourfold targets export targets.csv",
		Args:    takes(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			db, m, err := a.linked(cmd.Context())
			if err != nil {
				return err
			}
			targets, err := db.Targets(cmd.Context(), m.ID)
			if err != nil {
				return err
			}
			write := func(w io.Writer) error { return kpi.WriteTargets(w, targets) }
			if len(args) == 0 || args[0] == stdio {
				return write(a.stdout)
			}
			return writeFile(args[0], write)
		},
	}
}

func importTargetsCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Read targets from CSV; what differs becomes a new version",
		Long: `Reads what targets export writes, from FILE or, where it is -, from standard
input. What differs from what is there becomes a new version. All faults of the
file are named at once, and a file with faults changes nothing: all of it is
taken, or none.`,
		Example: "  fourfold targets import targets.csv\n  fourfold targets import - < targets.csv",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			db, m, err := a.linked(ctx)
			if err != nil {
				return err
			}
			read, err := a.readTargets(args[0])
			if err != nil {
				return usage(err)
			}
			there, err := db.Targets(ctx, m.ID)
			if err != nil {
				return err
			}
			fresh := slices.DeleteFunc(slices.Clone(read), func(t kpi.Target) bool {
				return slices.ContainsFunc(there, func(o kpi.Target) bool {
					return t.SameSeries(o) && o.From == t.From && o.Anchors == t.Anchors && o.Reason == t.Reason
				})
			})
			if _, err := a.putTargets(ctx, db, m, fresh); err != nil {
				return err
			}
			now, err := db.Targets(ctx, m.ID)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%d read, %d of them new.\n", len(read), len(now)-len(there))
			return nil
		},
	}
}

func (a *app) readTargets(path string) ([]kpi.Target, error) {
	from := a.stdin
	if path != stdio {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("targets: %w", err)
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	text, err := io.ReadAll(from)
	if err != nil {
		return nil, fmt.Errorf("targets: %w", err)
	}
	if ofABook(text) {
		return nil, fmt.Errorf("%s is the sheet of an export, for reading: `fourfold targets export FILE` writes the one that can be changed and imported", path)
	}
	targets, err := kpi.ReadTargets(bytes.NewReader(text), kpi.Catalogue())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return targets, nil
}

// ofABook says whether a file is the sheet of targets that `fourfold export` writes, which is called targets.csv too.
func ofABook(text []byte) bool {
	head, _ := csv.NewReader(bytes.NewReader(text)).Read()
	has := func(column string) bool { return slices.Contains(head, column) }
	return has("from") && has("target") && has("scope_id") && !has("valid_from")
}
