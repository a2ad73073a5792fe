package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hand is how a visitor gets at what is on the page: things are known by their words, as a person knows them.
type hand interface {
	press(x *tab, thing string)          // a link, a button, a box to tick
	write(x *tab, thing, text string)    // into a field, in place of what is there
	choose(x *tab, thing, option string) // of a list
}

// call is a command to the browser as a step.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// finder finds things by their words: what can be pressed by its text or its name, fields by their labels. Of several it takes the first
// that can be seen, in the content before the frame.
const finder = `(kind, words) => {
	const flat = s => (s || "").replace(/\s+/g, " ").trim();
	const [within, wanted] = words.includes(" / ") ? words.split(" / ") : [null, words];
	const seen = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0;
	const called = e => flat(e.getAttribute("aria-label")) || flat(e.innerText) || flat(e.value) || flat(e.title);
	let roots = [document.querySelector("main"), document.body].filter(Boolean);
	if (within) {
		const of = e => flat((e.getAttribute("aria-label") || "") + " " + e.innerText);
		const all = [...document.querySelectorAll("li, tr, section, form, article, fieldset, .panel")].filter(e => seen(e) && of(e).includes(within));
		roots = all.sort((a, b) => of(a).length - of(b).length);
	}
	for (const root of roots) {
		let all;
		if (kind === "field") {
			all = [...root.querySelectorAll("label")].filter(l => flat(l.innerText) === wanted).map(l => l.control).filter(Boolean);
			all.push(...[...root.querySelectorAll("input, select, textarea")].filter(e => flat(e.getAttribute("aria-label")) === wanted));
		} else {
			all = [...root.querySelectorAll("a[href], button, summary, input[type=submit]")].filter(e => called(e) === wanted);
		}
		const found = all.find(seen);
		if (found) return found;
	}
	return null;
}`

// found is a script over the thing e that goes by the words.
func found(kind, words, script string) string {
	w, _ := json.Marshal(words)
	return fmt.Sprintf("(() => { const e = (%s)(%q, %s); %s })()", finder, kind, w, script)
}

// kindOf tells fields from what can be pressed.
const (
	pressed = "press"
	filled  = "field"
)

// mouse points and clicks.
type mouse struct{}

func (mouse) click(x *tab, kind, thing string, times int64) {
	x.t.Helper()
	var at struct {
		X, Y    float64
		Covered string
	}
	x.wait("there is «"+thing+"»", found(kind, thing, "return !!e"))
	// Behaviour instant: a page that scrolls smoothly would be clicked beside.
	x.read(&at, found(kind, thing, `
		e.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
		const r = e.getClientRects()[0], x = r.left + r.width / 2, y = r.top + r.height / 2, top = document.elementFromPoint(x, y);
		return {X: x, Y: y, Covered: top && (e.contains(top) || top.contains(e)) ? "" : top ? top.outerHTML.slice(0, 200) : "nothing"};`))
	if at.Covered != "" {
		x.t.Fatalf("«%s» cannot be clicked on: in its place is %s", thing, at.Covered)
	}
	x.do(chromedp.MouseClickXY(at.X, at.Y, func(p *input.DispatchMouseEventParams) { p.ClickCount = times }))
}

func (m mouse) press(x *tab, thing string) { m.click(x, pressed, thing, 1) }

func (m mouse) write(x *tab, thing, text string) {
	m.click(x, filled, thing, 3) // the third click takes the whole line
	x.do(chromedp.KeyEvent(kb.Backspace), chromedp.KeyEvent(text))
}

func (m mouse) choose(x *tab, thing, option string) {
	// The list that drops down is no part of the page, and cannot be clicked on from here.
	x.wait("there is «"+thing+"»", found(filled, thing, "return !!e"))
	x.do(chromedp.Evaluate[chromedp.Void](found(filled, thing, "e.focus()")), chromedp.KeyEvent(option))
}

// keyboard touches nothing but the keyboard, and must see where it is.
type keyboard struct{}

// farthest is how many times a visitor presses Tab before giving up.
const farthest = 400

func (keyboard) reach(x *tab, kind, thing string) {
	x.t.Helper()
	x.wait("there is «"+thing+"»", found(kind, thing, "return !!e"))
	for range farthest {
		var at struct{ There, Visible bool }
		x.read(&at, found(kind, thing, `
			const style = getComputedStyle(e);
			return {There: document.activeElement === e, Visible: e.matches(":focus-visible") && (style.outlineStyle !== "none" || style.boxShadow !== "none")};`))
		if at.There && !at.Visible {
			x.t.Fatalf("«%s» has the focus, and nobody sees it", thing)
		}
		if at.There {
			return
		}
		x.do(chromedp.KeyEvent(kb.Tab))
	}
	x.t.Fatalf("«%s» cannot be reached by the Tab key", thing)
}

func (k keyboard) press(x *tab, thing string) {
	k.reach(x, pressed, thing)
	x.do(chromedp.KeyEvent(kb.Enter))
}

func (k keyboard) write(x *tab, thing, text string) {
	k.reach(x, filled, thing)
	x.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent(kb.Backspace), chromedp.KeyEvent(text))
}

func (k keyboard) choose(x *tab, thing, option string) {
	k.reach(x, filled, thing)
	x.do(chromedp.KeyEvent(option))
}

// goes presses a thing that leads to another page, and waits for that.
func (x *tab) goes(thing string) {
	x.t.Helper()
	x.leaves("another page after «"+thing+"»", func() { x.hand.press(x, thing) })
}

// leaves waits until what is done has brought another page, and all of that.
func (x *tab) leaves(what string, do func()) {
	x.t.Helper()
	mark := fmt.Sprint(time.Now().UnixNano())
	x.do(chromedp.Evaluate[chromedp.Void]("window.isStill = " + mark))
	do()
	x.wait(what, "window.isStill !== "+mark+" && document.readyState === 'complete'")
}

// opens goes to an address by typing it.
func (x *tab) opens(address string) {
	x.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = x.base + address
	}
	x.do(chromedp.Navigate(address))
}

// path is where the tab is, below the base.
func (x *tab) path() string {
	x.t.Helper()
	var at string
	x.read(&at, "location.href")
	u, err := url.Parse(at)
	if err != nil {
		x.t.Fatal(err)
	}
	return u.Path
}

// read takes what an expression says.
func (x *tab) read(into any, expression string) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	b, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise))
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		x.t.Fatalf("%v, asking the page: %.300s", err, expression)
	}
}

// wait waits until an expression is true of the page, whichever is there by then.
func (x *tab) wait(what, expression string) {
	x.t.Helper()
	var last error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(x.ctx, patience)
		so, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		cancel()
		if so {
			return
		}
		last = err // between two pages there is nothing to ask
	}
	x.t.Fatalf("waited %s in vain: %s (%v). The page is %s", patience, what, last, x.shown())
}

// sees waits until words stand on the page.
func (x *tab) sees(words string) {
	x.t.Helper()
	w, _ := json.Marshal(words)
	x.wait("«"+words+"» stands on the page", fmt.Sprintf(`document.body.innerText.replace(/\s+/g, " ").includes(%s)`, w))
}

// shown is the page for a report: where, and its words.
func (x *tab) shown() string {
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
	if err != nil {
		return err.Error()
	}
	return text
}

// takes presses a thing that brings a file, and returns its name and what is in it.
func (x *tab) takes(thing string) (name string, content []byte) {
	x.t.Helper()
	begun, went := chromedp.BrowserEvents(x.ctx, cdpbrowser.DownloadWillBegin), chromedp.BrowserEvents(x.ctx, cdpbrowser.DownloadProgress)
	x.hand.press(x, thing)
	for e, err := range begun {
		if err != nil {
			x.t.Fatal(err)
		}
		name = e.SuggestedFilename
		break
	}
	for e, err := range went {
		if err != nil || e.State == cdpbrowser.DownloadProgressStateCanceled {
			x.t.Fatalf("the download of %s was broken off: %v", name, err)
		}
		if e.State == cdpbrowser.DownloadProgressStateCompleted {
			b, err := os.ReadFile(filepath.Join(x.dir, e.GUID))
			if err != nil {
				x.t.Fatal(err)
			}
			return name, b
		}
	}
	return "", nil
}
