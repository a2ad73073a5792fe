// Package shopify pulls a store from Shopify's GraphQL Admin API.
package shopify
