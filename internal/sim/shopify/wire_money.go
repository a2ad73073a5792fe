package shopify

import "cmp"

// money is an amount of an order: MoneyBag, or MoneyV2 in the shop's currency.
type money struct {
	o      *Order // nil for amounts outside of orders
	amount int64
}

// coin is one amount in one currency: MoneyV2.
type coin struct {
	amount   int64
	currency string
}

func bag(o *Order, amount int64) any { return money{o, amount} }

// bagIf is a bag that is null at zero.
func bagIf(o *Order, amount int64) any {
	if amount == 0 {
		return nil
	}
	return money{o, amount}
}

func (m money) shop(x *exec) coin {
	if m.o == nil {
		return coin{m.amount, x.srv.shop.Currency}
	}
	return coin{m.amount, x.currency(m.o)}
}

// currency is the shop's at the time of the order.
func (x *exec) currency(o *Order) string { return cmp.Or(o.Currency, x.srv.shop.Currency) }

func (m money) presentment(x *exec) coin {
	if m.o == nil || m.o.Presentment == "" || m.o.Presentment == x.currency(m.o) {
		return m.shop(x)
	}
	return coin{grainOf(m.o.Presentment).part(m.amount, m.o.Rate, 1_000_000), m.o.Presentment}
}

// moneyBag and coin write amounts without resolvers and the interfaces between them: half of what a bulk file holds is money.
func (x *exec) moneyBag(f *field, m money) {
	x.buf = append(x.buf, '{')
	for i, s := range f.subs["MoneyBag"] {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		x.buf = append(x.buf, s.keyJSON...)
		switch s.name {
		case "shopMoney":
			x.coin(s, m.shop(x))
		case "presentmentMoney":
			x.coin(s, m.presentment(x))
		case "__typename":
			x.buf = appendString(x.buf, "MoneyBag", x.esc)
		}
	}
	x.buf = append(x.buf, '}')
}

func (x *exec) coin(f *field, c coin) {
	x.buf = append(x.buf, '{')
	for i, s := range f.subs["MoneyV2"] {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		x.buf = append(x.buf, s.keyJSON...)
		switch s.name {
		case "amount":
			x.buf = append(decimal(c.amount).append(append(x.buf, '"')), '"')
		case "currencyCode":
			x.buf = appendString(x.buf, c.currency, x.esc)
		case "__typename":
			x.buf = appendString(x.buf, "MoneyV2", x.esc)
		}
	}
	x.buf = append(x.buf, '}')
}
