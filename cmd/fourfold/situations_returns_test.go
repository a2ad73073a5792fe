package main

import (
	sim "fourfold/internal/sim/shopify"
)

// twoAt40 is an order of two at 40.00 with 20 % off, placed on 1 March and shipped on the 2nd: 80.00 − 16.00 = 64.00, 32.00 a unit.
func (s *story) twoAt40() *sim.Order {
	s.t.Helper()
	o := s.place("2026-03-01 12:00", sim.Purchase{Customer: s.customer(), Items: []sim.Item{goods(2, "40.00")}, Shipping: parcel("5.00"),
		Discounts: []sim.Discount{{Code: "TWENTY", Percent: 20}}})
	s.fulfil(o, "2026-03-02 10:00")
	return o
}

// back is so many units of the order's first line, for a reason.
func back(o *sim.Order, quantity int, reason string) []sim.ReturnPart {
	return []sim.ReturnPart{{LineItemID: o.Lines[0].ID, Quantity: quantity, Reason: reason}}
}

// returnsAndExchanges are goods sent back.
var returnsAndExchanges = []situation{
	{name: "goods reversed by a return before the refund", story: func(s *story) {
		o := s.twoAt40()
		id := s.sendBack(o, "2026-03-10 12:00", sim.Returning{Lines: back(o, 1, "SIZE_TOO_SMALL")})
		s.process(o, "2026-03-20 12:00", id, sim.Processing{})
		s.refund(o, "2026-04-02 12:00", sim.Refunding{ReturnID: id})
		s.night("2026-04-04")
		// The ledger reverses 32.00 on the 20th, when the goods are in; the money of 2 April reverses nothing more. The return was
		// due 10 days after it was asked for, on the 20th, and done with the money, on 2 April: not in time.
		s.want(`
			            gross  discounts  reversals  net     by_order_date  units  returns_due  returns_in_time  first_returns
			2026-03-01  80.00  16.00      0          64.00   32.00          2      0            0                0
			2026-03-10  0      0          0          0       0              0      0            0                1
			2026-03-20  0      0          32.00      -32.00  0              -1     1            0                0
			2026-03     80.00  16.00      32.00      32.00   32.00          1      1            0                1
			2026-04     0      0          0          0       0              0      0            0                0`)
		s.want(`
			            units_shipped  units_returned  units_returned_with_reason  units_returned_defective  value_shipped  value_returned
			2026-03-02  2              1               1                           0                         64.00          32.00
			2026-03     2              1               1                           0                         64.00          32.00`)
	}},
	{name: "return refunded before the goods are in", story: func(s *story) {
		o := s.twoAt40()
		id := s.sendBack(o, "2026-03-10 12:00", sim.Returning{Lines: back(o, 2, "")})
		s.refund(o, "2026-03-12 12:00", sim.Refunding{ReturnID: id, Lines: one(o, 0)})
		s.process(o, "2026-03-20 12:00", id, sim.Processing{})
		s.refund(o, "2026-03-21 12:00", sim.Refunding{ReturnID: id})
		s.night("2026-03-23")
		// One unit is reversed by the refund of the 12th, the other by the processing of the 20th, none twice. Settled with its first
		// refund, two days after it was asked for.
		s.want(`
			            gross  reversals  net     by_order_date  units  returns_due  returns_in_time
			2026-03-01  80.00  0          64.00   0              2      0            0
			2026-03-12  0      32.00      -32.00  0              -1     0            0
			2026-03-20  0      32.00      -32.00  0              -1     1            1
			2026-03     80.00  64.00      0       0              0      1            1`)
	}},
	{name: "exchange", story: func(s *story) {
		o := s.twoAt40()
		id := s.sendBack(o, "2026-03-10 12:00", sim.Returning{Lines: back(o, 1, "SIZE_TOO_SMALL")})
		s.process(o, "2026-03-15 12:00", id, sim.Processing{Exchange: []sim.Item{{Title: "Larger", Quantity: 1, Price: amount("45.00")}}})
		s.night("2026-03-22")
		// A return row of 32.00 and a sale row of 45.00 on one day: net +13.00. One order, one purchase day; the average order value
		// keeps its 64.00. The return is settled by the exchange, on the 5th day of 10.
		s.want(`
			            gross   discounts  reversals  net    aov_sales  by_order_date  orders  units
			2026-03-01  80.00   16.00      0          64.00  64.00      77.00          1       2
			2026-03-15  45.00   0          32.00      13.00  0          0              0       0
			2026-03     125.00  16.00      32.00      77.00  64.00      77.00          1       2`)
		s.want(`
			            customers  new  returning  repeat_90  returns_due  returns_in_time
			2026-03-01  1          1    0          0          0            0
			2026-03-20  0          0    0          0          1            1
			2026-03     1          1    0          0          1            1`)
	}},
	{name: "return declined", story: func(s *story) {
		o := s.twoAt40()
		var id int64
		s.event("2026-03-10 12:00", func(shop *sim.Shop, at sim.Instant) (err error) {
			id, err = shop.RequestReturn(o, at, sim.Returning{Lines: back(o, 1, "UNWANTED")})
			return err
		})
		s.event("2026-03-11 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.DeclineReturn(o, at, id) })
		s.night("2026-03-22")
		s.want(`
			            net    by_order_date  units  units_shipped  units_returned  returns_due  first_returns  return_time
			2026-03-01  64.00  64.00          2      0              0               0            0              0
			2026-03-02  0      0              0      2              0               0            0              0
			2026-03     64.00  64.00          2      2              0               0            0              0`)
	}},
	{name: "return with fees kept back", story: func(s *story) {
		o := s.twoAt40()
		lines := back(o, 1, "UNWANTED")
		lines[0].RestockPercent = 10
		id := s.sendBack(o, "2026-03-10 12:00", sim.Returning{Lines: lines, ShippingFee: amount("5.00")})
		s.process(o, "2026-03-15 12:00", id, sim.Processing{})
		s.refund(o, "2026-03-16 12:00", sim.Refunding{ReturnID: id})
		s.night("2026-03-18")
		// 32.00 reversed; kept back are 10 % of them for restocking, 3.20, and 5.00 for the way home: fees, and not net sales.
		s.want(`
			            gross  reversals  net     fees  by_order_date
			2026-03-01  80.00  0          64.00   0     32.00
			2026-03-15  0      32.00      -32.00  8.20  0
			2026-03     80.00  32.00      32.00   8.20  32.00`)
	}},
	{name: "defective goods", story: func(s *story) {
		o := s.twoAt40()
		id := s.sendBack(o, "2026-03-10 12:00", sim.Returning{Lines: back(o, 2, "DEFECTIVE")})
		s.process(o, "2026-03-12 12:00", id, sim.Processing{})
		s.refund(o, "2026-03-13 09:00", sim.Refunding{ReturnID: id})
		s.night("2026-03-25")
		// Asked for on the 10th at 12:00, paid on the 13th at 9:00: 69 hours, 248,400 seconds.
		s.want(`
			            net     units_shipped  units_returned  units_returned_defective  units_returned_with_reason  returns_due  returns_in_time  return_time
			2026-03-01  64.00   0              0               0                         0                           0            0                0
			2026-03-02  0       2              2               2                         2                           0            0                0
			2026-03-10  0       0              0               0                         0                           0            0                248400:1
			2026-03-12  -64.00  0              0               0                         0                           0            0                0
			2026-03-20  0       0              0               0                         0                           1            1                0
			2026-03     0       2              2               2                         2                           1            1                248400:1`)
	}},
	{name: "second return within 180 days", story: func(s *story) {
		o := s.twoAt40()
		s.sendBack(o, "2026-03-10 12:00", sim.Returning{Lines: back(o, 1, "UNWANTED")})
		s.sendBack(o, "2026-05-01 12:00", sim.Returning{Lines: back(o, 1, "UNWANTED")})
		s.night("2026-05-03")
		// Both are the customer's; it counts on the day of the first.
		s.want(`
			            first_returns  second_returns_180
			2026-03-10  1              1
			2026-03     1              1
			2026-05     0              0`)
	}},
	{name: "return declined, goods taken back over the counter", story: func(s *story) {
		o := s.twoAt40()
		var id int64
		s.event("2026-03-10 12:00", func(shop *sim.Shop, at sim.Instant) (err error) {
			id, err = shop.RequestReturn(o, at, sim.Returning{Lines: back(o, 1, "UNWANTED")})
			return err
		})
		s.event("2026-03-11 12:00", func(shop *sim.Shop, at sim.Instant) error { return shop.DeclineReturn(o, at, id) })
		part := one(o, 0)
		part[0].Restock = "RETURN"
		s.refund(o, "2026-03-15 12:00", sim.Refunding{Lines: part})
		s.night("2026-03-22")
		// The return was none; the refund put a unit back on the shelf, for a reason nobody noted.
		s.want(`
			            net     units_returned  units_returned_with_reason  value_returned  first_returns  returns_due
			2026-03-01  64.00   0               0                           0               0              0
			2026-03-02  0       1               0                           32.00           0              0
			2026-03-15  -32.00  0               0                           0               1              0
			2026-03     32.00   1               0                           32.00           1              0`)
	}},
	{name: "one unit by a return, one without", story: func(s *story) {
		o := s.twoAt40()
		id := s.sendBack(o, "2026-03-10 12:00", sim.Returning{Lines: back(o, 1, "DEFECTIVE")})
		s.process(o, "2026-03-12 12:00", id, sim.Processing{})
		s.refund(o, "2026-03-13 12:00", sim.Refunding{ReturnID: id})
		part := one(o, 0)
		part[0].Restock = "RETURN"
		s.refund(o, "2026-03-15 12:00", sim.Refunding{Lines: part})
		s.night("2026-03-22")
		// Return and refund of the 13th tell of the same unit, the refund of the 15th of another.
		s.want(`
			            net     units_returned  units_returned_defective  value_returned  first_returns
			2026-03-01  64.00   0               0                         0               0
			2026-03-02  0       2               1                         64.00           0
			2026-03-10  0       0               0                         0               1
			2026-03-12  -32.00  0               0                         0               0
			2026-03-15  -32.00  0               0                         0               0
			2026-03     0       2               1                         64.00           1`)
	}},
	{name: "return that is refunded and never processed", story: func(s *story) {
		o := s.twoAt40()
		id := s.sendBack(o, "2026-03-10 12:00", sim.Returning{Lines: back(o, 1, "DEFECTIVE")})
		s.refund(o, "2026-03-13 12:00", sim.Refunding{ReturnID: id, Lines: one(o, 0)})
		s.night("2026-03-22")
		// The refund put the unit back as returned, for the reason that the return was asked for.
		s.want(`
			            net     units_returned  units_returned_defective  value_returned
			2026-03-01  64.00   0               0                         0
			2026-03-02  0       1               1                         32.00
			2026-03-13  -32.00  0               0                         0
			2026-03     32.00   1               1                         32.00`)
	}},
}
