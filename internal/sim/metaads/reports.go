package metaads

import (
	"net/http"
	"strconv"
	"time"

	"fourfold/internal/sim/ads"
)

// run is a report that was ordered.
type run struct {
	id      string
	account *ads.Account
	ask     ask
	began   time.Time
	end     string // how it ends, where that is not well
}

var runFields = []string{"id", "account_id", "async_status", "async_percent_completion", "date_start", "date_stop", "error_code", "error_subcode", "error_message", "is_running", "time_ref", "time_completed"}

func (s *Server) order(w http.ResponseWriter, r *http.Request, a *ads.Account) {
	k, ok := s.parse(w, r.URL.Query(), a)
	if !ok || s.tellUsage(w, a.ID) {
		return
	}
	end := ""
	if s.Strikes(func(f *Faults) *int { return &f.Failing }) {
		end = "Job Failed"
	} else if s.Strikes(func(f *Faults) *int { return &f.Skipped }) {
		end = "Job Skipped"
	}
	s.mu.Lock()
	id := strconv.Itoa(90_100 + len(s.runs))
	s.runs[id] = &run{id: id, account: a, ask: k, began: s.opts.Now(), end: end}
	s.mu.Unlock()
	answer(w, map[string]string{"report_run_id": id})
}

// report is one that was ordered, or its rows.
func (s *Server) report(w http.ResponseWriter, r *http.Request, id, edge string) {
	s.mu.Lock()
	run := s.runs[id]
	s.mu.Unlock()
	if run == nil || r.Method != http.MethodGet || s.opts.Now().Sub(run.began) > 30*24*time.Hour {
		noObject(w, id)
		return
	}
	status := s.status(run)
	q := r.URL.Query()
	switch edge {
	case "":
		s.Asked("poll")
		if fields, ok := asked(w, q.Get("fields"), runFields); ok && known(w, q, "fields") && !s.tellUsage(w, run.account.ID) {
			answer(w, describe(run, status, fields))
		}
	case "insights":
		s.Asked("report")
		if !known(w, q, "limit", "after") || s.tellUsage(w, run.account.ID) {
			return
		}
		if status != "Job Completed" || s.Strikes(func(f *Faults) *int { return &f.NotReady }) {
			refuse(w, refusal{400, 2637, 1815107, "Async job is not ready yet.", true})
			return
		}
		s.page(w, r, run.ask.rows(run.account, run.began))
	default:
		parameter(w, "Unknown path components: /%s", edge)
	}
}

func (s *Server) status(run *run) string {
	f := s.Faults()
	age := s.opts.Now().Sub(run.began)
	switch {
	case f.Stuck || age < s.opts.Prepares:
		if age < s.opts.Prepares/2 {
			return "Job Started"
		}
		return "Job Running"
	case run.end != "":
		return run.end
	case f.MostReport > 0 && run.ask.cells(run.account, run.began) > f.MostReport:
		return "Job Failed"
	}
	return "Job Completed"
}

func describe(run *run, status string, fields []string) map[string]any {
	percent := map[string]int{"Job Completed": 100, "Job Running": 60}[status]
	all := map[string]any{"account_id": run.account.ID, "async_status": status, "async_percent_completion": percent, "is_running": status == "Job Running",
		"date_start": run.ask.days.From.String(), "date_stop": (run.ask.days.To - 1).String()}
	if status == "Job Failed" {
		all["error_code"], all["error_subcode"], all["error_message"] = 2, 1504038, "The report took too long."
		if run.end != "" {
			all["error_code"], all["error_subcode"], all["error_message"] = 2, 1504044, "An unexpected error has occurred."
		}
	}
	out := map[string]any{"id": run.id}
	for _, name := range fields {
		if v, ok := all[name]; ok {
			out[name] = v
		}
	}
	return out
}
