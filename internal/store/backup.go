package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of a SQLite database into a file that is not there yet, for this user alone, while others read and
// write on. A copy that could not be finished is removed.
func (s *Store) Backup(ctx context.Context, file string) error {
	if s.dialect != sqlite {
		return errors.New("only a SQLite database is copied here: use pg_dump for Postgres")
	}
	// SQLite takes some names, such as :memory:, for something else than a file of that name.
	file, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // an empty file is taken as a new one
	if err != nil {
		return fmt.Errorf("write the backup: check that its folder exists and belongs to this user: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	if _, err := s.writer.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return errors.Join(s.explain("write the backup", err), os.Remove(file))
	}
	return flush(file)
}

// flush sees to it that a file outlives a power cut.
func flush(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("keep the backup: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keep the backup: %w", err)
	}
	return nil
}
