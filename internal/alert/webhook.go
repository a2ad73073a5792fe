package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"fourfold/internal/secret"
)

// Webhook posts {"text": …} to an address, as Slack and those that follow it take it.
type Webhook struct {
	URL    secret.Text // who knows it may post
	Client *http.Client
}

const webhookTimeout = 20 * time.Second

// Send posts the subject and the text behind it.
func (w Webhook) Send(ctx context.Context, subject, text string) error {
	body, err := json.Marshal(map[string]string{"text": subject + "\n" + text})
	if err != nil {
		return fmt.Errorf("alert by webhook: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL.Reveal(), bytes.NewReader(body))
	if err != nil {
		return errors.New("alert by webhook: its address is none: check alerts.webhook")
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := w.Client.Do(r)
	if err != nil {
		var with *url.Error // it names the address
		if errors.As(err, &with) {
			err = with.Err
		}
		return fmt.Errorf("alert by webhook: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("alert by webhook: answered with HTTP %d", resp.StatusCode)
	}
	return nil
}
