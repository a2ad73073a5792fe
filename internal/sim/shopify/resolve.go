package shopify

// resolvers holds how each field of each concrete type is found. A test holds it complete against schema.graphql.
var resolvers map[string]map[string]resolver

func init() {
	resolvers = map[string]map[string]resolver{}
	for _, part := range []map[string]map[string]resolver{
		rootFields(), shopFields(), orderFields(), lineFields(), journeyFields(), ledgerFields(), refundFields(), returnFields(),
		fulfillmentFields(), customerFields(), catalogFields(), ledgerReportFields(), bulkFields(), hookFields(),
	} {
		for typ, fields := range part {
			resolvers[typ] = fields
		}
	}
}

// of makes a resolver of a function over the parent's own Go type.
func of[T any](get func(T) any) resolver {
	return func(_ *exec, parent any, _ args) any { return get(parent.(T)) }
}

// with is of for fields that have arguments or look elsewhere in the shop.
func with[T any](get func(*exec, T, args) any) resolver {
	return func(x *exec, parent any, a args) any { return get(x, parent.(T), a) }
}

// personal is a field with a person's data. The simulation has none, and whoever selects it without the right is refused before.
func personal(*exec, any, args) any { return nil }

// part is something inside an order, with the order that gives it its currency.
type part[T any] struct {
	o *Order
	v *T
}

func of2[T any](get func(o *Order, v *T) any) resolver {
	return func(_ *exec, parent any, _ args) any {
		p := parent.(part[T])
		return get(p.o, p.v)
	}
}

func with2[T any](get func(x *exec, o *Order, v *T, a args) any) resolver {
	return func(x *exec, parent any, a args) any {
		p := parent.(part[T])
		return get(x, p.o, p.v, a)
	}
}

// parts serves a slice inside an order as a plain list.
func parts[T any](o *Order, s []T) list {
	return list{len(s), func(i int) any { return part[T]{o, &s[i]} }}
}

// paged serves a slice inside an order as a connection.
func paged[T any](x *exec, o *Order, s []T, id func(*T) int64, a args) any {
	return x.pageOf(len(s), func(i int) any { return part[T]{o, &s[i]} }, func(i int) int64 { return id(&s[i]) }, a)
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func or(s, fallback string) any {
	if s == "" {
		return fallback
	}
	return s
}

// concrete names the type of a value whose field may hold several, and unwraps it.
func concrete(v any, declared string) (string, any) {
	switch declared {
	case "SalesAgreement":
		return agreementType(v.(part[Agreement]).v), v
	case "Sale":
		return saleType(v.(part[Sale]).v), v
	case "DiscountApplication":
		return v.(discount).kind(), v
	case "PricingValue":
		if _, is := v.(percent); is {
			return "PricingPercentageValue", v
		}
		return "MoneyV2", v
	case "ReturnLineItemType":
		return "ReturnLineItem", v
	case "Fee":
		if _, is := v.(restockingFee); is {
			return "RestockingFee", v
		}
		return "ReturnShippingFee", v
	case "Node":
		n := v.(node)
		return n.typ, n.v
	}
	return declared, v
}
