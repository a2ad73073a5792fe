package shopify

func journeyFields() map[string]map[string]resolver {
	ready := func(get func(o *Order, j *Journey) any) resolver {
		return of(func(o *Order) any {
			if o.Journey.Pending {
				return nil
			}
			return get(o, o.Journey)
		})
	}
	visit := func(v *Visit) any {
		if v == nil {
			return nil
		}
		return v
	}
	return map[string]map[string]resolver{
		"CustomerJourneySummary": {
			"customerOrderIndex": ready(func(o *Order, _ *Journey) any {
				if o.CustomerIndex == 0 {
					return nil
				}
				return o.CustomerIndex
			}),
			"daysToConversion": ready(func(_ *Order, j *Journey) any { return j.Days }),
			"firstVisit":       ready(func(_ *Order, j *Journey) any { return visit(j.First) }),
			"lastVisit":        ready(func(_ *Order, j *Journey) any { return visit(j.Last) }),
			"momentsCount":     ready(func(_ *Order, j *Journey) any { return count{n: j.Moments} }),
			"ready":            of(func(o *Order) any { return !o.Journey.Pending }),
		},
		"CustomerVisit": {
			"id":                of(func(v *Visit) any { return gid{"CustomerVisit", v.ID} }),
			"landingPage":       of(func(v *Visit) any { return text(v.Landing) }),
			"occurredAt":        of(func(v *Visit) any { return v.At }),
			"referralCode":      of(func(v *Visit) any { return text(v.ReferralCode) }),
			"referrerUrl":       of(func(v *Visit) any { return text(v.Referrer) }),
			"source":            of(func(v *Visit) any { return or(v.Source, "direct") }),
			"sourceDescription": of(func(v *Visit) any { return text(v.Source) }),
			"sourceType":        of(func(v *Visit) any { return text(v.SourceType) }),
			"utmParameters": of(func(v *Visit) any {
				if v.UTM == nil {
					return nil
				}
				return v.UTM
			}),
		},
		"UTMParameters": {
			"campaign": of(func(u *UTM) any { return text(u.Campaign) }),
			"content":  of(func(u *UTM) any { return text(u.Content) }),
			"medium":   of(func(u *UTM) any { return text(u.Medium) }),
			"source":   of(func(u *UTM) any { return text(u.Source) }),
			"term":     of(func(u *UTM) any { return text(u.Term) }),
		},
	}
}
