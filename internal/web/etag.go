package web

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"net/http"
	"strings"
)

// tagOf is the ETag of what was written into a hash.
func tagOf(h hash.Hash) string { return `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"` }

func tagOfBytes(b []byte) string {
	h := sha256.New()
	_, _ = h.Write(b)
	return tagOf(h)
}

// unchanged answers 304 to who has it already, and says so. Last-Modified is told and never asked by: figures beside the snapshots, such as
// targets, may change later than these.
func unchanged(w http.ResponseWriter, r *http.Request, tag string) bool {
	w.Header().Set("ETag", tag)
	for has := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if has = strings.TrimPrefix(strings.TrimSpace(has), "W/"); has == tag || has == "*" {
			w.Header().Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}
