// Package destination keeps a merchant's book up to date in a spreadsheet of theirs.
//
// There is one spreadsheet, made once, and each export rewrites our own part of it: on tabs of ours, the columns that the book has, and the
// names that point there. Whatever else is in it is the merchant's: tabs, formulas, columns to the right of ours, the order of tabs, the
// titles that they gave. A tab keeps its ID and a name its own, so that formulas over them go on.
//
// An export is never half there. Everything that can be seen of it is changed by one request, which Google makes whole or not at all. What is
// too much for one request is first written into hidden tabs, which that request copies from and deletes; one that was cut off leaves hidden
// tabs behind, and the next deletes them. Each export plans from what it finds, so that it may be done again at any time.
package destination
