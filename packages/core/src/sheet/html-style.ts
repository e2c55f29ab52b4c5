/**
 * How the sheet looks. Black on white, no colour that means anything, and nothing that a printer leaves out:
 * backgrounds are not printed, so boxes are drawn by their borders. `foot` stands below every page.
 */
export function sheetStyle(foot: string): string {
  return `
@page {
  margin: 15mm 18mm 17mm;
  @bottom-left { content: ${JSON.stringify(foot)}; font: 8pt sans-serif; color: #000; }
  @bottom-right { content: "page " counter(page) " of " counter(pages); font: 8pt sans-serif; color: #000; }
}
* { box-sizing: border-box; }
html { color: #000; background: #fff; }
body {
  margin: 0 auto;
  font: 10pt/1.38 "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
@media screen { body { max-width: 180mm; padding: 8mm 4mm 16mm; } }
header { border-bottom: 1.2pt solid #000; padding-bottom: 3mm; }
header p { margin: 0; }
.kind { font-size: 9.5pt; letter-spacing: 0.14em; text-transform: uppercase; }
h1 { margin: 1mm 0 2mm; font-size: 23pt; line-height: 1.15; font-weight: 700; }
h2 { margin: 5.5mm 0 2mm; font-size: 13pt; line-height: 1.2; break-after: avoid; }
p { margin: 1.6mm 0; orphans: 3; widows: 3; }
.notice { border: 1.2pt solid #000; border-left-width: 5pt; padding: 2mm 3mm; margin: 3mm 0 0; break-inside: avoid; }
.page { break-before: page; }
.page > h2 { margin-top: 0; }
dl { display: grid; grid-template-columns: 26mm 1fr; gap: 0.8mm 4mm; margin: 0; }
dt { grid-column: 1; font-weight: 700; }
dd { grid-column: 2; margin: 0; }
.signer {
  display: grid; grid-template-columns: repeat(6, 1fr); gap: 0.9mm 3mm;
  margin: 0; padding: 1.8mm 3mm; border: 0.6pt solid #000; list-style: none; counter-reset: word;
  break-inside: avoid;
}
.signer li { counter-increment: word; white-space: nowrap; }
.signer li::before { content: counter(word); font-size: 7pt; display: inline-block; width: 1.7em; }
code { font: 9pt/1.45 "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace; }
.commands { margin: 1.4mm 0 2.4mm; padding: 0.8mm 3mm; border-left: 2.4pt solid #000; }
.commands code {
  display: block; white-space: pre-wrap; overflow-wrap: anywhere;
  padding-left: 8mm; text-indent: -8mm; break-inside: avoid;
}
.commands code::after { content: "\\00a0\\21b5"; font-family: "DejaVu Sans", "Segoe UI Symbol", sans-serif; }
.key { font-size: 9pt; }
:has(+ .commands) { break-after: avoid; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { border: 0.6pt solid #000; padding: 1mm 2mm; text-align: left; vertical-align: top; }
th { font-size: 9pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.blank td { height: 8.6mm; }
.tear-off { break-inside: avoid; margin-top: 6mm; padding-top: 0.5mm; border-top: 1pt dashed #000; position: relative; }
.tear-off > .cut { position: absolute; top: -0.82em; left: 0; background: #fff; padding-right: 1.5mm; font-family: "DejaVu Sans", "Segoe UI Symbol", sans-serif; }
.tear-off > h2 { margin-top: 3.5mm; }
.codes { display: grid; grid-template-columns: repeat(2, 72mm); justify-content: space-around; gap: 2mm 0; margin-top: 2mm; }
figure { margin: 0; break-inside: avoid; text-align: center; }
figure svg { display: block; width: 72mm; height: 72mm; }
figcaption { font-size: 9pt; margin-top: -1.5mm; }
`;
}
