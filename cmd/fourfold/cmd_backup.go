package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func backupCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the SQLite database into a file, while others work with it",
		Long: `Writes a whole and consistent copy of the database. Copying the file itself is
not safe while somebody works with it: what was stored last stands beside it.
To restore, stop fourfold, put the copy in the database's place, remove the
files beside it that end in -wal and -shm, and start again: it goes on from
there. The key that seals tokens is not in it: keep a copy of the key file, but
not in the same place.

For Postgres, use pg_dump and pg_restore.`,
		Example: "  fourfold backup /backups/fourfold-2026-11-21.db",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return usage(errors.New("name the file to write, such as: fourfold backup /backups/fourfold.db"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			c, err := a.config()
			if err != nil {
				return err
			}
			if source, ok := strings.CutPrefix(c.Database, "sqlite:"); ok {
				// Opening it would make an empty one, of which a copy is no backup.
				if _, err := os.Stat(source); err != nil {
					return fmt.Errorf("there is no database to copy: check database in the configuration, and the folder this runs in: %w", err)
				}
			}
			db, err := a.store(ctx)
			if err != nil {
				return err
			}
			if db.Dialect() == "postgres" {
				return usage(errors.New("the database is a Postgres: copy it with pg_dump --format=custom"))
			}
			if _, err := os.Stat(args[0]); !errors.Is(err, fs.ErrNotExist) {
				return usage(fmt.Errorf("%s is there already: name another, so that no backup is lost", args[0]))
			}
			if err := db.Backup(ctx, args[0]); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Copied to %s. The key file is not in it.\n", args[0])
			return nil
		},
	}
}
