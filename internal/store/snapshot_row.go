package store

import (
	"strings"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// snapshotColumns are those that scanSnapshot reads.
var snapshotColumns = strings.Join(columnsOf(func(r *row) { writeSnapshot(r, 0, &kpi.Snapshot{}) })[1:], ", ")

func writeSnapshot(r *row, merchantID int64, sn *kpi.Snapshot) {
	v, a := &sn.Value, &sn.Anchors
	r.int("merchant_id", merchantID)
	r.text("scope", sn.Scope.String())
	r.text("period", sn.Period.Name)
	r.text("kpi", string(sn.KPI))
	r.int("definition", int64(sn.Definition))
	r.int("revision", int64(sn.Revision))
	r.text("grain", string(sn.Period.Grain))
	r.text("period_from", sn.Period.From.String())
	r.text("period_to", sn.Period.To.String())
	r.at("taken_at", sn.TakenAt)
	r.at("complete_to", sn.CompleteTo)
	r.text("through", sn.Through.String())
	r.int("num_int", v.Num.Int)
	r.float("num_float", v.Num.Float)
	r.bool("num_exact", v.Num.Exact)
	r.float("den", v.Den)
	r.float("n", v.N)
	r.float("coverage", v.Coverage)
	r.text("gap", string(v.Gap))
	r.bool("has", v.Has)
	r.float("v", v.V)
	r.text("currency", sn.Currency)
	r.int("target_id", sn.TargetID)
	r.float("green", a.Green)
	r.float("red", a.Red)
	r.float("red_low", a.RedLow)
	r.float("green_low", a.GreenLow)
	r.float("green_high", a.GreenHigh)
	r.float("red_high", a.RedHigh)
	r.bool("in_range", a.Range)
	r.floatOrNull("score", sn.Score)
	r.text("status", string(sn.Status))
	r.bool("running", sn.Running)
	r.bool("published", sn.Published)
	r.bool("backfilled", sn.Backfilled)
	r.bool("estimated", sn.Estimated)
	r.text("cause", sn.Cause)
	r.day("final", sn.Final)
	r.text("lacks", v.Lacks)
}

func scanSnapshot(scan func(...any) error) (kpi.Snapshot, error) {
	var sn kpi.Snapshot
	v, a := &sn.Value, &sn.Anchors
	var scope, name, id, grain, gap, status string
	var taken, complete instant
	var from, to period.Day
	err := scan(&scope, &name, &id, &sn.Definition, &sn.Revision, &grain, &from, &to, &taken, &complete, &sn.Through,
		&v.Num.Int, &v.Num.Float, &v.Num.Exact, &v.Den, &v.N, &v.Coverage, &gap, &v.Has, &v.V, &sn.Currency, &sn.TargetID,
		&a.Green, &a.Red, &a.RedLow, &a.GreenLow, &a.GreenHigh, &a.RedHigh, &a.Range, &sn.Score, &status,
		&sn.Running, &sn.Published, &sn.Backfilled, &sn.Estimated, &sn.Cause, (*civil)(&sn.Final), &v.Lacks)
	if err != nil {
		return sn, err
	}
	sn.Scope, err = kpi.ParseScope(scope)
	sn.KPI, sn.Value.Gap, sn.Status = kpi.ID(id), kpi.Gap(gap), kpi.Status(status)
	sn.Period = period.Period{Grain: period.Grain(grain), Name: name, Days: period.Days{From: from, To: to}}
	sn.TakenAt, sn.CompleteTo = taken.Time, complete.Time
	return sn, err
}
