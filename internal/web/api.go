package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/internal/shapes"
	"fourfold/internal/store"
)

// The API answers programs that come with a key, and tells them the same as the commands' --json. It only reads. There are no cookies: what
// a browser sends along by itself opens nothing here, and so another site can have nothing done or told.

// apiEvery and apiBurst are how often one key is answered: 120 times a minute, and 30 times at once.
const (
	apiEvery = 500 * time.Millisecond
	apiBurst = 30
)

// apiRoute is an address of the API. The OpenAPI document is made of the same.
type apiRoute struct {
	path, id string // id names it in the document, for whoever generates a client
	summary  string
	params   []apiParam
	shape    reflect.Type // of the answer
	serve    func(c *apiCall) (any, error)
}

// apiParam is a parameter of the query.
type apiParam struct {
	name, text string
	schema     schema
}

// apiCall is one question.
type apiCall struct {
	holder
	site  *Site
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	query url.Values
}

// answering is a route whose answer has the type that its handler returns.
func answering[T any](path, id, summary string, serve func(c *apiCall) (T, error), params ...apiParam) apiRoute {
	return apiRoute{path, id, summary, params, reflect.TypeFor[T](), func(c *apiCall) (any, error) { return serve(c) }}
}

// api answers every address below /api/.
func (s *Site) api() http.Handler {
	mux := http.NewServeMux()
	document, err := openAPI(s.Base, apiRoutes)
	if err != nil {
		panic(err) // it is made of what was compiled in
	}
	mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		sendJSON(w, r, "application/json", document)
	})
	paths := []string{"/api/openapi.json"}
	for _, rt := range apiRoutes {
		mux.HandleFunc("GET "+rt.path, func(w http.ResponseWriter, r *http.Request) {
			if err := s.answer(w, r, rt); err != nil {
				s.refuse(w, r, err)
			}
		})
		paths = append(paths, rt.path)
	}
	for _, path := range paths {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", "GET, HEAD")
			s.refuse(w, r, refusal{http.StatusMethodNotAllowed, "The API only reads: use GET.", 0})
		})
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, refusal{http.StatusNotFound, "There is no such address. /api/openapi.json has those there are.", 0})
	})
	return mux
}

func (s *Site) answer(w http.ResponseWriter, r *http.Request, rt apiRoute) error {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(bookSent))
	ctx, cancel := context.WithTimeout(r.Context(), bookWithin)
	defer cancel()
	who, err := s.bearer(ctx, r)
	if err != nil {
		return err
	}
	if wait := s.apiPace.wait(who.ticket.Token, s.Now()); wait > 0 {
		return tooOften(wait)
	}
	if id := r.PathValue("merchant"); id != "" && id != number(who.merchant.ID) {
		return refusal{http.StatusNotFound, "There is no such merchant, or this key is not for it.", 0}
	}
	c := &apiCall{holder: who, site: s, w: w, r: r, ctx: ctx, query: r.URL.Query()}
	if err := onlyWords(c.query, rt.words()); err != nil {
		return err
	}
	v, err := rt.serve(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := shapes.Write(&b, v); err != nil {
		return err
	}
	sendJSON(w, r, "application/json", b.Bytes())
	return nil
}

// errKey asks for a key, and says nothing of why the one that came is none.
var errKey = refusal{http.StatusUnauthorized, "Send a key that is good: Authorization: Bearer KEY. Keys are made under Take along.", 0}

// bearer is who comes with a key in the header; nowhere else is one looked for.
func (s *Site) bearer(ctx context.Context, r *http.Request) (holder, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return holder{}, errKey
	}
	who, err := s.opened(ctx, strings.TrimSpace(token), store.APIKey)
	if errors.Is(err, errNoTicket) || errors.Is(err, errEnded) {
		return holder{}, errKey
	}
	return who, err
}

func (rt apiRoute) words() []string {
	var words []string
	for _, p := range rt.params {
		words = append(words, p.name)
	}
	return words
}

var pathParam = regexp.MustCompile(`\{(\w+)\}`)

// pathWords are the parameters in the path.
func (rt apiRoute) pathWords() []string {
	var words []string
	for _, m := range pathParam.FindAllStringSubmatch(rt.path, -1) {
		words = append(words, m[1])
	}
	return words
}

func sendJSON(w http.ResponseWriter, r *http.Request, kind string, body []byte) {
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Type", kind)
	if unchanged(w, r, tagOf(body)) {
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // of HEAD the server sends none of it
}

// apiProblem is a problem as RFC 9457 has it.
type apiProblem struct {
	Type   string `json:"type" doc:"about:blank: the status says it"`
	Title  string `json:"title" doc:"the status in words"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"what is the matter, and what to do"`
}

func (s *Site) refuse(w http.ResponseWriter, r *http.Request, err error) {
	no := s.refusing(r, err)
	h := w.Header()
	no.retry(h)
	if no.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="fourfold"`)
	}
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/problem+json")
	body, err := json.MarshalIndent(apiProblem{"about:blank", http.StatusText(no.status), no.status, no.text}, "", "  ")
	if err != nil {
		body = nil
	}
	w.WriteHeader(no.status)
	_, _ = w.Write(append(body, '\n'))
}

// intParam is a number of the query, within bounds.
func (c *apiCall) intParam(name string, otherwise, least, most int) (int, error) {
	text := c.query.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, refusal{http.StatusBadRequest, name + " is a number from " + strconv.Itoa(least) + " to " + strconv.Itoa(most) + ".", 0}
	}
	return n, nil
}

// flag is a yes or no of the query.
func (c *apiCall) flag(name string) (bool, error) {
	switch text := c.query.Get(name); {
	case slices.Contains([]string{"", "false"}, text):
		return false, nil
	case text == "true":
		return true, nil
	}
	return false, refusal{http.StatusBadRequest, name + " is true or false.", 0}
}
