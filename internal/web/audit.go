package web

// auditShown is how many entries are listed, the latest.
const auditShown = 300

// showAudit lists who did what that the law, or a merchant, may ask about later.
func showAudit(v *visit) error {
	entries, err := v.site.Store.AuditEntries(v.r.Context(), v.merchant.ID, auditShown)
	if err != nil {
		return err
	}
	return v.show("audit", page{Title: "Audit log", Tab: "truth"}, entries)
}
