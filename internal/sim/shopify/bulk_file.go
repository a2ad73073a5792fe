package shopify

import (
	"encoding/xml"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
)

// storageError is how the storage host refuses: it speaks XML.
type storageError struct {
	XMLName xml.Name `xml:"Error"`
	Code    string
	Message string
}

// download serves a result by its signed link. A request that carries a Shopify token is refused: the token has no business there.
func (b *bulkBook) download(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Shopify-Access-Token") != "" || r.Header.Get("Authorization") != "" {
		b.srv.count(func(s *Stats) { s.TokensLeaked++ })
		refuseStorage(w, http.StatusForbidden, "AccessDenied", "A signed link admits no other credentials.")
		return
	}
	file := path.Base(r.URL.Path)
	q := r.URL.Query()
	b.mu.Lock()
	key := b.keys[file]
	b.mu.Unlock()
	expires, _ := strconv.ParseInt(q.Get("Expires"), 10, 64)
	switch {
	case key == "" || q.Get("Signature") != key:
		refuseStorage(w, http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
		return
	case b.srv.now() > Instant(expires):
		refuseStorage(w, http.StatusBadRequest, "ExpiredToken", "Invalid argument.")
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		refuseStorage(w, http.StatusMethodNotAllowed, "MethodNotAllowed", "The method is not allowed.")
		return
	}
	f, err := os.Open(filepath.Join(b.dir, file))
	if err != nil {
		refuseStorage(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		refuseStorage(w, http.StatusInternalServerError, "InternalError", "We encountered an internal error.")
		return
	}
	b.srv.count(func(s *Stats) { s.Downloads++ })
	w.Header().Set("Content-Type", "application/jsonl")
	w.Header().Set("Etag", `"`+file+`"`)
	if b.srv.faults.strikes(func(f *Faults) *Chance { return &f.CutDownload }) {
		w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
		w.WriteHeader(http.StatusOK)
		_, _ = io.CopyN(w, f, info.Size()*2/3)
		panic(http.ErrAbortHandler) // ends the connection in the middle of a line
	}
	http.ServeContent(w, r, "", info.ModTime(), f)
}

func refuseStorage(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(storageError{Code: code, Message: message})
}
