package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"fourfold/internal/store"
	"fourfold/internal/worker"
	"fourfold/kpi"
)

// Judging by a new target takes a moment; of a long history that had none it takes longer than somebody waits for a page.
const (
	judgeWait = 4 * time.Second
	judgeMost = 5 * time.Minute
)

// judgeSoon has what is open judged by new targets. Where that takes long it goes on by itself, and is an error.
func (a *app) judgeSoon(w *worker.Worker) func(context.Context, store.Merchant, []kpi.Target) error {
	return func(ctx context.Context, m store.Merchant, put []kpi.Target) error {
		ended := make(chan error, 1)
		go func() {
			lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), judgeMost)
			defer cancel()
			_, err := w.Rejudge(lasting, m, put)
			ended <- err
		}()
		t := time.NewTimer(judgeWait)
		defer t.Stop()
		select {
		case err := <-ended:
			return err
		case <-t.C:
			go func() {
				if err := <-ended; err != nil {
					w.Log.Warn("what is open is judged by new targets with the next pull", "merchant", m.ID, "error", err)
				}
			}()
			return fmt.Errorf("it takes longer than %s, and goes on", judgeWait)
		}
	}
}

// fileTargets are the targets that the configuration holds of a merchant, with its name. The file is read once: what is changed in it
// holds from the next start on.
func (a *app) fileTargets(ctx context.Context, m store.Merchant) ([]kpi.Target, string, error) {
	c, err := a.settings(ctx, m)
	if c.Path == "" {
		return c.Targets, "the configuration", err
	}
	return c.Targets, filepath.Base(c.Path), err
}
