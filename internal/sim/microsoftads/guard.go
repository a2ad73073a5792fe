package microsoftads

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// call is a request whose token was good.
type call struct {
	body    []byte
	header  http.Header
	address string
}

// reply is an answer: of status 200, or of problems.
type reply struct {
	status   int
	body     any
	problems []problem
}

type problem struct {
	Code      int
	ErrorCode string
	Message   string
	Details   *string
}

func answer(body any) reply { return reply{status: http.StatusOK, body: body} }

// refuse answers as the services do for problems of what is asked.
func refuse(code int, name, text string) reply {
	return reply{status: http.StatusBadRequest, problems: []problem{{Code: code, ErrorCode: name, Message: text}}}
}

// guarded lets faults out, and in those who may come in.
func (s *Server) guarded(serve func(call) reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		s.mu.Lock()
		defer s.mu.Unlock()
		s.Asked(r.URL.Path)
		switch {
		case s.Faults().Dead:
			http.Error(w, "<html>Not Found</html>", http.StatusNotFound)
			return
		case s.Strikes(func(f *Faults) *int { return &f.Down }):
			http.Error(w, "<html>Service Unavailable</html>", http.StatusServiceUnavailable)
			return
		case s.Strikes(func(f *Faults) *int { return &f.RateLimited }):
			write(w, reply{status: http.StatusTooManyRequests, problems: []problem{{Code: 117, ErrorCode: "CallRateExceeded",
				Message: "You have exceeded the number of calls that you are allowed to make in a minute."}}})
			return
		}
		access, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if _, good := s.desk.Good(access); !ok || !good {
			fault(w, problem{Code: 109, ErrorCode: "AuthenticationTokenExpired", Message: "Authentication token expired. Please renew it or obtain a new token."})
			return
		}
		if r.Header.Get("DeveloperToken") != s.opts.DeveloperToken {
			fault(w, problem{Code: 105, ErrorCode: "InvalidCredentials", Message: "Authentication failed. Either supplied credentials are invalid or the account is inactive"})
			return
		}
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			write(w, reply{status: http.StatusUnsupportedMediaType})
			return
		}
		write(w, serve(call{body: body, header: r.Header, address: r.URL.Path}))
	}
}

// fault is how the gate before the services refuses.
func fault(w http.ResponseWriter, p problem) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	_ = json.NewEncoder(w).Encode(map[string]any{"Errors": []problem{p}, "TrackingId": "6f1e", "Type": "AdApiFaultDetail"})
}

func write(w http.ResponseWriter, a reply) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	if a.problems != nil {
		a.body = map[string]any{"OperationErrors": a.problems, "BatchErrors": []problem{}, "TrackingId": "6f1e", "Type": "ApiFaultDetail"}
	}
	_ = json.NewEncoder(w).Encode(a.body)
}

// read decodes a request. What the service does not know is as good as no request.
func (c call) read(into any) (reply, bool) {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return refuse(100, "NullRequest", "The request message is null."), false
	}
	return reply{}, true
}
