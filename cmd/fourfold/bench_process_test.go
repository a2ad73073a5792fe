//go:build bench

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// benchTask, in its environment, makes the test binary the simulated store, or several, the worker of a benchmark, or one of several: processes of their own, so
// that the memory and the CPU of one are not the other's. Both take orders in JSON, one a line, and answer each.
const benchTask = "FOURFOLD_BENCH_TASK"

func init() {
	task := map[string]func(json.RawMessage) (answerer, error){
		"simulator": newBenchSimulator, "stores": newBenchStores, "worker": newBenchWorker, "member": newBenchMember,
	}[os.Getenv(benchTask)]
	if task == nil {
		return
	}
	if err := obey(task, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// answerer does what one line asks.
type answerer interface {
	answer(line json.RawMessage) (any, error)
}

// obey makes the task from the first line, and answers the others until there are no more.
func obey(task func(json.RawMessage) (answerer, error), in io.Reader, out io.Writer) error {
	lines, answers := json.NewDecoder(in), json.NewEncoder(out)
	var first json.RawMessage
	if err := lines.Decode(&first); err != nil {
		return err
	}
	a, err := task(first)
	if err != nil {
		return err
	}
	for {
		var line json.RawMessage
		if err := lines.Decode(&line); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		said, err := a.answer(line)
		if err != nil {
			return err
		}
		if err := answers.Encode(said); err != nil {
			return err
		}
	}
}

// benchProcess is such a process.
type benchProcess struct {
	t       testing.TB
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	answers *json.Decoder
}

// spawn starts a process with its settings. It ends with the test, or before that by end.
func spawn(t testing.TB, task string, settings any) *benchProcess {
	t.Helper()
	p := &benchProcess{t: t, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), benchTask+"="+task)
	p.cmd.Stderr = os.Stderr
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.answers = json.NewDecoder(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.end)
	p.tell(settings)
	return p
}

func (p *benchProcess) tell(v any) {
	p.t.Helper()
	if err := json.NewEncoder(p.stdin).Encode(v); err != nil {
		p.t.Fatalf("the process of the benchmark has ended: %v", err)
	}
}

// ask has the process do something and waits until it is done.
func (p *benchProcess) ask(question, answer any) {
	p.t.Helper()
	p.tell(question)
	if err := p.answers.Decode(answer); err != nil {
		p.t.Fatalf("the process of the benchmark has ended: %v", err)
	}
}

// end lets the process finish, and ends it where it does not.
func (p *benchProcess) end() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.stdin.Close()
	late := time.AfterFunc(30*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	_ = p.cmd.Wait()
}
