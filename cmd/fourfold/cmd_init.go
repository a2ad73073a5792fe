package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/internal/vault"
)

func initCommand(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a configuration file with comments, and a fresh key",
		Long:  "Writes fourfold.yml and fourfold.key. A file that exists is left as it is.",
		Example: `  fourfold init
  fourfold init --dir /etc/fourfold`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return fmt.Errorf("init: %w", err)
			}
			settings := filepath.Join(dir, defaultConfig)
			key := filepath.Join(dir, config.Default().KeyFile)
			if err := a.writeNew(key, vault.NewKey().Reveal()+"\n"); err != nil {
				return err
			}
			if err := a.writeNew(settings, config.Example(a.providers()...)); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, `
Next: put your app's client ID into %s and its client secret into a
file that it names, or into FOURFOLD_SHOPIFY_CLIENT_SECRET. Then:

  fourfold link shopify --shop NAME

Keep a copy of %s apart from the database: without it the tokens are
lost.
`, settings, key)
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", ".", "where to write them")
	return cmd
}

// writeNew writes a file that only its owner can read, and leaves one that exists as it is.
func (a *app) writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		fmt.Fprintf(a.stdout, "kept   %s\n", path)
		return nil
	}
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("init: write %s: %w", path, err)
	}
	fmt.Fprintf(a.stdout, "wrote  %s\n", path)
	return nil
}
