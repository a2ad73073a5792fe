package shopify

// apiVersion is pinned: Shopify keeps each version for a year, and every answer is checked to come from it.
const apiVersion = "2026-10"

// Fields that a link asks for: the shop, and the optional scopes that the app may not ask for.
const (
	fieldShop     = "shop"
	fieldLeaveOut = "leave_out"
)
