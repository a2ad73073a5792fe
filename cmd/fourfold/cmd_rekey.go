package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fourfold/internal/vault"
)

func rekeyCommand(a *app) *cobra.Command {
	var fresh bool
	cmd := &cobra.Command{
		Use:   "rekey",
		Short: "Seal all tokens with the newest key",
		Long: `With --new a fresh key is put first into the key file, the old ones stay below
it. Then every token is opened with the key that sealed it and sealed with the
first. When all backups that need an old key are gone, delete its line.`,
		Example: "  fourfold rekey --new\n  fourfold rekey",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			c, err := a.config()
			if err != nil {
				return err
			}
			if fresh {
				if !c.Key.Empty() {
					return usage(fmt.Errorf("the key comes from FOURFOLD_KEY: put a new one first into it, one a line, and run rekey without --new"))
				}
				if err := addKey(c.KeyFile); err != nil {
					return err
				}
			}
			l, err := a.linker(ctx)
			if err != nil {
				return err
			}
			merchants, err := l.Store.Merchants(ctx)
			if err != nil {
				return err
			}
			changed := 0
			for _, m := range merchants {
				grants, err := l.Store.Grants(ctx, m.ID)
				if err != nil {
					return err
				}
				for _, g := range grants {
					if len(g.Sealed) == 0 {
						continue
					}
					again, err := l.ResealStored(ctx, g)
					if err != nil {
						return err
					}
					if again {
						changed++
					}
				}
			}
			fmt.Fprintf(a.stdout, "%d sealed anew with key %s.\n", changed, l.Vault.KeyID())
			return nil
		},
	}
	cmd.Flags().BoolVar(&fresh, "new", false, "put a fresh key first into the key file")
	return cmd
}

// addKey writes the key file anew with a fresh key in front; a crash leaves the old file or the new one, never half of it.
func addKey(path string) error {
	if _, err := vault.Load(path); err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	text := vault.NewKey().Reveal() + "\n" + strings.TrimLeft(string(old), "\n")
	if _, err := tmp.WriteString(text); err != nil {
		_ = tmp.Close()
		return fmt.Errorf("key file: %w", err)
	}
	if err := tmp.Sync(); err != nil {
		_ = tmp.Close()
		return fmt.Errorf("key file: %w", err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	info, err := os.Stat(path)
	if err == nil {
		err = keepOwner(tmp.Name(), info)
	}
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	return os.Rename(tmp.Name(), path)
}
