package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/worker"
)

// newNightly is a store whose files are written after each night.
func newNightly(t *testing.T, dsn, dir string) *operated {
	t.Helper()
	o := newOperated(t, dsn)
	o.app.cfg.Export.Dir, o.app.cfg.Export.Nightly, o.app.cfg.Export.Period = dir, []string{"xlsx", "csv"}, "last-week"
	return o
}

// works a night a day later, and writes nothing.
func (o *operated) works() {
	o.t.Helper()
	o.night(o.clock.now().Add(24 * time.Hour))
}

func (o *operated) exports() []store.Run {
	o.t.Helper()
	all, err := o.app.db.RunsOf(o.t.Context(), o.merchant().ID, 100, worker.ExportKind)
	o.must(err)
	return all
}

// stamp is when a file was written; zero where there is none.
func stamp(t *testing.T, path string) time.Time {
	t.Helper()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}
	}
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

// After each night its files are written, once: those that `fourfold export` writes, by the engine that works the nights.
func TestFilesAreWrittenAfterEachNight(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "files") // which nobody made
		o := newNightly(t, dsn, dir)
		if n, err := o.does(worker.ExportKind); n != 0 || err != nil {
			t.Fatalf("before the first night: %d, %v", n, err)
		}
		o.works()
		o.works()
		log := &output{}
		o.app.stderr = log
		ctx, cancel := context.WithCancel(t.Context())
		root := rootCommand(o.app)
		root.SetArgs([]string{"run"})
		ended := make(chan error, 1)
		go func() { ended <- root.ExecuteContext(ctx) }()
		for deadline := time.Now().Add(runPatience); len(o.exports()) == 0 || o.exports()[0].EndedAt.IsZero(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("nothing was written:\n%s", log)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		run := o.exports()[0]
		if run.Error != "" || !strings.Contains(run.Note, "scorecard.xlsx") || !strings.Contains(run.Note, "*.csv") || len(o.exports()) != 1 {
			t.Errorf("on record: %+v", o.exports())
		}
		asked := t.TempDir()
		o.must(o.command("export", "--period", "last-week", "--dir", asked))
		for _, name := range []string{"scorecard.xlsx", "csv/scorecard.csv"} {
			byNight, err := os.ReadFile(filepath.Join(dir, name))
			o.must(err)
			byHand, err := os.ReadFile(filepath.Join(asked, name))
			o.must(err)
			if !bytes.Equal(byNight, byHand) {
				t.Errorf("%s is not what export writes", name)
			}
		}
		if n, err := o.does(worker.ExportKind); n != 0 || err != nil {
			t.Errorf("written again without a night: %d, %v", n, err)
		}
		o.works()
		if n, err := o.does(worker.ExportKind); n != 1 || err != nil || len(o.exports()) != 2 {
			t.Errorf("after the next night: %d, %v, %d on record", n, err, len(o.exports()))
		}
		o.app.cfg.Export.Nightly = nil
		o.works()
		if n, err := o.does(worker.ExportKind); n != 0 || err != nil {
			t.Errorf("nobody wants any: %d, %v", n, err)
		}
	})
}

// Files that cannot be written are told once, with what to do, are tried again, and cost nothing else.
func TestFilesThatCannotBeWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		dir := t.TempDir()
		inTheWay := filepath.Join(dir, "files")
		o := newNightly(t, dsn, inTheWay)
		o.must(os.WriteFile(inTheWay, nil, 0o600))
		o.works()
		for try := range 3 { // at once, too soon, and after an hour
			n, err := o.does(worker.ExportKind)
			if tried := try != 1; tried != (n == 1) || tried != (err != nil) {
				t.Fatalf("try %d: %d, %v", try, n, err)
			}
			o.must(o.worker().Alert(t.Context()))
			if code, kinds := o.status(); code != exitPerson || !slices.Equal(kinds, []string{worker.NeedExport}) {
				t.Errorf("status exits with %d and tells %v", code, kinds)
			}
			if try == 1 {
				o.clock.set(o.clock.now().Add(time.Hour))
			}
		}
		for range 5 {
			o.clock.set(o.clock.now().Add(time.Hour))
			_, _ = o.does(worker.ExportKind)
		}
		if n := len(o.exports()); n != 4 {
			t.Errorf("tried %d times, want 4", n)
		}
		if nights, err := o.app.db.RunsOf(t.Context(), o.merchant().ID, 1, worker.NightKind); err != nil || nights[0].Error != "" {
			t.Errorf("the night: %+v, %v", nights, err)
		}
		if mails, posts := o.told("make the folder, or change export.dir"); mails != 1 || posts != 1 {
			t.Errorf("told by %d mails and %d posts", mails, posts)
		}
		o.must(os.Remove(inTheWay))
		o.works()
		if n, err := o.does(worker.ExportKind); n != 1 || err != nil {
			t.Errorf("with room for the folder: %d, %v", n, err)
		}
		if code, kinds := o.status(); code != exitOK {
			t.Errorf("after it was mended: exit %d, %v", code, kinds)
		}
	})
}

// On a full disk the files of the night before stay as they are.
func TestFilesOnAFullDisk(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, 4<<20)
	o := newNightly(t, storetest.SQLite(t), dir)
	o.works()
	if _, err := o.does(worker.ExportKind); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "scorecard.xlsx")
	before, written := stamp(t, path), below(t, dir)
	f, err := os.Create(filepath.Join(dir, "ballast"))
	o.must(err)
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	o.must(f.Close())
	o.works()
	if _, err := o.does(worker.ExportKind); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("on a full disk: %v", err)
	}
	o.must(os.Remove(f.Name()))
	if !stamp(t, path).Equal(before) || !slices.Equal(below(t, dir), written) {
		t.Errorf("what was written before is not what is there: %v, %v", below(t, dir), written)
	}
	o.clock.set(o.clock.now().Add(time.Hour))
	if _, err := o.does(worker.ExportKind); err != nil || !stamp(t, path).After(before) {
		t.Errorf("with room again: %v, of %s", err, stamp(t, path))
	}
}

// below are all files and folders at and below a folder.
func below(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A period without snapshots is no failure: a business has its first month.
func TestNothingToWriteYet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := newNightly(t, storetest.SQLite(t), dir)
	o.app.cfg.Export.Period = "2019"
	o.works()
	if _, err := o.does(worker.ExportKind); err != nil {
		t.Fatal(err)
	}
	if all := o.exports(); len(all) != 1 || all[0].Error != "" || !strings.Contains(all[0].Note, "before the first day with data") || len(below(t, dir)) != 1 {
		t.Errorf("on record: %+v", all)
	}
	if code, kinds := o.status(); code != exitOK {
		t.Errorf("status exits with %d: %v", code, kinds)
	}
}

// Whoever reads a file while it is written has one or the other, and two who write it at once do not mix.
func TestAFileIsReplacedWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	ended := make(chan error)
	for _, letter := range []string{"a", "b"} {
		content := bytes.Repeat([]byte(letter), 1<<20)
		if err := replaceFile(path, content); err != nil {
			t.Fatal(err)
		}
		go func() {
			var err error
			for range 20 {
				err = errors.Join(err, replaceFile(path, content))
			}
			ended <- err
		}()
	}
	for left := 2; left > 0; {
		select {
		case err := <-ended:
			if left--; err != nil {
				t.Error(err)
			}
		default:
		}
		b, err := os.ReadFile(path)
		if err != nil || len(b) != 1<<20 || len(bytes.Trim(b, string(b[:1]))) > 0 {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
	}
	if all := below(t, dir); !slices.Equal(all, []string{dir, path}) {
		t.Errorf("left over: %v", all)
	}
}
