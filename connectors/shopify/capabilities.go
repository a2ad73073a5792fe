package shopify

// What a grant may allow, by the IDs that streams name in their Needs.
const (
	canOrders    = "orders"
	canAllOrders = "all_orders"
	canCustomers = "customers"
	canProtected = "protected_data"
	canProducts  = "products"
	canUnitCost  = "unit_cost"
	canInventory = "inventory"
	canLocations = "locations"
	canReturns   = "returns"
	canPromises  = "promises"
	canReports   = "reports"
	canDisputes  = "disputes"
)

// ability is a capability as declared: how it is found out, and what it costs to go without.
type ability struct {
	id     string
	scopes []string // any one of them will do
	// document is read with first: 1; a dialect of its own for reports. Empty where the scope alone decides.
	document      string
	costs, remedy string
}

const remedyScope = "Add the scope to a new version of the app in the Dev Dashboard, release it, and link the store again."

// abilities in the order in which they are shown. The documents are those of the streams where these have pages, so that what
// the probe may read is what the streams will read.
var abilities = []ability{
	{
		id: canOrders, scopes: []string{scopeOrders}, document: "page_orders",
		costs:  "Everything: no sales, no orders, no refunds, no deliveries.",
		remedy: remedyScope + " The scope is read_orders.",
	},
	{
		id: canAllOrders, scopes: []string{scopeAllOrders},
		costs: "Orders older than 60 days are left out, and so is every refund or edit made to them today. Year-on-year growth, cohorts and " +
			"new customers against returning ones cannot be told.",
		remedy: "In the Dev Dashboard open the app's API access requests, ask for read_all_orders, and once Shopify has approved it link the store again.",
	},
	{
		id: canCustomers, scopes: []string{scopeCustomers}, document: "page_customers",
		costs:  "No customer KPI: orders cannot be told apart by buyer, so there are no new, returning or repeat customers.",
		remedy: remedyScope + " The scope is read_customers.",
	},
	{
		id:     canProtected,
		costs:  "Orders and customers are not shown to the app at all.",
		remedy: "In the Dev Dashboard open the app's API access requests and ask for protected customer data, level 1. Fourfold needs no name, e-mail, phone or address.",
	},
	{
		id: canProducts, scopes: []string{scopeProducts}, document: "page_products",
		costs:  "Sales cannot be told apart by product, and there is no stock and no cost of goods.",
		remedy: remedyScope + " The scope is read_products.",
	},
	{
		id: canUnitCost, scopes: []string{scopeProducts, scopeInventory}, document: "probe_unit_cost",
		costs:  "No cost of goods: gross profit, gross margin and inventory turnover stay empty.",
		remedy: "Give the app's owner the staff permission \"View product costs\", and fill in the cost per item of your products.",
	},
	{
		id: canInventory, scopes: []string{scopeInventory}, document: "probe_inventory",
		costs:  "No stock KPI: out-of-stock rate, sell-through and days of inventory stay empty. A day not read is lost for good.",
		remedy: remedyScope + " The scope is read_inventory.",
	},
	{
		id: canLocations, scopes: []string{scopeLocations}, document: "probe_locations",
		costs:  "Stock and parcels cannot be told apart by place.",
		remedy: remedyScope + " The scope is read_locations.",
	},
	{
		id: canReturns, scopes: []string{scopeReturns}, document: "page_returns",
		costs:  "No reasons for returns; the money given back is still counted, from refunds.",
		remedy: remedyScope + " The scope is read_returns.",
	},
	{
		id: canPromises, scopes: []string{scopeMerchantPromises, scopeThirdPromises, scopeAssignedPromises, scopeMarketPromises}, document: "page_promises",
		costs:  "No on-time delivery: what was promised to the buyer is not known. Time to ship and time to deliver remain.",
		remedy: remedyScope + " The scopes are read_merchant_managed_fulfillment_orders and read_third_party_fulfillment_orders.",
	},
	{
		id: canReports, scopes: []string{scopeReports}, document: "shopifyql",
		costs: "No sessions, so no conversion rate; and Shopify's own sales report cannot be laid beside ours.",
		remedy: "Add the scope read_reports to the app, ask for protected customer data, level 2, in its API access requests " +
			"(Shopify wants it for every report), and link the store again.",
	},
	{
		id: canDisputes, scopes: []string{scopeOrders}, document: "probe_disputes",
		costs:  "No chargeback rate.",
		remedy: "Shopify shows disputes of Shopify Payments only.",
	},
}
