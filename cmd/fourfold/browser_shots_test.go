package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"fourfold/config"
	"fourfold/internal/period"
)

// best are the pictures that the README shows, by the page and its look; every other one goes into a folder beside them that is no part of
// the repository.
var best = map[string]string{
	"month 1280-light": "scorecard.png", "month 1280-dark": "scorecard-dark.png", "month 390-light": "scorecard-narrow.png",
	"month-net_sales 1280-light": "kpi.png", "targets 1280-light": "targets.png", "links 1280-light": "links.png",
}

// TestScreenshots takes a picture of every page of the demo's merchant in every look, and of the scorecard on paper, into the folder that
// $FOURFOLD_SCREENSHOTS names; without it, there is nothing to do. $FOURFOLD_DEMO names the folder of a demo to look at; its pages must have
// no one who signs in yet. Otherwise one is made.
func TestScreenshots(t *testing.T) {
	into := os.Getenv("FOURFOLD_SCREENSHOTS")
	if into == "" {
		return
	}
	if err := os.MkdirAll(filepath.Join(into, "all"), 0o755); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "demo")
	if made := os.Getenv("FOURFOLD_DEMO"); made != "" {
		if err := os.CopyFS(dir, os.DirFS(made)); err != nil {
			t.Fatal(err)
		}
	}
	base, first := serveDemo(t, dir)
	x := newTab(t, base, nil)
	x.begins(first)
	month := period.Of(period.Monthly, period.On(time.Now(), time.UTC), config.Default().Merchant.Calendar).Prev(config.Default().Merchant.Calendar).Name
	everyLook := func(name string) {
		for _, l := range looks {
			x.look(l)
			x.shoot(into, name+" "+l.String())
		}
		x.look(usual)
	}
	x.opens("/m/1/take/feeds")
	x.hand.write(x, "What the new feed is for", "Monday meeting")
	x.goes("Make a feed")
	everyLook("take-feed")
	x.opens("/m/1/people")
	x.hand.write(x, "Note", "the tax adviser")
	x.goes("Make a link")
	everyLook("people-invited")
	x.opens("/m/1/targets")
	x.hand.write(x, "Average order value (AOV): green starts", "145")
	x.goes("See what it changes")
	everyLook("targets-preview")
	for _, address := range pagesOf(t, month) {
		x.opens(address)
		everyLook(pictured(strings.Replace(address, month, "month", 1)))
	}
	x.wrong() // that a page is not there is no news here
	x.opens("/m/1/" + month)
	sheet := filepath.Join(into, "all", "print.pdf")
	if err := os.WriteFile(sheet, x.printed(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "110", "-png", "-singlefile", sheet, filepath.Join(into, "print")).CombinedOutput(); err != nil {
		t.Logf("no picture of %s: pdftoppm, of the package poppler-utils: %v %s", sheet, err, out)
	}
}

// serveDemo serves the demo in dir, which it makes if it is not there, and says where, and where the first password is chosen.
func serveDemo(t *testing.T, dir string) (base, first string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var out output
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "--serve", "--listen", "127.0.0.1:0", "--dir", dir}, noEnv, strings.NewReader(""), &out, io.Discard)
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != exitOK {
			t.Errorf("the demo ends with %d:\n%s", code, &out)
		}
	})
	for end := time.Now().Add(runPatience); first == ""; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) || len(ended) > 0 {
			t.Fatalf("the demo does not serve:\n%s", &out)
		}
		first = firstAddress.FindString(out.String())
	}
	base, _, _ = strings.Cut(first, "/first/")
	return base, first
}

// begins chooses the first password.
func (x *tab) begins(first string) {
	x.t.Helper()
	x.opens(first)
	x.hand.write(x, "Name", "Ada")
	x.hand.write(x, "Password", visitorsPassword)
	x.hand.write(x, "The password again", visitorsPassword)
	x.goes("Begin")
}

const visitorsPassword = "correct horse battery"

// pictured is what a picture of an address is called.
func pictured(address string) string {
	below, of := strings.CutPrefix(address, "/m/1/")
	if !of {
		below = "site" + address
	}
	return strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "-").Replace(below)
}

// shoot takes a picture of the whole page, or of what is first seen of one of the best.
func (x *tab) shoot(into, name string) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	path, take := filepath.Join(into, "all", strings.ReplaceAll(name, " ", "-")+".png"), chromedp.FullScreenshot(100)
	if chosen, ok := best[name]; ok {
		path, take = filepath.Join(into, chosen), chromedp.CaptureScreenshot()
	}
	picture, err := chromedp.Run(ctx, take)
	if err != nil {
		x.t.Fatal(err)
	}
	if err := os.WriteFile(path, picture, 0o600); err != nil {
		x.t.Fatal(err)
	}
}

var (
	sheetOf = regexp.MustCompile(`/Type\s*/Page\b`)
	boxOf   = regexp.MustCompile(`/MediaBox\s*\[([^\]]*)\]`)
)

// printed is the page on paper, which must be one sheet of A4.
func (x *tab) printed() []byte {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		x.t.Fatal(err)
	}
	if n := len(sheetOf.FindAll(pdf, -1)); n != 1 {
		x.t.Errorf("%s prints on %d pages", x.path(), n)
	}
	for _, box := range boxOf.FindAllSubmatch(pdf, -1) {
		var left, top, wide, high float64
		if _, err := fmt.Sscan(string(box[1]), &left, &top, &wide, &high); err != nil || math.Abs(wide*high-595*842) > 1000 || min(wide, high) < 590 {
			x.t.Errorf("%s prints on paper of %s points", x.path(), box[1])
		}
	}
	return pdf
}
