package csv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"iter"
	"os"
	"strings"
	"time"

	"fourfold/connectors"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

// kind is what a file may hold.
type kind struct {
	name, title, stream, capability string
	costs                           string // what goes without such a file
	columns                         []column
	// build turns the lines into records; what is wrong with a line is noted on it.
	build func(acc connectors.Account, lines []*line) []fact.Record
}

var kinds = []*kind{
	{name: "spend", title: "Other spend", stream: "spend", capability: "spend", columns: spendColumns, build: spending,
		costs: "What is spent beside the ad platforms is missing from the scorecard."},
	{name: "unit_costs", title: "Unit costs", stream: "sku_costs", capability: "sku_costs", columns: costColumns, build: unitCosts,
		costs: "Sales of what the store shows no cost for have no gross profit."},
	{name: "tariffs", title: "Rate card", stream: "tariffs", capability: "tariffs", columns: tariffColumns, build: tariffs,
		costs: "What payment, fulfilment, shipping and returns cost is unknown: there is no contribution margin."},
	{name: "orders", title: "Other orders", stream: "orders", capability: "orders_file", columns: orderColumns, build: orders,
		costs: "Orders from elsewhere are missing from the scorecard."},
}

func kindOf(name string) *kind {
	for _, k := range kinds {
		if k.name == name {
			return k
		}
	}
	return nil
}

// maxFile is the most that is read of a file.
const maxFile = 64 << 20

// again is when to look for a file that is not there: nobody puts it back within the seconds of a few attempts.
const again = time.Hour

// content is the file as it is now.
func (k *kind) content(ctx context.Context, acc connectors.Account) ([]byte, error) {
	const op = "read the file"
	at := acc.Fields[fieldFile]
	if strings.HasPrefix(at, "https://") {
		return fetch(ctx, acc, op, at)
	}
	missing := func(err error) error {
		return &connectors.Error{Fault: connectors.Unavailable, Op: op, Err: err, RetryAfter: again,
			Hint: "put it back, or give another place: fourfold link csv --set kind=" + k.name + " --set file=FILE"}
	}
	info, err := os.Stat(at)
	if err != nil {
		return nil, missing(err)
	}
	if !info.Mode().IsRegular() { // a pipe would keep the night waiting
		return nil, connectors.Errorf(connectors.Malformed, op, "%s is a folder or a device, and no file", at)
	}
	f, err := os.Open(at)
	if err != nil {
		return nil, missing(err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, connectors.Errorf(connectors.Unavailable, op, "%w", err)
	}
	if len(text) > maxFile {
		return nil, connectors.Errorf(connectors.Malformed, op, "it is larger than %d MB: cut it", maxFile>>20)
	}
	return text, ctx.Err()
}

// read parses the file as it is now.
func (k *kind) read(ctx context.Context, acc connectors.Account) (*sheet, error) {
	text, err := k.content(ctx, acc)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	s := &sheet{hash: hex.EncodeToString(sum[:16])}
	s.records, s.days, err = parse(text, k, acc)
	if err != nil {
		return nil, &connectors.Error{Fault: connectors.Malformed, Op: "read the file of " + strings.ToLower(k.title), Err: err, Hint: "nothing of it was taken; mend it and it is read again"}
	}
	return s, nil
}

// sheet is a file that was read.
type sheet struct {
	hash    string
	records []fact.Record
	days    period.Days
}

// place is the cursor: which file was read, and the days it was about.
type place struct {
	Hash string     `json:"hash,omitempty"`
	From period.Day `json:"from,omitempty"`
	To   period.Day `json:"to,omitempty"`
}

// pull hands the file over in one page, if it has changed: it is taken whole or not at all. What was in it before and is not any more, goes.
func (k *kind) pull(ctx context.Context, acc connectors.Account, req connectors.Request) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		p, err := k.page(ctx, acc, req)
		yield(p, err)
	}
}

func (k *kind) page(ctx context.Context, acc connectors.Account, req connectors.Request) (connectors.Page, error) {
	var at place
	if err := req.Cursor.Decode(&at); err != nil {
		return connectors.Page{}, err
	}
	loc, err := location(acc.Zone)
	if err != nil {
		return connectors.Page{}, connectors.Errorf(connectors.Malformed, "read the file", "%w", err)
	}
	s, err := k.read(ctx, acc)
	if err != nil {
		return connectors.Page{}, err
	}
	now := clock(acc).UTC()
	today := period.On(now, loc)
	p := connectors.Page{ReadAt: now, Backfill: at.Hash == ""}
	p.Proof = &connectors.Proof{Slice: "file " + s.hash[:8], Started: now, Method: "file", Version: version,
		Read: connectors.Count{Objects: int64(len(s.records))}, To: now, CompleteTo: now, CompleteDay: today}
	if at.Hash != s.hash {
		p.Records = s.records
		if k.name == "orders" {
			p.Proof.Absences = true // the file holds all there are
		} else {
			p.Replaces = &period.Days{From: min(s.days.From, or(at.From, s.days.From)), To: max(s.days.To, at.To)}
		}
	}
	at = place{Hash: s.hash, From: s.days.From, To: s.days.To}
	p.Next, err = connectors.Encode(at)
	return p, err
}

func clock(acc connectors.Account) time.Time {
	if acc.Now != nil {
		return acc.Now()
	}
	return time.Now()
}

// today is the day by which slips of the hand are found; a day more or less is none.
func today(acc connectors.Account) period.Day { return period.On(clock(acc), time.UTC) }

func or(d, otherwise period.Day) period.Day {
	if d == 0 {
		return otherwise
	}
	return d
}
