package metaads

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// page answers with the rows that a cursor leads to. A cursor belongs to its question; the address of the next page carries the token, as Meta's
// does.
func (s *Server) page(w http.ResponseWriter, r *http.Request, rows []any) {
	q := r.URL.Query()
	limit := 25
	if text := q.Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 5000 {
			parameter(w, "limit must be between 1 and 5000")
			return
		}
	}
	limit = min(limit, s.opts.MostRows)
	of := question(r.URL.Path, q)
	from, pause, ok := place(q.Get("after"), of)
	if !ok || from > len(rows) {
		parameter(w, "Invalid cursors values")
		return
	}
	if pause {
		s.send(w, r, nil, of, from, false, true)
		return
	}
	to := min(from+limit, len(rows))
	s.send(w, r, rows[from:to], of, to, s.Faults().EmptyPages, to < len(rows))
}

func (s *Server) send(w http.ResponseWriter, r *http.Request, rows []any, of uint32, next int, pause, more bool) {
	if rows == nil {
		rows = []any{}
	}
	out := map[string]any{"data": rows}
	if more || len(rows) > 0 {
		cursor := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %d %t", of, next, pause && more))
		paging := map[string]any{"cursors": map[string]string{"before": "QVFIUg", "after": cursor}}
		if more {
			q := r.URL.Query()
			q.Set("after", cursor)
			q.Set("access_token", bearer(r))
			q.Del("appsecret_proof")
			paging["next"] = "https://graph.facebook.com" + r.URL.Path + "?" + q.Encode()
		}
		out["paging"] = paging
	}
	answer(w, out)
}

func question(path string, q url.Values) uint32 {
	h := fnv.New32a()
	own := url.Values{}
	for name, v := range q {
		if name != "after" && name != "appsecret_proof" {
			own[name] = v
		}
	}
	_, _ = h.Write([]byte(path + "?" + own.Encode()))
	return h.Sum32()
}

func place(cursor string, of uint32) (from int, pause, ok bool) {
	if cursor == "" {
		return 0, false, true
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	var whose uint32
	if err == nil {
		_, err = fmt.Sscanf(strings.TrimSpace(string(text)), "%d %d %t", &whose, &from, &pause)
	}
	return from, pause, err == nil && whose == of
}
