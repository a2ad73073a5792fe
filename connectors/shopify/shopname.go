package shopify

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// shopHost is what a shop's host must look like, to the last letter. Shopify's own documentation leaves the end open, and a
// secret sent to a.myshopify.com.evil.example would be lost.
var shopHost = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]*\.myshopify\.com$`)

var storeName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]*$`)

// checkShop reads a shop as people write it: name, name.myshopify.com, its address, or that of its admin page
// https://admin.shopify.com/store/name. It returns the shop's host in lower case.
func checkShop(value string) (string, error) {
	v := strings.TrimSpace(value)
	name := v
	if u, err := url.Parse(v); err == nil && u.Scheme == "https" && u.User == nil && u.Port() == "" {
		name = u.Host
		if strings.EqualFold(u.Host, "admin.shopify.com") {
			rest, found := strings.CutPrefix(u.Path, "/store/")
			if !found {
				rest = ""
			}
			name, _, _ = strings.Cut(rest, "/")
		}
	}
	host := strings.ToLower(name)
	if storeName.MatchString(host) {
		host += ".myshopify.com"
	}
	if !shopHost.MatchString(host) || len(host) > 253 {
		return "", fmt.Errorf("%q is not a Shopify store: give its name, name.myshopify.com or https://admin.shopify.com/store/name", value)
	}
	return host, nil
}

// hostOf is the shop's host of a grant, checked again because tokens are sent there.
func hostOf(fields map[string]string) (string, error) {
	shop := fields[fieldShop]
	if !shopHost.MatchString(shop) {
		return "", fmt.Errorf("%q is not a Shopify store's host: link the store again", shop)
	}
	return strings.ToLower(shop), nil
}
