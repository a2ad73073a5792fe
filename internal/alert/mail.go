package alert

import (
	"context"
	"fmt"

	"fourfold/internal/mail"
)

// Mail tells people by e-mail.
type Mail struct {
	Server mail.Server
	To     []string
}

// Send delivers one message to all of To.
func (m Mail) Send(ctx context.Context, subject, text string) error {
	if err := m.Server.Send(ctx, mail.Message{To: m.To, Subject: subject, Text: text}); err != nil {
		return fmt.Errorf("alert by mail: %w", err)
	}
	return nil
}
