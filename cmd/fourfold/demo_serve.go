package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fourfold/internal/secret"
)

// demoKept is the file of a demo's folder in which it stands how to play what is simulated once more.
const demoKept = "demo.json"

// kept is what a demo needs to know of the one that made its database: what the simulated providers are made of, and the key of what is sealed.
type kept struct {
	Orders string    `json:"orders,omitempty"`
	Size   int       `json:"size"`
	Seed   uint64    `json:"seed"`
	Until  time.Time `json:"until"`
	Key    string    `json:"key"`
}

// keep writes down what the next demo in this folder needs to serve this one's pages. The key opens nothing but the demo's own tokens.
func (d demo) keep(a *app) error {
	b, err := json.Marshal(kept{Orders: d.orders, Size: d.size, Seed: d.seed, Until: d.until, Key: a.cfg.Key.Reveal()})
	if err == nil {
		err = os.WriteFile(filepath.Join(d.dir, demoKept), b, 0o600)
	}
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// stay serves the pages of the demo that is there, or else of one that it makes, with all that is simulated, until ctx ends.
func (d demo) stay(ctx context.Context, a *app, said func(flag string) bool) error {
	var err error
	if d.listen, err = free(ctx, d.listen); err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(d.dir, demoKept))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = d.run(ctx, a)
	case err != nil:
		err = fmt.Errorf("demo: %w", err)
	case said("orders") || said("size") || said("seed"):
		err = usage(fmt.Errorf("there is a demo in %s already: leave out --orders, --size and --seed, or make another one without --serve first", d.dir))
	default:
		err = d.again(ctx, a, b)
	}
	if err != nil {
		return err
	}
	w, err := a.worker(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\nThe pages of the demo's merchant are at %s until you press Ctrl-C.\n\n", a.cfg.Base())
	return a.stay(ctx, w, w.Run, true)
}

// again plays what is simulated as it was, and links it once more: it does not remember whom it gave tokens to.
func (d demo) again(ctx context.Context, a *app, b []byte) error {
	var k kept
	if err := json.Unmarshal(b, &k); err != nil {
		return fmt.Errorf("demo: %s does not say how to go on; make another demo without --serve: %w", filepath.Join(d.dir, demoKept), err)
	}
	d.orders, d.size, d.seed, d.until = k.Orders, k.Size, k.Seed, k.Until
	d.configure(a, secret.New(k.Key))
	out := a.stdout
	a.stdout = io.Discard
	defer func() { a.stdout = out }()
	steps, err := d.play(ctx, a)
	if err != nil {
		return err
	}
	return d.steps(ctx, a, steps)
}

// free looks whether an address can be listened on before a minute is spent, and fills in a port that was left open.
func free(ctx context.Context, address string) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return "", fmt.Errorf("listen: %w; free the port, or choose another with --listen", err)
	}
	return ln.Addr().String(), ln.Close()
}

// serving is the command that serves the demo's pages.
func (d demo) serving() string {
	words := []string{os.Args[0], "demo", "--serve"}
	if d.dir != "demo" {
		words = append(words, "--dir", d.dir)
	}
	return strings.Join(words, " ")
}
