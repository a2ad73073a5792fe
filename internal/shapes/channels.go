package shapes

import (
	"fourfold/internal/fact"
	"fourfold/internal/money"
	"fourfold/internal/period"
	"fourfold/internal/store"
)

// Channels is where the orders of a period came from. Amounts are decimals in the currency.
type Channels struct {
	Merchant string    `json:"merchant"`
	Currency string    `json:"currency"`
	Period   string    `json:"period"`
	Orders   int64     `json:"orders"`
	Known    int64     `json:"orders_of_known_origin"`
	Coverage float64   `json:"coverage" doc:"the share of orders of which it is known where they came from"`
	SpendGap string    `json:"spend_gap,omitempty" doc:"why it is not told what the channels cost"`
	Channels []Channel `json:"channels" doc:"those with the most net sales first; null where there are none"`
}

// Channel is what came by one channel.
type Channel struct {
	Channel      fact.WebChannel `json:"channel"`
	Orders       int64           `json:"orders"`
	NetSales     string          `json:"net_sales" doc:"a decimal"`
	NewCustomers int64           `json:"new_customers"`
	Spend        string          `json:"ad_spend,omitempty" doc:"a decimal; left out where it is not known"`

	Net     money.Amount `json:"-"`
	AdSpend money.Amount `json:"-"`
}

// ChannelsOf is a breakdown of a merchant's period.
func ChannelsOf(m store.Merchant, at period.Period, b store.Breakdown) Channels {
	book := Channels{Merchant: m.Name, Currency: m.Currency, Period: at.String(), Orders: b.Orders, Known: b.Known, Coverage: b.Coverage(), SpendGap: b.SpendGap.Text()}
	for _, r := range b.Rows {
		row := Channel{Channel: r.Channel, Orders: r.Orders, NewCustomers: r.NewCustomers, Net: money.Amount{Micros: r.NetSales, Currency: m.Currency}, AdSpend: money.Amount{Micros: r.Spend, Currency: m.Currency}}
		row.NetSales = row.Net.Decimal()
		if b.SpendGap == "" {
			row.Spend = row.AdSpend.Decimal()
		}
		book.Channels = append(book.Channels, row)
	}
	return book
}
