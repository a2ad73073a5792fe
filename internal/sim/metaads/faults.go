package metaads

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Faults are what goes wrong, on demand.
type Faults struct {
	Suspended  map[string]int  // accounts that are disabled, with Meta's reason
	Closed     map[string]bool // accounts that were closed
	Foreign    map[string]bool // accounts that were taken from the login
	Declined   []string        // permissions that the merchant does not agree to
	NoLonger   bool            // good tokens are not lengthened
	Dead       bool            // no version of ours is served any more
	AnsweredBy string          // another version answers for ours
	Down       int             // so many requests are answered with 503 and a page
	Usage      float64         // per cent of the allowance that answers speak of
	Regain     int             // minutes until there is allowance again
	Spent      bool            // the allowance is gone
	EmptyPages bool            // every page but the last is preceded by an empty one
	MostCells  int             // rows times what their metrics weigh, above which a question is too large; none where zero
	MostReport int             // the same for a report
	Reduce     bool            // what is too large is refused with code 1 instead of a timeout
	Stuck      bool            // reports do not get on
	Failing    int             // so many reports fail, for no reason
	Skipped    int             // so many reports are passed over
	NotReady   int             // so many reads of a finished report are refused for the moment
}

// refusal is an error as Meta tells it.
type refusal struct {
	status, code, subcode int
	message               string
	transient             bool
}

func refuse(w http.ResponseWriter, no refusal) {
	e := map[string]any{"message": no.message, "type": "OAuthException", "code": no.code, "fbtrace_id": "A0simulated"}
	if no.subcode != 0 {
		e["error_subcode"] = no.subcode
	}
	if no.transient {
		e["is_transient"] = true
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(no.status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": e})
}

// parameter refuses what was asked.
func parameter(w http.ResponseWriter, format string, args ...any) {
	refuse(w, refusal{400, 100, 0, "(#100) " + fmt.Sprintf(format, args...), false})
}

func noObject(w http.ResponseWriter, id string) {
	refuse(w, refusal{400, 100, 33, "Unsupported request. Object with ID '" + id + "' does not exist, cannot be loaded due to missing permissions, or does not support this operation.", false})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v)
}

// tellUsage puts the headers of the allowance on an answer, and refuses where it is gone.
func (s *Server) tellUsage(w http.ResponseWriter, account string) (gone bool) {
	f := s.Faults()
	used := f.Usage
	if f.Spent {
		used = 100
	}
	w.Header().Set("X-Business-Use-Case-Usage", fmt.Sprintf(`{"%s":[{"type":"ads_insights","call_count":%d,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":%d,"ads_api_access_tier":"development_access"}]}`, account, int(used), f.Regain))
	w.Header().Set("X-Ad-Account-Usage", fmt.Sprintf(`{"acc_id_util_pct":%.1f,"reset_time_duration":100,"ads_api_access_tier":"development_access"}`, used))
	w.Header().Set("X-App-Usage", `{"call_count":1,"total_time":1,"total_cputime":1}`)
	w.Header().Set("X-FB-Ads-Insights-Throttle", fmt.Sprintf(`{"app_id_util_pct":0.1,"acc_id_util_pct":%.1f,"ads_api_access_tier":"development_access"}`, used))
	if f.Spent {
		refuse(w, refusal{400, 80000, 2446079, "(#80000) There have been too many calls from this ad-account. Wait a bit and try again.", false})
	}
	return f.Spent
}
