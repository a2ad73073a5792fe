package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Standing is how the data of all merchants stand together.
type Standing struct {
	Lags   []Lag
	Needs  map[string]int // by kind: what needs a person now
	Tokens *time.Time     // when the first login ends if it is not renewed; nil for none
	Queues []Queue
}

// Lag is how far the slowest merchant's stream is proven complete.
type Lag struct {
	Connector, Stream string
	CompleteTo        time.Time
}

// Queue is how many jobs of a queue are in a state, and since when the oldest is due.
type Queue struct {
	Name, State string
	Jobs        int
	Oldest      time.Time
}

// Reader reads how the data stand.
type Reader func(ctx context.Context) (Standing, error)

const (
	readFor  = 10 * time.Second
	readOnce = time.Minute // for all that ask within it
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("fourfold_"+name, help, labels, nil)
}

var (
	lagDesc    = describe("stream_lag_seconds", "How far the slowest merchant's data are behind now, as proven.", "connector", "stream")
	needsDesc  = describe("needs", "What needs a person, by kind, as of the last night or a minute after the last start of a process, whichever is later.", "kind")
	tokensDesc = describe("token_left_seconds", "Time until the first login ends if it is not renewed; less than 0 where one has ended.")
	depthDesc  = describe("queue_jobs", "Jobs in the queue.", "queue", "state")
	ageDesc    = describe("job_age_seconds", "How long the oldest job in the queue has been due.", "queue", "state")
	upDesc     = describe("standing_up", "Whether how the data stand could be read: 1 or 0.")
)

// standing collects what only the database knows, when it is asked for.
type standing struct {
	now  func() time.Time
	read Reader

	mu   sync.Mutex
	at   time.Time
	last Standing
	err  error
}

func newStanding(now func() time.Time, read Reader) *standing { return &standing{now: now, read: read} }

func (*standing) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{lagDesc, needsDesc, tokensDesc, depthDesc, ageDesc, upDesc} {
		ch <- d
	}
}

func (s *standing) Collect(ch chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.at.IsZero() || now.Sub(s.at) >= readOnce {
		ctx, cancel := context.WithTimeout(context.Background(), readFor)
		s.last, s.err = s.read(ctx)
		s.at = now
		cancel()
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if s.err != nil {
		gauge(upDesc, 0)
		return
	}
	gauge(upDesc, 1)
	for _, l := range s.last.Lags {
		gauge(lagDesc, now.Sub(l.CompleteTo).Seconds(), l.Connector, l.Stream)
	}
	for kind, n := range s.last.Needs {
		gauge(needsDesc, float64(n), kind)
	}
	if s.last.Tokens != nil {
		gauge(tokensDesc, s.last.Tokens.Sub(now).Seconds())
	}
	for _, q := range s.last.Queues {
		gauge(depthDesc, float64(q.Jobs), q.Name, q.State)
		gauge(ageDesc, max(0, now.Sub(q.Oldest).Seconds()), q.Name, q.State)
	}
}
