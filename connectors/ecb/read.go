package ecb

import (
	"context"
	"encoding/xml"
	"math/big"

	"fourfold/connectors"
	"fourfold/connectors/daily"
	"fourfold/connectors/rest"
	"fourfold/internal/fact"
	"fourfold/internal/period"
)

const euro = "EUR"

// recentDays is how far back the short file surely goes; it holds ninety days.
const recentDays = 85

// rateDay is what the ECB publishes of a day: units of each currency for a euro.
type rateDay struct {
	Time  period.Day `xml:"time,attr"`
	Rates []struct {
		Currency string `xml:"currency,attr"`
		Rate     string `xml:"rate,attr"`
	} `xml:"Cube"`
}

// of is the rate of a currency for a euro, exactly as written; nil where there is none.
func (d rateDay) of(currency string) *big.Rat {
	if currency == euro {
		return big.NewRat(1, 1)
	}
	for _, r := range d.Rates {
		if r.Currency != currency {
			continue
		}
		if v, ok := new(big.Rat).SetString(r.Rate); ok && v.Sign() > 0 {
			return v
		}
	}
	return nil
}

// fetch reads a file of rates, the latest day first.
func fetch(ctx context.Context, acc connectors.Account, file string) ([]rateDay, error) {
	const op = "read the ECB's reference rates"
	call, err := rest.New(acc.Grant, acc.Now, rest.ByStatus).Do(ctx, rest.Ask{Op: op, URL: file, Header: map[string]string{"Accept": "application/xml"}}, nil)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Days []rateDay `xml:"Cube>Cube"`
	}
	if err := xml.Unmarshal(call.Body, &doc); err != nil || len(doc.Days) == 0 {
		return nil, connectors.Errorf(connectors.Malformed, op, "the file is not the list of rates that it was: see whether the ECB has moved it")
	}
	return doc.Days, nil
}

// read gives for each working day the rate of every currency to the account's. A rate from one currency to another goes by way of the euro,
// and is rounded once, half to even, to billionths.
func read(ctx context.Context, a daily.Ask) (daily.Answer, error) {
	file, today := historyFile, period.On(a.Clock(), a.Loc)
	if a.Days.From > today-recentDays {
		file = recentFile
	}
	days, err := fetch(ctx, a.Account, file)
	if err != nil {
		return daily.Answer{}, err
	}
	to := a.Fields[connectors.FieldCurrency]
	var answer daily.Answer
	for _, d := range days {
		target := d.of(to)
		if !a.Days.Has(d.Time) || target == nil {
			continue
		}
		one := append(d.Rates[:len(d.Rates):len(d.Rates)], struct {
			Currency string `xml:"currency,attr"`
			Rate     string `xml:"rate,attr"`
		}{euro, "1"})
		for _, r := range one {
			from := d.of(r.Currency)
			if from == nil || r.Currency == to {
				continue
			}
			if n := billionths(new(big.Rat).Quo(target, from)); n > 0 {
				answer.Records = append(answer.Records, fact.Rate{Day: d.Time, From: r.Currency, To: to, Billionths: n})
			}
		}
	}
	answer.Read.Objects = int64(len(answer.Records))
	return answer, nil
}

// billionths rounds half to even; zero where it does not fit.
func billionths(r *big.Rat) int64 {
	n := new(big.Int).Mul(r.Num(), big.NewInt(1_000_000_000))
	q, rest := new(big.Int).QuoRem(n, r.Denom(), new(big.Int))
	switch rest.Lsh(rest, 1).Cmp(r.Denom()) {
	case 1:
		q.Add(q, big.NewInt(1))
	case 0:
		q.Add(q, new(big.Int).And(q, big.NewInt(1)))
	}
	if !q.IsInt64() {
		return 0
	}
	return q.Int64()
}
