package shopify

// SetCurrency makes another currency the shop's. What was sold before stays in the one it was sold in.
func (s *Shop) SetCurrency(code string) {
	for _, o := range s.Orders {
		if o.Currency == "" {
			o.Currency = s.Currency
		}
	}
	s.Currency = code
}
