package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"fourfold/internal/book"
	"fourfold/internal/store"
)

// refusal is why a program gets no answer, in words.
type refusal struct {
	status int
	text   string
	after  time.Duration // when to ask again; zero where that would change nothing
}

func (r refusal) Error() string { return r.text }

// tooOften refuses who asks too often.
func tooOften(after time.Duration) refusal {
	return refusal{http.StatusTooManyRequests, "That is more often than agreed. Ask again in " + strconv.Itoa(seconds(after)) + " seconds.", after}
}

// refusing puts an error into words. What is nobody's business is logged, without the address: that may hold a token.
func (s *Site) refusing(r *http.Request, err error) refusal {
	var words refusal
	var none *book.NoneError
	switch {
	case errors.As(err, &words):
		return words
	case errors.As(err, &none), errors.Is(err, book.ErrAsked):
		return refusal{http.StatusNotFound, sentence(err.Error()), 0}
	case missing(err):
		return refusal{http.StatusNotFound, "There is no such thing.", 0}
	case errors.Is(err, context.Canceled):
		return refusal{http.StatusServiceUnavailable, "The question was taken back.", 0} // nobody reads it
	case errors.Is(err, store.ErrLost), errors.Is(err, store.ErrFull), errors.Is(err, context.DeadlineExceeded):
		s.Log.Error("a program was not answered", "route", r.Pattern, "error", err)
		return refusal{http.StatusServiceUnavailable, "The database does not answer. Try again in a minute.", time.Minute}
	}
	s.Log.Error("a program was not answered", "route", r.Pattern, "error", err)
	return refusal{http.StatusInternalServerError, "Something went wrong. It is in Fourfold's log, with the reason.", 0}
}

// retry says in the header when to ask again.
func (r refusal) retry(h http.Header) {
	if r.after > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds(r.after)))
	}
}

// seconds rounds up, so that who waits so long does not come too early.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
