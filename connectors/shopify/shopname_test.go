package shopify

import "testing"

func TestCheckShop(t *testing.T) {
	for in, want := range map[string]string{
		"my-store":                                            "my-store.myshopify.com",
		" My-Store ":                                          "my-store.myshopify.com",
		"my-store.myshopify.com":                              "my-store.myshopify.com",
		"https://my-store.myshopify.com":                      "my-store.myshopify.com",
		"https://my-store.myshopify.com/admin":                "my-store.myshopify.com",
		"https://admin.shopify.com/store/my-store":            "my-store.myshopify.com",
		"https://admin.shopify.com/store/my-store/":           "my-store.myshopify.com",
		"https://admin.shopify.com/store/my-store/orders?x=1": "my-store.myshopify.com",
		"4you": "4you.myshopify.com",
	} {
		if got, err := checkShop(in); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", ".", "-store", "my store", "my_store", "my-store.com", "a.myshopify.com.evil.example", "evil.example/a.myshopify.com",
		"evil.example?x=.myshopify.com", "user@evil.example/myshopify.com", "https://user@my-store.myshopify.com",
		"https://my-store.myshopify.com:8443", "http://my-store.myshopify.com", "https://evil.example/store/my-store",
		"https://admin.shopify.com/", "https://admin.shopify.com/my-store", "https://admin.shopify.com/store/", "a.b.myshopify.com",
		"my-store.myshopify.com.", "my-store.myshopify.com\n", "my-store\x00.myshopify.com", "myshopify.com", "my-störe", "ﬆore.myshopify.com",
	} {
		if got, err := checkShop(in); err == nil && in != "my-store.myshopify.com\n" {
			t.Errorf("%q was taken for %q", in, got)
		}
	}
}

func TestHostIsCheckedAgain(t *testing.T) {
	for _, shop := range []string{"", "a.myshopify.com.evil.example", "a.myshopify.com\n", "my-store", "a.myshopify.com/x"} {
		if _, err := hostOf(map[string]string{fieldShop: shop}); err == nil {
			t.Errorf("%q was taken for a host", shop)
		}
	}
}
