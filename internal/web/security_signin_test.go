package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"fourfold/internal/store/storetest"
)

func (b *browser) token() string {
	u, err := url.Parse(b.server.URL)
	b.must(err)
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == "fourfold" {
			return c.Value
		}
	}
	return ""
}

func (b *browser) plant(token string) {
	u, err := url.Parse(b.server.URL)
	b.must(err)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "fourfold", Value: token, Path: "/"}})
}

// A session that somebody else put into the browser is worth nothing once its visitor signs in.
func TestSessionFixation(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	attacker := w.as(carl)
	planted := attacker.token()
	for _, token := range []string{planted, strings.Repeat("A", 43), "x"} {
		victim := w.browser()
		victim.plant(token)
		victim.post("/sign-in", "name", vera, "password", thePassword).leads(t, "/")
		if now := victim.token(); now == token || now == "" {
			t.Errorf("the token after signing in is the one before: %v", now == token)
		}
		thief := w.browser()
		thief.plant(token)
		thief.get("/me").leads(t, "/sign-in?next=%2Fme")
	}
	// Nor is the one that was left by signing out.
	b := w.as(vera)
	left := b.token()
	b.post("/sign-out").leads(t, "/sign-in")
	b.plant(left)
	b.get("/me").leads(t, "/sign-in?next=%2Fme")
}

func TestPasswordChangeEndsEverySession(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	here, there := w.as(vera), w.as(vera)
	before := here.token()
	here.post("/me/password", "present", "wrong", "password", "new horse battery", "again", "new horse battery").sees(t, 422, "not your present password")
	here.post("/me/password", "present", thePassword, "password", "vera", "again", "vera").sees(t, 422, "10 characters or more")
	there.get("/me").sees(t, 200)
	here.post("/me/password", "present", thePassword, "password", "new horse battery", "again", "new horse battery").leads(t, "/me")
	here.get("/me").sees(t, 200, "Everywhere else you are signed out")
	there.get("/me").leads(t, "/sign-in?next=%2Fme")
	if here.token() == before {
		t.Error("the session goes on under its old token")
	}
	old := w.browser()
	old.plant(before)
	old.get("/me").leads(t, "/sign-in?next=%2Fme")
	w.browser().post("/sign-in", "name", vera, "password", thePassword).sees(t, 401)
	w.browser().post("/sign-in", "name", vera, "password", "new horse battery").leads(t, "/")
}

func TestSessionsEndByThemselves(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	b := w.as(vera)
	w.pass(signedInFor - time.Minute)
	b.get("/me").sees(t, 200)
	w.pass(2 * time.Minute)
	b.get("/me").leads(t, "/sign-in?next=%2Fme")
	w.browser().post("/sign-in", "name", vera, "password", "wrong")
	w.pass(25 * time.Hour)
	w.must(w.Store.ForgetSessions(t.Context()))
	if left := w.dump(); strings.Contains(left, "sessions token") || strings.Contains(left, "attempts subject") {
		t.Error("ended sessions and old attempts are kept")
	}
}

// from makes a browser's requests come from an address, as the operator's proxy says.
func (b *browser) from(address string) *browser {
	b.header = http.Header{"X-Forwarded-For": {address}}
	return b
}

func TestGuessingOneName(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	try := func(n int, password string) answer {
		return w.browser().from(fmt.Sprint("203.0.113.", n)).post("/sign-in", "name", " Vera", "password", password)
	}
	for n := range freeTries {
		try(n, "wrong").sees(t, 401, "do not go together", `value=" Vera"`)
	}
	a := try(100, thePassword).sees(t, 429, "Too many attempts", "Try again in")
	if a.header.Get("Retry-After") == "" {
		t.Error("programs are not told how long to wait")
	}
	w.pass(firstWait)
	try(101, "wrong").sees(t, 401)
	w.pass(firstWait)
	try(102, thePassword).sees(t, 429) // twice as long now
	w.pass(firstWait)
	try(103, thePassword).leads(t, "/")
	for n := range freeTries { // which has forgotten what failed
		try(n, "wrong").sees(t, 401)
	}
	// Others sign in as ever.
	w.as(olga)

	// A patient one gets few tries a day.
	guesses := 0
	for until := w.clock().Add(24 * time.Hour); w.clock().Before(until); w.pass(5 * time.Minute) {
		if try(guesses%250, "wrong").status == http.StatusUnauthorized {
			guesses++
		}
	}
	if guesses > 105 || guesses < 10 {
		t.Errorf("%d guesses in a day", guesses)
	}
	// And a day later it is as if nothing had been.
	w.pass(24 * time.Hour)
	try(1, thePassword).leads(t, "/")
}

func TestGuessingFromOneAddress(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	const here = "203.0.113.7"
	for n := range freeTries * anOffice {
		w.person(fmt.Sprint("name ", n))
		w.browser().from("198.51.100.1, "+here).post("/sign-in", "name", fmt.Sprint("name ", n), "password", "wrong").sees(t, 401)
	}
	w.browser().from(here).post("/sign-in", "name", vera, "password", thePassword).sees(t, 429)
	w.browser().from("203.0.113.8, "+here).post("/sign-in", "name", vera, "password", thePassword).sees(t, 429) // what it claims is no way around
	w.browser().from("203.0.113.8").post("/sign-in", "name", vera, "password", thePassword).leads(t, "/")
	w.pass(firstWait)
	w.browser().from(here).post("/sign-in", "name", vera, "password", thePassword).leads(t, "/")
}

// An office in which everybody signs in every day is not held back by its number.
func TestAnOfficeSignsIn(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	for range 3 * freeTries * anOffice {
		w.browser().from("203.0.113.7").post("/sign-in", "name", vera, "password", thePassword).leads(t, "/")
	}
}

// Many at once are no way around the count.
func TestGuessingAtOnce(t *testing.T) { storetest.Each(t, testGuessingAtOnce) }

func testGuessingAtOnce(t *testing.T, dsn string) {
	w := newWorld(newRigOn(t, dsn, nil), plain)
	const many = 40
	statuses := make(chan int, many)
	for n := range many {
		go func() {
			statuses <- w.browser().from(fmt.Sprint("203.0.113.", n)).post("/sign-in", "name", vera, "password", "wrong").status
		}()
	}
	count := map[int]int{}
	for range many {
		count[<-statuses]++
	}
	if count[http.StatusUnauthorized] != freeTries || count[http.StatusTooManyRequests] != many-freeTries {
		t.Errorf("%v, expected %d that were looked at", count, freeTries)
	}
}

// The present password is guessed as slowly, by who found a browser open.
func TestGuessingThePresentPassword(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	b := w.as(vera)
	for range freeTries {
		b.post("/me/password", "present", "wrong", "password", "new horse battery", "again", "new horse battery").sees(t, 422, "not your present password")
	}
	b.post("/me/password", "present", thePassword, "password", "new horse battery", "again", "new horse battery").sees(t, 422, "Too many attempts")
	w.pass(firstWait)
	b.post("/me/password", "present", thePassword, "password", "new horse battery", "again", "new horse battery").leads(t, "/me")
}

// Where a request comes from is what the operator's proxy saw, and only if it is the operator's.
func TestFrom(t *testing.T) {
	for _, c := range []struct {
		base, peer, told, want string
	}{
		{"http", "203.0.113.1:99", "198.51.100.1", "203.0.113.1"},
		{"https", "203.0.113.1:99", "198.51.100.1", "203.0.113.1"},
		{"http", "127.0.0.1:99", "", "127.0.0.1"},
		{"http", "127.0.0.1:99", "198.51.100.1", "198.51.100.1"},
		{"http", "[::1]:99", "10.9.9.9, 198.51.100.1", "198.51.100.1"},
		{"http", "[::ffff:127.0.0.1]:99", "198.51.100.1", "198.51.100.1"},
		{"http", "172.18.0.2:99", "198.51.100.1", "172.18.0.2"},
		{"https", "172.18.0.2:99", "198.51.100.1", "198.51.100.1"},
		{"https", "127.0.0.1:99", "nonsense", "127.0.0.1"},
		{"https", "127.0.0.1:99", "198.51.100.1, nonsense", "127.0.0.1"},
		{"http", "[2001:db8:1:2:3:4:5:6]:99", "", "2001:db8:1:2::/64"},
		{"http", "127.0.0.1:99", "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"},
		{"http", "[fe80::1%eth0]:99", "", "fe80::/64"},
		{"http", "odd", "", "odd"},
	} {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.RemoteAddr = c.peer
		if c.told != "" {
			req.Header["X-Forwarded-For"] = []string{"192.0.2.1", c.told}
		}
		if got := (&Site{Base: c.base + "://fourfold.example"}).from(req); got != c.want {
			t.Errorf("%s, %s says %q: %q, expected %q", c.base, c.peer, c.told, got, c.want)
		}
	}
}

// Nobody learns who signs in here: an answer is the same and takes as long.
func TestUnknownNames(t *testing.T) {
	w := newWorld(newRig(t, nil), plain)
	hash, err := hashPassword(t.Context(), thePassword)
	w.must(err)
	p, err := w.Store.PersonNamed(t.Context(), vera)
	w.must(err)
	_, err = w.Store.SetPassword(t.Context(), p, hash)
	w.must(err)
	if cost := func(h string) string { return strings.Join(strings.Split(h, "$")[:4], "$") }; cost(hash) != cost(nobodysHash) {
		t.Errorf("%s and %s do not cost the same", cost(hash), cost(nobodysHash))
	}
	took := map[string]time.Duration{}
	for n := range 2 {
		for _, name := range []string{vera, "nobody", "no\x00body"} {
			began := time.Now()
			a := w.browser().from(fmt.Sprint("203.0.113.", n)).post("/sign-in", "name", name, "password", "wrong")
			if d := time.Since(began); took[name] == 0 || d < took[name] {
				took[name] = d
			}
			want := w.browser().from("198.51.100.1").get("/sign-in")
			if a.sees(t, 401); a.header.Get("Content-Type") != want.header.Get("Content-Type") || strings.Count(a.body, "do not go together") != 1 {
				t.Errorf("%q is answered in another way: %s", name, a.text())
			}
		}
		w.pass(time.Hour)
	}
	for name, d := range took {
		if d < took[vera]/3 {
			t.Errorf("%q is refused within %s, and who is there within %s", name, d, took[vera])
		}
	}
	if strings.Contains(w.logged.String(), "could not be made") {
		t.Errorf("strange names fill the log: %s", w.logged)
	}
}
