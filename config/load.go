package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"fourfold/internal/period"
	"fourfold/internal/secret"
	"fourfold/kpi"
)

// Load reads a file and then the environment, which wins. A path of "" reads the environment alone. Relative paths in the file
// are relative to it, those in the environment to where the program runs. now is what days that are still to come are told by. Each of the
// providers has a section of its own. All faults come back at once, as Faults.
func Load(path string, getenv func(string) string, now time.Time, providers ...Provider) (Config, error) {
	c := beginning(now)
	c.fields = all(providers)
	c.said = map[string]string{}
	var faults Faults
	if path != "" {
		c.Path = path
		text, err := os.ReadFile(path)
		if err != nil {
			return c, fmt.Errorf("configuration: %w; %s", err, unread(path, err))
		}
		faults = append(faults, c.read(path, text)...)
		c.resolve()
	}
	faults = append(faults, c.readEnv(getenv)...)
	if len(faults) == 0 {
		faults = append(c.Alerts.clashes(cmp.Or(path, "environment")), c.clashes(cmp.Or(path, "environment"))...)
	}
	if len(faults) > 0 {
		return c, faults
	}
	return c, nil
}

// unread says what helps where the file cannot be read.
func unread(path string, err error) string {
	info, statErr := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "`fourfold init` writes one"
	case errors.Is(err, fs.ErrPermission):
		return "let this user read it (ls -l says who may), or run fourfold as the one who may"
	case statErr == nil && info.IsDir():
		return "name the file itself, such as " + filepath.Join(path, "fourfold.yml")
	}
	return "check the path and the disk"
}

// beginning is Default at a moment.
func beginning(now time.Time) Config {
	c := Default()
	c.today = period.On(now.Add(dayLine), time.UTC)
	return c
}

// dayLine is how far local time is ahead of UTC at most: where the day begins first.
const dayLine = 14 * time.Hour

// resolve makes relative paths relative to the file.
func (c *Config) resolve() {
	dir := filepath.Dir(c.Path)
	at := func(p string) string {
		if p == "" || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(dir, p)
	}
	c.KeyFile, c.Export.Dir = at(c.KeyFile), at(c.Export.Dir)
	if file, ok := strings.CutPrefix(c.Database, "sqlite:"); ok && file != ":memory:" {
		c.Database = "sqlite:" + at(file)
	}
}

func (c *Config) readEnv(getenv func(string) string) Faults {
	var faults Faults
	for _, f := range c.fields {
		value := getenv(f.env())
		if path := getenv(f.env() + "_FILE"); f.secret && path != "" {
			if value != "" {
				faults = append(faults, Fault{File: "environment", Field: f.env(), Text: "is set together with " + f.env() + "_FILE; keep one"})
				continue
			}
			s, err := readSecret(path)
			if err != nil {
				faults = append(faults, Fault{File: "environment", Field: f.env() + "_FILE", Value: path, Text: err.Error()})
				continue
			}
			value = s
		}
		if value == "" {
			continue
		}
		if err := f.set(c, value); err != nil {
			faults = append(faults, f.fault("environment", 0, f.env(), value, err))
			continue
		}
		c.say(f.path, "the environment, "+f.env())
	}
	if form := getenv("FOURFOLD_LOG"); form != "" && form != "json" && form != "text" {
		faults = append(faults, Fault{File: "environment", Field: "FOURFOLD_LOG", Value: form, Text: "expected json, or text as it is if left out"})
	}
	if key := getenv("FOURFOLD_KEY"); key != "" {
		c.Key = secret.New(key)
	}
	return faults
}

func (f field) fault(file string, line int, name, value string, err error) Fault {
	if f.secret || strings.Contains(value, "@") && strings.Contains(value, "://") {
		value = "" // a database address may hold a password
	}
	return Fault{File: file, Line: line, Field: name, Value: value, Text: err.Error()}
}

func (c *Config) read(path string, text []byte) Faults {
	name := filepath.Base(path)
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey()) // told by us, with the other faults
	if err != nil {
		return Faults{syntaxFault(name, err)}
	}
	r := reader{config: c, file: name, dir: filepath.Dir(path), seen: map[string]bool{}}
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType {
			continue
		}
		r.mapping("", doc.Body)
	}
	return r.faults
}

func syntaxFault(name string, err error) Fault {
	text, _, _ := strings.Cut(err.Error(), "\n")
	line := 0
	if n, _ := fmt.Sscanf(text, "[%d:", &line); n == 1 {
		_, text, _ = strings.Cut(text, "] ")
	}
	return Fault{File: name, Line: line, Field: "the file", Text: "is not YAML: " + text}
}

// reader walks the file, or what the file says of one merchant, and collects faults.
type reader struct {
	config    *Config
	file, dir string
	merchant  *named // whom it is about; nil for the top level
	prefix    string // of paths in faults
	faults    Faults
	seen      map[string]bool
	kpis      []kpi.KPI
}

func (r *reader) fail(n ast.Node, path, value, text string, args ...any) {
	r.faults = append(r.faults, Fault{File: r.file, Line: line(n), Field: strings.TrimSuffix(r.prefix+path, "."), Value: value, Text: fmt.Sprintf(text, args...)})
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}, true
	}
	return nil, false
}

func (r *reader) mapping(section string, n ast.Node) {
	values, ok := pairs(n)
	if !ok {
		name, value := strings.TrimSuffix(section, "."), scalar(n)
		if name == "" && r.merchant == nil {
			name, value = "the file", ""
		}
		r.fail(n, name, value, "expected settings below it: %s", r.known(section))
		return
	}
	for _, v := range values {
		path := section + v.Key.String()
		if r.seen[path] {
			r.fail(v.Key, path, "", "stands twice; keep one")
			continue
		}
		r.seen[path] = true
		if base, file := strings.CutSuffix(path, "_file"); r.seen[base] && file || r.seen[path+"_file"] {
			r.fail(v.Key, path, "", "stands together with %s; keep one", r.prefix+both(base, file))
			continue
		}
		switch {
		case path == "targets":
			r.targets(v.Value)
		case path == "merchants" && r.merchant == nil:
			r.merchants(v.Value)
		case r.known(path+".") != "":
			if v.Value.Type() != ast.NullType {
				r.mapping(path+".", v.Value)
			}
		default:
			r.setting(path, v)
		}
	}
}

// both names the other of a setting and its file.
func both(base string, file bool) string {
	if file {
		return base
	}
	return base + "_file"
}

func (r *reader) setting(path string, v *ast.MappingValueNode) {
	f, ok := r.fieldAt(path)
	inFile := false
	if !ok {
		if base, cut := strings.CutSuffix(path, "_file"); cut {
			if f, ok = r.fieldAt(base); ok && f.secret {
				inFile = true
			} else {
				ok = false
			}
		}
	}
	if !ok {
		section := path[:strings.LastIndex(path, ".")+1]
		r.fail(v.Key, path, "", "is no setting; there are: %s", r.known(section))
		return
	}
	if _, isMap := pairs(v.Value); isMap || v.Value.Type() == ast.SequenceType {
		r.fail(v.Key, path, "", "expected one value, not a list or a section")
		return
	}
	if v.Value.Type() == ast.NullType {
		return
	}
	text := scalar(v.Value)
	if inFile {
		at := text
		if !filepath.IsAbs(at) {
			at = filepath.Join(r.dir, at)
		}
		s, err := readSecret(at)
		if err != nil {
			r.fail(v.Value, path, text, "%v", err)
			return
		}
		text = s
	}
	if err := f.set(r.config, text); err != nil {
		r.faults = append(r.faults, f.fault(r.file, line(v.Value), r.prefix+path, text, err))
		return
	}
	r.took(f, text, fmt.Sprintf("%s:%d, %s", r.file, line(v.Key), r.prefix+path))
}

// scalar is the text of a value as the person meant it.
func scalar(n ast.Node) string {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return v.Value.Value
	case nil:
		return ""
	}
	if _, isMap := pairs(n); isMap {
		return ""
	}
	return n.GetToken().Value
}
