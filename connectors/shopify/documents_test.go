package shopify

import (
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"fourfold/internal/reference"
)

// officialSchema loads Shopify's own schema of the pinned version.
func officialSchema(t *testing.T) *ast.Schema {
	t.Helper()
	name := "admin_" + apiVersion + ".graphql"
	b, err := os.ReadFile(reference.Path(t, "shopify", name))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: name, Input: string(b)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func documentNames() []string {
	var names []string
	for name := range documents().texts {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// isBulk says whether a document is handed in as a bulk query.
func isBulk(name string) bool {
	return strings.HasPrefix(name, "bulk_") && strings.Contains(documents().texts[name], searchPlace)
}

// textOf is a document as it would be sent.
func textOf(name string, has func(string) bool) (string, error) {
	if isBulk(name) {
		return bulkDocument(name, "created_at:>='2026-11-19T00:00:00Z' AND created_at:<'2026-11-20T06:00:00Z'", has)
	}
	return document(name, has)
}

// grants that documents are written for: all, all but one, none.
func grantSets() map[string]func(string) bool {
	sets := map[string]func(string) bool{
		"all":  func(string) bool { return true },
		"none": func(string) bool { return false },
	}
	for _, m := range needsMark.FindAllStringSubmatch(allQueryText(), -1) {
		sets["without "+m[1]] = func(c string) bool { return c != m[1] }
	}
	return sets
}

func allQueryText() string {
	var b strings.Builder
	entries, _ := queryFiles.ReadDir("queries")
	for _, e := range entries {
		text, _ := queryFiles.ReadFile("queries/" + e.Name())
		for line := range strings.Lines(string(text)) {
			if needsMark.MatchString(strings.TrimSpace(line)) {
				b.WriteString(strings.TrimSpace(line))
			}
		}
		b.Write(text)
	}
	return b.String()
}

func TestNeedsNameCapabilities(t *testing.T) {
	known := map[string]bool{}
	for _, a := range abilities {
		known[a.id] = true
	}
	entries, _ := queryFiles.ReadDir("queries")
	marks := 0
	for _, e := range entries {
		text, _ := queryFiles.ReadFile("queries/" + e.Name())
		for line := range strings.Lines(string(text)) {
			if m := needsMark.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
				marks++
				if !known[m[1]] {
					t.Errorf("%s: no capability is called %q", e.Name(), m[1])
				}
			}
		}
	}
	if marks == 0 {
		t.Fatal("no document names a capability: the mark is not understood")
	}
}

func TestDocumentsAreValid(t *testing.T) {
	schema := officialSchema(t)
	for grants, has := range grantSets() {
		for _, name := range documentNames() {
			text, err := textOf(name, has)
			if err != nil {
				t.Error(err)
				continue
			}
			doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
			if errs != nil {
				t.Errorf("%s, %s: %v\n%s", name, grants, errs, text)
				continue
			}
			if isBulk(name) {
				for _, fault := range bulkFaults(schema, doc, text) {
					t.Errorf("%s, %s: as a bulk query: %s", name, grants, fault)
				}
			}
		}
	}
}

func TestEveryStreamHasItsDocuments(t *testing.T) {
	used := map[string]bool{}
	for _, f := range feeds {
		for _, name := range []string{f.bulk, f.page, f.count, f.detail} {
			used[name] = true
			if _, ok := documents().texts[name]; name != "" && !ok {
				t.Errorf("%s: there is no queries/%s.graphql", f.id, name)
			}
		}
		if !isBulk(f.bulk) {
			t.Errorf("%s: %s is not a bulk query", f.id, f.bulk)
		}
	}
	for _, name := range documentNames() {
		if (isBulk(name) || strings.HasPrefix(name, "page_") || strings.HasPrefix(name, "detail_") || strings.HasPrefix(name, "count_")) && !used[name] {
			t.Errorf("queries/%s.graphql is used by no stream", name)
		}
	}
}

func TestBulkRulesRefuse(t *testing.T) {
	schema := officialSchema(t)
	for text, want := range map[string]string{
		`{ orders { edges { node { id refunds { id refundLineItems { edges { node { id } } } } } } } }`: "inside a list",
		`{ orders { nodes { id } } }`: "edges",
		`{ shop { id } }`:             "no connection",
		`{ orders { edges { node { name lineItems { edges { node { id } } } } } } }`:                                                                           "must select id",
		`{ orders { edges { node { id returns { edges { node { id refunds { edges { node { id order { returns { edges { node { id } } } } } } } } } } } } } }`: "deeper than two",
		`{ orders { edges { node { id } } } products { edges { node { id } } } }`:                                                                              "one top-level field",
		`query($q: String) { orders(query: $q) { edges { node { id } } } }`:                                                                                    "variables",
		`{ orders(sortKey: UPDATED_AT) { edges { node { id } } } }`:                                                                                            "sortKey",
	} {
		doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
		if errs != nil {
			t.Errorf("%s: %v", text, errs)
			continue
		}
		if got := strings.Join(bulkFaults(schema, doc, text), "; "); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want something of %q", text, got, want)
		}
	}
}

// bulkFaults holds a document against the rules of bulk operations.
func bulkFaults(schema *ast.Schema, doc *ast.QueryDocument, text string) []string {
	var faults []string
	say := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	op := doc.Operations[0]
	if len(doc.Operations) != 1 || len(op.SelectionSet) != 1 {
		say("there must be one top-level field")
	}
	if len(op.VariableDefinitions) > 0 {
		say("it takes no variables")
	}
	if len(doc.Fragments) > 0 {
		say("fragments stay out of it")
	}
	if len(text) > 65_535 {
		say("it is longer than 65,535 bytes")
	}
	connections := 0
	var walk func(set ast.SelectionSet, parent *ast.Field, depth int, inList, hasID bool)
	walk = func(set ast.SelectionSet, parent *ast.Field, depth int, inList, hasID bool) {
		for _, sel := range set {
			if in, ok := sel.(*ast.InlineFragment); ok {
				walk(in.SelectionSet, parent, depth, inList, hasID)
				continue
			}
			f := sel.(*ast.Field)
			if !strings.HasSuffix(f.Definition.Type.Name(), "Connection") {
				list := f.Definition.Type.Elem != nil
				walk(f.SelectionSet, f, depth, inList || list, hasID)
				continue
			}
			connections++
			if inList {
				say("%s is a connection inside a list", f.Name)
			}
			if depth > 2 {
				say("%s is nested deeper than two", f.Name)
			}
			if parent != nil && !hasID {
				say("what holds %s must select id", f.Name)
			}
			for _, a := range f.Arguments {
				if a.Name == "sortKey" {
					say("%s has a sortKey, with which records go missing", f.Name)
				}
			}
			node := soleChild(soleChild(f, "edges"), "node")
			if node == nil {
				say("%s must select by edges and node alone", f.Name)
				continue
			}
			d := schema.Types[node.Definition.Type.Name()]
			// The two interfaces of the ledger do not implement Node, and are served nevertheless.
			if d.Name != "SalesAgreement" && d.Name != "Sale" && !slices.Contains(d.Interfaces, "Node") {
				say("%s is no Node", d.Name)
			}
			walk(node.SelectionSet, node, depth+1, false, selectsID(node))
		}
	}
	walk(op.SelectionSet, nil, 0, false, false)
	if connections == 0 {
		say("there is no connection")
	}
	if connections > 5 {
		say("there are %d connections, five are allowed", connections)
	}
	return faults
}

func soleChild(f *ast.Field, name string) *ast.Field {
	if f == nil || len(f.SelectionSet) != 1 {
		return nil
	}
	c, ok := f.SelectionSet[0].(*ast.Field)
	if !ok || c.Name != name {
		return nil
	}
	return c
}

func selectsID(f *ast.Field) bool {
	for _, sel := range f.SelectionSet {
		if c, ok := sel.(*ast.Field); ok && c.Name == "id" && c.Alias == "id" {
			return true
		}
	}
	return false
}

// personal are the fields that tell of a person, by type; "*" stands for all but the ID.
var personal = map[string][]string{
	"Customer": {"firstName", "lastName", "displayName", "email", "phone", "note", "addresses", "addressesV2", "defaultAddress",
		"defaultEmailAddress", "defaultPhoneNumber", "image", "locale", "multipassIdentifier", "unsubscribeUrl", "validEmailAddress",
		"verifiedEmail", "taxExempt", "taxExemptions", "metafield", "metafields", "events", "smsMarketingConsent"},
	"Order": {"name", "email", "phone", "note", "clientIp", "customerLocale", "customAttributes", "billingAddress", "shippingAddress",
		"displayAddress", "statusPageUrl", "metafield", "metafields", "events", "poNumber", "sourceIdentifier", "registeredSourceUrl"},
	"LineItem":                    {"customAttributes", "staffMember"},
	"Refund":                      {"note", "staffMember"},
	"Return":                      {"staffMember"},
	"ReturnLineItem":              {"customerNote", "returnReasonNote"},
	"UnverifiedReturnLineItem":    {"customerNote", "returnReasonNote"},
	"ReturnLineItemType":          {"customerNote", "returnReasonNote"},
	"OrderTransaction":            {"paymentDetails", "receiptJson", "accountNumber", "formattedGateway", "user", "paymentId"},
	"FulfillmentEvent":            {"address1", "city", "country", "province", "zip", "latitude", "longitude", "message"},
	"FulfillmentTrackingInfo":     {"number", "url"},
	"FulfillmentOrder":            {"destination", "orderName", "merchantRequests"},
	"Fulfillment":                 {"originAddress", "name"},
	"DeliveryMethod":              {"additionalInformation"},
	"Shop":                        {"contactEmail", "email", "shopOwnerName", "billingAddress", "shopAddress", "accountOwner"},
	"MailingAddress":              {"*"},
	"CustomerEmailAddress":        {"*"},
	"CustomerPhoneNumber":         {"*"},
	"CustomerVisit":               {"landingPageHtml", "referralInfoHtml"},
	"StaffMember":                 {"*"},
	"Attribute":                   {"*"},
	"Image":                       {"*"},
	"ShopAddress":                 {"*"},
	"AbandonedCheckout":           {"*"},
	"FulfillmentOrderDestination": {"*"},
	"LocationAddress":             {"*"},
}

// personalSelected lists the personal fields that a document selects.
func personalSelected(doc *ast.QueryDocument) []string {
	var found []string
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch f := sel.(type) {
			case *ast.InlineFragment:
				walk(f.SelectionSet)
			case *ast.FragmentSpread:
				walk(f.Definition.SelectionSet)
			case *ast.Field:
				list := personal[f.ObjectDefinition.Name]
				if slices.Contains(list, f.Name) || (slices.Contains(list, "*") && f.Name != "id") {
					found = append(found, f.ObjectDefinition.Name+"."+f.Name)
				}
				walk(f.SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		walk(op.SelectionSet)
	}
	return found
}

func TestNoDocumentAsksForPeople(t *testing.T) {
	schema := officialSchema(t)
	for typeName, fields := range personal {
		if schema.Types[typeName] == nil {
			t.Errorf("the list of personal fields names a type %s that does not exist", typeName)
		}
		for _, field := range fields {
			if d := schema.Types[typeName]; d != nil && field != "*" && d.Fields.ForName(field) == nil {
				t.Errorf("the list of personal fields names %s.%s, which does not exist", typeName, field)
			}
		}
	}
	for _, name := range documentNames() {
		text, err := textOf(name, func(string) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
		if errs != nil {
			t.Errorf("%s: %v", name, errs)
			continue
		}
		for _, field := range personalSelected(doc) {
			t.Errorf("%s asks for %s", name, field)
		}
	}
	for _, text := range []string{
		`{ orders(first: 1) { nodes { shippingAddress { id } } } }`,
		`{ orders(first: 1) { nodes { customer { id defaultEmailAddress { marketingState } } } } }`,
		`{ customers(first: 1) { nodes { ... on Customer { displayName } } } }`,
		`fragment F on Order { email } query { orders(first: 1) { nodes { ...F } } }`,
	} {
		doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		if len(personalSelected(doc)) == 0 {
			t.Errorf("not found out: %s", text)
		}
	}
}
