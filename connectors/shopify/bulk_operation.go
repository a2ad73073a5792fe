package shopify

import (
	"context"
	"fmt"

	"fourfold/connectors"
)

// operation is a BulkOperation.
type operation struct {
	ID          string  `json:"id"`
	Status      string  `json:"status"`
	Error       string  `json:"errorCode"`
	CreatedAt   instant `json:"createdAt"`
	CompletedAt instant `json:"completedAt"`
	Objects     count   `json:"objectCount"`
	Roots       count   `json:"rootObjectCount"`
	Bytes       count   `json:"fileSize"`
	URL         string  `json:"url"`
	Query       string  `json:"query"`
}

// alive says that the operation is done or will be.
func (o *operation) alive() bool {
	return o.Status == "CREATED" || o.Status == "RUNNING" || o.Status == "COMPLETED"
}

func (o *operation) failure() error {
	if o.Error != "" {
		return fmt.Errorf("the bulk operation ended as %s: %s", lower(o.Status), lower(o.Error))
	}
	return fmt.Errorf("the bulk operation ended as %s", lower(o.Status))
}

// text is the query of a slice.
func (s *session) text(j *job) (string, error) {
	return bulkDocument(s.feed.bulk, s.feed.search(s.place.Run.By, j.From, j.To), s.has)
}

// start hands in a slice.
func (s *session) start(ctx context.Context, j *job) (operation, error) {
	text, err := s.text(j)
	if err != nil {
		return operation{}, err
	}
	var out struct {
		Run struct {
			Operation *operation  `json:"bulkOperation"`
			Errors    []userError `json:"userErrors"`
		} `json:"bulkOperationRunQuery"`
	}
	if err := s.q.ask(ctx, "bulk_run", map[string]any{"q": text}, &out); err != nil {
		return operation{}, err
	}
	if err := refusal(opOf(s.feed.bulk), out.Run.Errors); err != nil {
		return operation{}, err
	}
	if out.Run.Operation == nil || out.Run.Operation.ID == "" {
		return operation{}, connectors.Errorf(connectors.Malformed, opOf(s.feed.bulk), "Shopify took the query and named no operation")
	}
	return *out.Run.Operation, nil
}

// poll asks after an operation. One that Shopify no longer knows has expired.
func (s *session) poll(ctx context.Context, id string) (operation, error) {
	var out struct {
		Operation *operation `json:"bulkOperation"`
	}
	if err := s.q.ask(ctx, "bulk_poll", map[string]any{"id": id}, &out); err != nil {
		return operation{}, err
	}
	if out.Operation == nil {
		return operation{ID: id, Status: "EXPIRED"}, nil
	}
	return *out.Operation, nil
}

// operations of this app in this shop, the youngest first.
func (s *session) operations(ctx context.Context) ([]operation, error) {
	var out struct {
		Operations page[operation] `json:"bulkOperations"`
	}
	if err := s.q.ask(ctx, "bulk_list", nil, &out); err != nil {
		return nil, err
	}
	return out.Operations.Nodes, nil
}
