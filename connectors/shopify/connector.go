package shopify

// apiVersion is pinned: Shopify keeps each version for a year, and every answer is checked to come from it.
const apiVersion = "2026-10"

// fieldShop is the shop's host.
const fieldShop = "shop"
