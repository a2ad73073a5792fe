package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fourfold/config"
	"fourfold/internal/secret"
	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
	"fourfold/internal/vault"
)

// postgresTool runs one of Postgres's own tools.
func postgresTool(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(storetest.Tool(t, name), args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// backup copies the stage's database as docs/operating.md says.
func (s *stage) backup() (file string) {
	s.t.Helper()
	file = filepath.Join(s.t.TempDir(), "backup")
	if strings.HasPrefix(s.dsn, "postgres") {
		postgresTool(s.t, "pg_dump", "--format=custom", "--file="+file, s.dsn)
	} else {
		s.must("backup", file)
	}
	return file
}

// restore puts the stage on a database that is made from a backup; what came to the old one since is lost.
func (s *stage) restore(file string) {
	s.t.Helper()
	if strings.HasPrefix(s.dsn, "postgres") {
		s.dsn = storetest.EmptyPostgres(s.t)
		postgresTool(s.t, "pg_restore", "--no-owner", "--exit-on-error", "--dbname="+s.dsn, file)
	} else {
		path := filepath.Join(s.t.TempDir(), "restored.db")
		if err := os.Rename(file, path); err != nil {
			s.t.Fatal(err)
		}
		s.dsn = "sqlite:" + path
	}
	s.env = append(s.env, "FOURFOLD_DATABASE="+s.dsn)
}

// A backup that is taken while a pull is under way is restored after all that came later was lost, in the first pull and in a night. It
// goes on without loss or double: every table is as an undisturbed course leaves it.
func TestABackupGoesOn(t *testing.T) {
	for _, database := range chaosDatabases {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			u := calmly(t, database.name, database.dsn)
			c := newCourse(t, database.dsn(t))
			lose := func(took time.Duration) func() {
				return func() {
					p := c.start("pull")
					select {
					case <-p.ended:
					case <-time.After(took / 2):
					}
					file := c.backup()
					_ = p.cmd.Process.Kill()
					c.end(p)
					c.restore(file)
					k := &killer{course: c}
					k.release()
					c.must("pull")
				}
			}
			first := c.firstNight(lose(u.firstTook))
			second := c.secondNight(lose(u.secondTook))
			c.same(u, first, second, false)
		})
	}
}

// A worker that has run since before a key was changed goes on with the new one: it opens what was sealed with it, seals with it, and
// the old key may go.
func TestKeysChangeWhileWorkersRun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		shop, err := sim.Generate(sim.Config{Seed: 3, Orders: 15, Since: operatedAt.AddDate(0, -1, 0), Until: operatedAt, Zone: "Europe/Berlin", Currency: "EUR", Products: 3})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "fourfold.key")
		old := vault.NewKey().Reveal()
		if err := os.WriteFile(file, []byte(old+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r := newRig(t, dsn, shop, rigOptions{Now: operatedAt, Sim: sim.Options{Protected: 2}, Configure: func(c *config.Config) { c.Key, c.KeyFile = secret.Text{}, file }})
		r.link()
		w := r.worker() // keeps the ring that it was made with
		night := func() {
			t.Helper()
			r.clock.set(r.clock.now().Add(24 * time.Hour)) // the access token has ended: it is renewed, and sealed again
			if _, err := w.Night(t.Context(), r.merchant()); err != nil {
				t.Fatal(err)
			}
		}
		night()
		beside := *r.app // another process
		beside.vault, beside.db = nil, nil
		defer beside.close()
		operator := &rig{t: t, clock: r.clock, srv: r.srv, app: &beside}
		for range 3 {
			ended := make(chan error)
			go func() {
				for range 5 {
					if err := w.Pull(t.Context(), r.merchant()); err != nil {
						ended <- err
						return
					}
				}
				close(ended)
			}()
			beside.vault = nil
			operator.must(operator.command("rekey", "--new"))
			if err := <-ended; err != nil {
				t.Fatalf("a pull while the key was changed: %v", err)
			}
			night()
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		newest, _, _ := strings.Cut(string(text), "\n")
		if err := os.WriteFile(file, []byte(newest+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if newest == old {
			t.Fatal("the key was not changed")
		}
		night()
		r.app.vault = nil // and a process that starts today
		w = r.worker()
		night()
	})
}
