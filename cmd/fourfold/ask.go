package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// line reads a line that a person types, or that a script sends; what ends ctx ends the waiting.
func (a *app) line(ctx context.Context) (string, error) {
	return await(ctx, func() (string, error) {
		text, err := bufio.NewReader(a.stdin).ReadString('\n')
		if err == io.EOF && text != "" {
			err = nil
		}
		return strings.TrimSpace(text), err
	})
}

// hidden is line for secrets: on a terminal what is typed is not shown.
func (a *app) hidden(ctx context.Context) (string, error) {
	f, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return a.line(ctx)
	}
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return "", err
	}
	text, err := await(ctx, func() (string, error) {
		b, err := term.ReadPassword(int(f.Fd()))
		return strings.TrimSpace(string(b)), err
	})
	if ctx.Err() != nil {
		_ = term.Restore(int(f.Fd()), before) // the read goes on, and would keep the terminal dumb
	}
	return text, err
}

// await reads aside, because a read of a terminal does not end with ctx.
func await(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	came := make(chan answer, 1)
	go func() {
		text, err := read()
		came <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case x := <-came:
		return x.text, x.err
	}
}
