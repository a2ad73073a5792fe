package shopify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// everything selects all fields of a type down to a depth.
func everything(def *ast.Definition, depth int) string {
	if def.IsAbstractType() {
		var b strings.Builder
		b.WriteString("__typename")
		for _, d := range schema().GetPossibleTypes(def) {
			fmt.Fprintf(&b, " ... on %s { %s }", d.Name, everything(d, depth))
		}
		return b.String()
	}
	var out []string
	for _, f := range def.Fields {
		if s := selected(f, depth); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

func selected(f *ast.FieldDefinition, depth int) string {
	if strings.HasPrefix(f.Name, "__") {
		return ""
	}
	typ := schema().Types[f.Type.Name()]
	free := freeTypes[typ.Name]
	switch {
	case typ.IsLeafType():
		return f.Name
	case typ.Name == "Node" || depth == 0 && !free:
		return ""
	case strings.HasSuffix(typ.Name, "Connection"):
		node := schema().Types[typ.Fields.ForName("nodes").Type.Name()]
		return fmt.Sprintf("%s(first: 2) { pageInfo { hasNextPage endCursor } nodes { __typename %s } }", f.Name, everything(node, depth-1))
	}
	arg := ""
	if f.Name == "quantities" {
		arg = `(names: ["available", "on_hand"])`
	}
	if !free {
		depth--
	}
	return fmt.Sprintf("%s%s { __typename %s }", f.Name, arg, everything(typ, depth))
}

var wireForm = map[string]*regexp.Regexp{
	"ID":            regexp.MustCompile(`^"gid://shopify/\w+/[\w-]+(\?[\w=&]+)?"$`),
	"Int":           regexp.MustCompile(`^-?\d+$`),
	"Float":         regexp.MustCompile(`^-?\d+(\.\d+)?$`),
	"Boolean":       regexp.MustCompile(`^(true|false)$`),
	"String":        regexp.MustCompile(`^".*"$`),
	"DateTime":      regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"$`),
	"Decimal":       regexp.MustCompile(`^"-?\d+(\.\d+)?"$`),
	"Money":         regexp.MustCompile(`^"-?\d+\.\d\d+"$`),
	"UnsignedInt64": regexp.MustCompile(`^"\d+"$`),
	"URL":           regexp.MustCompile(`^"https?://.+"$`),
}

// conform holds a value against its field: right form, no null where there must be none, enums of the schema.
func conform(where string, f *field, raw json.RawMessage) error {
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		if f.nonNull {
			return fmt.Errorf("%s is null", where)
		}
		return nil
	}
	if f.list {
		var l []json.RawMessage
		if err := json.Unmarshal(raw, &l); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		item := *f
		item.list, item.nonNull = false, f.itemNN
		for i, v := range l {
			if err := conform(fmt.Sprintf("%s[%d]", where, i), &item, v); err != nil {
				return err
			}
		}
		return nil
	}
	if f.leaf {
		if def := schema().Types[f.typ]; def != nil && def.Kind == ast.Enum {
			var s string
			if err := json.Unmarshal(raw, &s); err != nil || def.EnumValues.ForName(s) == nil {
				return fmt.Errorf("%s: %s is no %s", where, raw, f.typ)
			}
			return nil
		}
		if form := wireForm[f.typ]; form != nil && !form.Match(raw) {
			return fmt.Errorf("%s: %s is no %s", where, raw, f.typ)
		}
		return nil
	}
	var o map[string]json.RawMessage
	if err := json.Unmarshal(raw, &o); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	typ := f.typ
	if schema().Types[f.typ].IsAbstractType() {
		if err := json.Unmarshal(o["__typename"], &typ); err != nil {
			return fmt.Errorf("%s has no __typename", where)
		}
	}
	for _, s := range f.subs[typ] {
		v, ok := o[s.key]
		if !ok {
			return fmt.Errorf("%s lacks %s", where, s.key)
		}
		if s.name == "__typename" {
			continue
		}
		if err := conform(where+"."+s.key, s, v); err != nil {
			return err
		}
	}
	if n := len(f.subs[typ]); len(o) != n {
		return fmt.Errorf("%s has %d fields, %d were selected", where, len(o), n)
	}
	return nil
}

func generated(t testing.TB, orders int) *Shop {
	t.Helper()
	shop, err := Generate(Config{Seed: 11, Orders: orders, Until: on(11, 21).Time(), Domain: "tea.myshopify.com", Zone: "Europe/Berlin", Currency: "EUR", TaxesIncluded: true})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

// Every field of every type, served from a generated shop with everything in it, has the form that the schema promises.
func TestEverythingServedConforms(t *testing.T) {
	shop := generated(t, 800)
	s := raise(t, shop, Options{RestoreRate: 1_000_000, Protected: 2})
	ask := func(query string) {
		t.Helper()
		op, _, errs := s.srv.prepare(graphqlRequest{Query: query})
		if errs != nil {
			t.Fatalf("%s: %s", query, mustJSON(errs))
		}
		a := s.ask(query, nil)
		if len(a.Errors) > 0 || a.status != http.StatusOK {
			t.Fatalf("%.300s: %d bytes, errors %.600s", query, len(query), mustJSON(a.Errors))
		}
		var data map[string]json.RawMessage
		if err := json.Unmarshal(a.Data, &data); err != nil {
			t.Fatal(err)
		}
		for _, f := range (&planner{schema(), nil}).operation(op) {
			if err := conform(f.key, f, data[f.key]); err != nil {
				t.Errorf("%s in %.300s", err, query)
			}
		}
	}
	ask(`{ shop { ` + everything(schema().Types["Shop"], 1) + ` } currentAppInstallation { ` + everything(schema().Types["AppInstallation"], 1) + ` } }`)
	var flat []string
	for _, f := range schema().Types["Order"].Fields {
		if schema().Types[f.Type.Name()].IsLeafType() {
			flat = append(flat, selected(f, 0))
		}
	}
	selections := []string{strings.Join(flat, " ")}
	for _, f := range schema().Types["Order"].Fields {
		if sel := selected(f, 2); sel != "" && !schema().Types[f.Type.Name()].IsLeafType() {
			if f.Name == "customer" {
				sel = selected(f, 1)
			}
			selections = append(selections, sel)
		}
	}
	for n, sel := range selections {
		for i := n % 5; i < len(shop.Orders); i += 31 {
			ask(fmt.Sprintf(`{ order(id: "gid://shopify/Order/%d") { id %s } }`, shop.Orders[i].ID, sel))
		}
	}
	for _, root := range []string{"customers", "products", "productVariants", "inventoryItems", "locations", "abandonedCheckouts"} {
		ask("{ " + selected(schema().Query.Fields.ForName(root), 2) + " }")
	}
	s.bulk(allOrders, false)
	ask("{ " + selected(schema().Query.Fields.ForName("bulkOperations"), 1) + " }")
	ask(`{ ordersCount { count precision } customersCount { count precision } productsCount { count precision } productVariantsCount { count precision } locationsCount { count precision } }`)
}

// The reference's bulk queries over a generated shop: complete, parents first, counts as promised; pages give the same orders.
func TestGeneratedShopInBulk(t *testing.T) {
	shop := generated(t, 600)
	s := raise(t, shop, Options{RestoreRate: 1_000_000})
	for _, name := range []string{"02_bulk_orders", "03_bulk_agreements", "04_bulk_returns", "05_bulk_products", "06_bulk_inventory", "07_bulk_customers"} {
		q := strings.NewReplacer("2026-11-19T00:00:00Z", "2020-01-01T00:00:00Z", "2026-11-20T06:00:00Z", "2027-01-01T00:00:00Z", "2026-11-18", "2020-01-01").Replace(sheet(t, name))
		op := s.bulk(q, false)
		if op.Status != "COMPLETED" || op.ObjectCount == "0" {
			t.Fatalf("%s: %+v", name, op)
		}
		_, raw := s.get(op.URL)
		n := bytes.Count(raw, []byte("\n"))
		if fmt.Sprint(n) != op.ObjectCount || fmt.Sprint(len(raw)) != op.FileSize {
			t.Errorf("%s: %d lines, %d bytes of %+v", name, n, len(raw), op)
		}
		if name != "06_bulk_inventory" {
			checkJSONL(t, raw, n)
		}
		if name == "02_bulk_orders" && op.RootObjectCount != fmt.Sprint(len(shop.Orders)) {
			t.Errorf("%d orders, %+v", len(shop.Orders), op)
		}
	}
}

// Amounts that the buyer saw are derived by the order's rate.
func TestPresentmentMoney(t *testing.T) {
	shop := rich(t, 0)
	o := place(t, shop, Purchase{At: on(11, 3), Presentment: "JPY", Rate: 160_500_000, Items: []Item{{Title: "Cup", Quantity: 1, Price: cents(999)}}})
	s := raise(t, shop, Options{Now: func() time.Time { return on(11, 4).Time() }})
	a := s.must(fmt.Sprintf(`{ order(id: "gid://shopify/Order/%d") { presentmentCurrencyCode currencyCode totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } } } }`, o.ID), nil, nil)
	if want := `{"order":{"presentmentCurrencyCode":"JPY","currencyCode":"EUR","totalPriceSet":{"shopMoney":{"amount":"9.99","currencyCode":"EUR"},"presentmentMoney":{"amount":"1603.0","currencyCode":"JPY"}}}}`; string(a.Data) != want {
		t.Errorf("got %s", a.Data)
	}
}

// A discount of a fixed amount and one of a percentage serve the two kinds of PricingValue.
func TestDiscountValues(t *testing.T) {
	shop := rich(t, 0)
	o := place(t, shop, Purchase{At: on(11, 3), Items: []Item{{Title: "Cup", Quantity: 2, Price: cents(1000)}},
		Discounts: []Discount{{Code: "FIVE", Amount: cents(500)}, {Automatic: true, Title: "Autumn", Percent: 10}}})
	s := raise(t, shop, Options{})
	a := s.must(fmt.Sprintf(`{ order(id: "gid://shopify/Order/%d") { discountCodes discountApplications(first: 5) { nodes { __typename index
	  ... on DiscountCodeApplication { code } ... on AutomaticDiscountApplication { title }
	  value { __typename ... on MoneyV2 { amount currencyCode } ... on PricingPercentageValue { percentage } } } } } }`, o.ID), nil, nil)
	for _, want := range []string{
		`{"__typename":"DiscountCodeApplication","index":0,"code":"FIVE","value":{"__typename":"MoneyV2","amount":"5.0","currencyCode":"EUR"}}`,
		`{"__typename":"AutomaticDiscountApplication","index":1,"title":"Autumn","value":{"__typename":"PricingPercentageValue","percentage":10.0}}`,
	} {
		if !strings.Contains(string(a.Data), want) {
			t.Errorf("%s lacks %s", a.Data, want)
		}
	}
}
