package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"fourfold/internal/shapes"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

// refusedBy asks that an answer is a problem as RFC 9457 has it.
func refusedBy(t testing.TB, a answer, status int) {
	t.Helper()
	var p apiProblem
	d := json.NewDecoder(strings.NewReader(a.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || a.status != status || p.Status != status || p.Title != http.StatusText(status) || p.Detail == "" || p.Type != "about:blank" {
		t.Errorf("%d (%v), want the problem %d: %s", a.status, err, status, a.body)
	}
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" || a.header.Get("ETag") != "" {
		t.Errorf("a problem is %s, ETag %q", kind, a.header.Get("ETag"))
	}
}

func TestTheAPIOpensToAKeyAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		s := newShelf(t, dsn)
		other := s.merchant("Other")
		ann := s.member("ann", s.m, store.Viewer)
		s.must(s.Store.PutMember(t.Context(), other.ID, ann.ID, store.Operator))
		b := s.as("ann")
		key, feed := s.lend(b, "take/keys", "job"), s.lend(b, "take/feeds", "sheet")
		mine := "/api/v1" + strings.TrimPrefix(merchantAt(s.m.ID, ""), "/m")
		card := strings.Replace(mine, "/v1/", "/v1/merchants/", 1) + "/scorecard/2026-10"

		a := s.program(key).get(card)
		var got shapes.Scorecard
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != http.StatusOK || got.Merchant != evilMerchant || got.Period != "2026-10" {
			t.Fatalf("%d (%v): %s", a.status, err, a.body)
		}
		for name, want := range map[string]string{"Content-Type": "application/json", "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff", "Set-Cookie": "", "Vary": "",
			"Access-Control-Allow-Origin": "", "Access-Control-Allow-Credentials": "", "Last-Modified": rigNow.Format(http.TimeFormat)} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}

		t.Run("nobody else", func(t *testing.T) {
			refusedBy(t, b.get(card), http.StatusUnauthorized) // signed in, in a browser
			refusedBy(t, s.program("").get(card+"?key="+key), http.StatusUnauthorized)
			refusedBy(t, s.program(feed).get(card), http.StatusUnauthorized)
			refusedBy(t, s.program(key+"x").get(card), http.StatusUnauthorized)
			unknown, _ := mint(s.m.ID)
			refusedBy(t, s.program(unknown).get(card), http.StatusUnauthorized)
			basic := s.program("")
			basic.header.Set("Authorization", "Basic "+key)
			a := basic.get(card)
			refusedBy(t, a, http.StatusUnauthorized)
			if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("WWW-Authenticate is %q", a.header.Get("WWW-Authenticate"))
			}
			for _, address := range []string{"/feed/" + key + "/kpis.csv", "/", "/m/1"} {
				if a := s.program(key).get(address); a.status == http.StatusOK {
					t.Errorf("a key opens %s", address)
				}
			}
		})
		t.Run("another merchant", func(t *testing.T) {
			for _, rt := range apiRoutes {
				if len(rt.pathWords()) == 0 {
					continue
				}
				address := strings.NewReplacer("{period}", "2026-10").Replace(rt.path)
				for _, id := range []string{merchantAt(other.ID, "")[3:], "99", "x", "0" + merchantAt(s.m.ID, "")[3:]} {
					refusedBy(t, s.program(key).get(strings.ReplaceAll(address, "{merchant}", id)), http.StatusNotFound)
					s.pass(apiEvery)
				}
			}
		})
		t.Run("unchanged", func(t *testing.T) {
			p := s.program(key)
			p.header.Set("If-None-Match", a.header.Get("ETag"))
			if again := p.get(card); again.status != http.StatusNotModified || again.body != "" {
				t.Errorf("%d %q", again.status, again.body)
			}
			p.header.Set("If-None-Match", `"something else"`)
			if again := p.get(card); again.status != http.StatusOK || again.body != a.body || again.header.Get("ETag") != a.header.Get("ETag") {
				t.Errorf("%d", again.status)
			}
			if head := s.program(key).do(http.MethodHead, card, nil); head.status != http.StatusOK || head.body != "" || head.header.Get("ETag") != a.header.Get("ETag") {
				t.Errorf("HEAD: %d %q", head.status, head.body)
			}
		})
		t.Run("it only reads", func(t *testing.T) {
			for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
				for _, address := range []string{card, "/api/openapi.json"} {
					a := s.program(key).do(method, address, nil)
					refusedBy(t, a, http.StatusMethodNotAllowed)
					if a.header.Get("Allow") != "GET, HEAD" {
						t.Errorf("Allow is %q", a.header.Get("Allow"))
					}
				}
			}
		})
		t.Run("what is mistyped", func(t *testing.T) {
			base := strings.TrimSuffix(card, "scorecard/2026-10")
			for rest, want := range map[string]int{"scorecard/Monday": 404, "scorecard/2031-01": 404, "scorecard/2026-10?scope=shop": 400, "scorecard/2026-10?scope=store:77": 404, "scorecard/2026-10?al=true": 400,
				"scorecard/2026-10?all=yes": 400, "proofs?limit=0": 400, "proofs?limit=501": 400, "proofs?limit=many": 400, "restatements?period=Monday": 404, "orders": 404, "channels/2026-10": 404} {
				refusedBy(t, s.program(key).get(base+rest), want)
				s.pass(apiEvery)
			}
			refusedBy(t, s.program(key).get("/api/v2"), http.StatusNotFound)
			refusedBy(t, s.program(key).get("/api/"), http.StatusNotFound)
			refusedBy(t, s.program(key).get("/api/v1/kpis?x=1"), http.StatusBadRequest)
		})
		t.Run("its end", func(t *testing.T) {
			s.must(s.Store.ChangeRole(t.Context(), s.m.ID, ann.ID, store.NoRole, ann))
			refusedBy(t, s.program(key).get(card), http.StatusUnauthorized)
			s.must(s.Store.PutMember(t.Context(), s.m.ID, ann.ID, store.Viewer))
			next := s.lend(b, "take/keys", "next")
			if a := s.program(next).get("/api/v1/merchants"); a.status != http.StatusOK {
				t.Errorf("%d: %s", a.status, a.body)
			}
			b.post(s.at("take/keys/end"), "ticket", digest(next)).leads(t, s.at("take/keys"))
			refusedBy(t, s.program(next).get("/api/v1/merchants"), http.StatusUnauthorized)
		})
	})
}

func TestTheAPIIsPaced(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	s.member("ann", s.m, store.Viewer)
	key := s.lend(s.as("ann"), "take/keys", "k")
	p := s.program(key)
	for i := range apiBurst {
		if a := p.get("/api/v1/merchants"); a.status != http.StatusOK {
			t.Fatalf("number %d: %d", i+1, a.status)
		}
	}
	a := p.get("/api/v1/merchants")
	refusedBy(t, a, http.StatusTooManyRequests)
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
	}
	s.pass(apiEvery)
	if a := p.get("/api/v1/merchants"); a.status != http.StatusOK {
		t.Errorf("after a while: %d", a.status)
	}
	k, err := s.Store.Ticket(t.Context(), s.m.ID, digest(key))
	if err != nil || !k.UsedAt.Equal(rigNow) {
		t.Errorf("last used %s (%v): it is kept to the minute, and must not be written each time", k.UsedAt, err)
	}
	s.pass(2 * time.Minute)
	p.get("/api/v1/merchants")
	if k, err = s.Store.Ticket(t.Context(), s.m.ID, digest(key)); err != nil || !k.UsedAt.Equal(s.clock()) {
		t.Errorf("last used %s (%v)", k.UsedAt, err)
	}
}

// The document is whole: what it refers to is there, each address names its parameters, each answer has a shape.
func TestTheOpenAPIDocument(t *testing.T) {
	s := newShelf(t, storetest.SQLite(t))
	a := s.program("").get("/api/openapi.json")
	var doc struct {
		OpenAPI  string
		Servers  []struct{ URL string }
		Security []map[string][]string
		Paths    map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Summary     string
			Parameters  []struct {
				Name, In, Description string
				Required              bool
				Schema                map[string]any
			}
			Responses map[string]struct {
				Description string
				Content     map[string]struct{ Schema map[string]any }
			}
		}
		Components struct {
			Schemas         map[string]map[string]any
			SecuritySchemes map[string]struct{ Type, Scheme string } `json:"securitySchemes"`
		}
	}
	if err := json.Unmarshal([]byte(a.body), &doc); err != nil || a.status != http.StatusOK || doc.OpenAPI != "3.1.0" || doc.Servers[0].URL != s.Base {
		t.Fatalf("%d (%v): %.200s", a.status, err, a.body)
	}
	if doc.Components.SecuritySchemes["key"].Scheme != "bearer" || len(doc.Security) != 1 {
		t.Errorf("who may: %+v", doc.Security)
	}
	if len(doc.Paths) != len(apiRoutes) {
		t.Errorf("%d addresses in the document, %d in the table", len(doc.Paths), len(apiRoutes))
	}
	ids := map[string]bool{}
	for _, rt := range apiRoutes {
		get := doc.Paths[rt.path]["get"]
		if ids[get.OperationID] || get.OperationID == "" || get.Summary == "" {
			t.Errorf("%s: operation %q", rt.path, get.OperationID)
		}
		ids[get.OperationID] = true
		in := map[string]string{}
		for _, p := range get.Parameters {
			in[p.Name] = p.In
			if p.Description == "" || p.Schema["type"] == nil || p.Required != (p.In == "path") {
				t.Errorf("%s: parameter %+v", rt.path, p)
			}
		}
		for _, name := range rt.pathWords() {
			if in[name] != "path" {
				t.Errorf("%s: %s is not told", rt.path, name)
			}
		}
		for _, status := range []string{"200", "400", "401", "404", "429", "503"} {
			if get.Responses[status].Description == "" || len(get.Responses[status].Content) != 1 {
				t.Errorf("%s: what %s means is not told", rt.path, status)
			}
		}
	}
	refs := 0
	for rest := []byte(a.body); ; refs++ {
		_, after, found := bytes.Cut(rest, []byte(`"#/components/schemas/`))
		if !found {
			break
		}
		name, _, _ := bytes.Cut(after, []byte(`"`))
		if doc.Components.Schemas[string(name)] == nil {
			t.Errorf("there is no %s", name)
		}
		rest = after
	}
	if refs < 20 || doc.Components.Schemas["Scorecard"]["type"] != "object" {
		t.Errorf("%d references", refs)
	}
}
