package store

import (
	"fmt"

	"fourfold/internal/fact"
)

// sorted is a page's records by kind.
type sorted struct {
	gone []fact.Gone
	seen []fact.OrderSeen
	met  []fact.CustomerSeen

	orders       group[fact.Order]
	lines        group[fact.OrderLine]
	agreements   group[fact.Agreement]
	sales        group[fact.Sale]
	refunds      group[fact.Refund]
	refundLines  group[fact.RefundLine]
	adjustments  group[fact.RefundAdjustment]
	returns      group[fact.Return]
	returnLines  group[fact.ReturnLine]
	fulfillments group[fact.Fulfillment]
	promises     group[fact.Promise]
	transactions group[fact.Transaction]
	disputes     group[fact.Dispute]
	customers    group[fact.Customer]
	products     group[fact.Product]
	variants     group[fact.Variant]
	stock        group[fact.StockReading]
	costs        group[fact.CostReading]
	sessions     group[fact.SessionsDay]
	sold         group[fact.ProviderSalesDay]
	rates        group[fact.Rate]
	adDays       group[fact.AdDay]
	adTotals     group[fact.AdTotal]
	webDays      group[fact.WebDay]
	skuCosts     group[fact.SKUCost]
	tariffs      group[fact.Tariff]
}

// sortRecords sorts a page. A record of a kind that cannot be stored is an error: leaving one out is not harmless.
func sortRecords(records []fact.Record) (*sorted, error) {
	s := &sorted{
		orders: group[fact.Order]{kind: orderKind}, lines: group[fact.OrderLine]{kind: lineKind},
		agreements: group[fact.Agreement]{kind: agreementKind}, sales: group[fact.Sale]{kind: saleKind},
		refunds: group[fact.Refund]{kind: refundKind}, refundLines: group[fact.RefundLine]{kind: refundLineKind},
		adjustments: group[fact.RefundAdjustment]{kind: refundAdjustmentKind}, returns: group[fact.Return]{kind: returnKind},
		returnLines: group[fact.ReturnLine]{kind: returnLineKind}, fulfillments: group[fact.Fulfillment]{kind: fulfillmentKind},
		promises: group[fact.Promise]{kind: promiseKind}, transactions: group[fact.Transaction]{kind: transactionKind},
		disputes: group[fact.Dispute]{kind: disputeKind}, customers: group[fact.Customer]{kind: customerKind},
		products: group[fact.Product]{kind: productKind}, variants: group[fact.Variant]{kind: variantKind},
		stock: group[fact.StockReading]{kind: stockKind}, costs: group[fact.CostReading]{kind: costKind},
		sessions: group[fact.SessionsDay]{kind: sessionsKind}, sold: group[fact.ProviderSalesDay]{kind: providerSalesKind},
		rates: group[fact.Rate]{kind: rateKind}, adDays: group[fact.AdDay]{kind: adDayKind}, adTotals: group[fact.AdTotal]{kind: adTotalKind},
		webDays: group[fact.WebDay]{kind: webDayKind}, skuCosts: group[fact.SKUCost]{kind: skuCostKind}, tariffs: group[fact.Tariff]{kind: tariffKind},
	}
	for _, record := range records {
		switch v := record.(type) {
		case fact.Gone:
			s.gone = append(s.gone, v)
		case fact.OrderSeen:
			s.seen = append(s.seen, v)
		case fact.CustomerSeen:
			s.met = append(s.met, v)
		case fact.Order:
			s.orders.add(v)
		case fact.OrderLine:
			s.lines.add(v)
		case fact.Agreement:
			s.agreements.add(v)
		case fact.Sale:
			s.sales.add(v)
		case fact.Refund:
			s.refunds.add(v)
		case fact.RefundLine:
			s.refundLines.add(v)
		case fact.RefundAdjustment:
			s.adjustments.add(v)
		case fact.Return:
			s.returns.add(v)
		case fact.ReturnLine:
			s.returnLines.add(v)
		case fact.Fulfillment:
			s.fulfillments.add(v)
		case fact.Promise:
			s.promises.add(v)
		case fact.Transaction:
			s.transactions.add(v)
		case fact.Dispute:
			s.disputes.add(v)
		case fact.Customer:
			s.customers.add(v)
		case fact.Product:
			s.products.add(v)
		case fact.Variant:
			s.variants.add(v)
		case fact.StockReading:
			s.stock.add(v)
		case fact.CostReading:
			s.costs.add(v)
		case fact.SessionsDay:
			s.sessions.add(v)
		case fact.ProviderSalesDay:
			s.sold.add(v)
		case fact.Rate:
			s.rates.add(v)
		case fact.AdDay:
			s.adDays.add(v)
		case fact.AdTotal:
			s.adTotals.add(v)
		case fact.WebDay:
			s.webDays.add(v)
		case fact.SKUCost:
			s.skuCosts.add(v)
		case fact.Tariff:
			s.tariffs.add(v)
		default:
			return nil, fmt.Errorf("a page holds a %T, which the store cannot keep: records are values of package fact", record)
		}
	}
	return s, nil
}

// groups lists what there is, parents before children.
func (s *sorted) groups() []writable {
	all := []writable{&s.customers, &s.products, &s.variants, &s.orders, &s.lines, &s.agreements, &s.sales, &s.refunds, &s.refundLines,
		&s.adjustments, &s.returns, &s.returnLines, &s.fulfillments, &s.promises, &s.transactions, &s.disputes, &s.stock, &s.costs,
		&s.sessions, &s.sold, &s.rates, &s.adDays, &s.adTotals, &s.webDays, &s.skuCosts, &s.tariffs}
	some := all[:0]
	for _, g := range all {
		if g.len() > 0 {
			some = append(some, g)
		}
	}
	return some
}
