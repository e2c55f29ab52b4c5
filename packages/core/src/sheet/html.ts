import type { SheetBlock, SheetDocument, SheetSection, SheetTable } from './document.ts';
import { foldCommand } from './fold-command.ts';
import { sheetStyle } from './html-style.ts';
import { qrCode } from './qr-code.ts';
import { visible } from './visible.ts';

/** Nothing is fetched and nothing runs, whatever stands in a name. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** One file that is all by itself, to be printed on A4 or Letter. */
export function sheetHtml(document: SheetDocument): string {
  const { title, foot, lead, notices, sections } = document;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="only light">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Emergency sheet: ${escaped(title)}</title>
<style>${sheetStyle(foot)}</style>
</head>
<body>
<header>
<p class="kind">Emergency sheet</p>
<h1>${outside(title)}</h1>
<p>${escaped(lead)}</p>
</header>
<main>
${notices.map((text) => `<p class="notice" role="note">${escaped(text)}</p>`).join('\n')}
${sections.map(section).join('\n')}
</main>
</body>
</html>
`;
}

function section({ title, begins, blocks }: SheetSection): string {
  const cut = begins === 'tear-off' ? '<span class="cut" aria-hidden="true">✂</span>' : '';
  // Said once on each page that a part with commands begins.
  const key =
    begins === 'page'
      ? '<p class="key">Type each line as it stands, a \\ at its end as well. Press Enter where ↵ stands, and nowhere else.</p>'
      : '';
  return `<section class="${begins}">${cut}<h2>${escaped(title)}</h2>
${key}${blocks.map((each) => block(each, title)).join('\n')}
</section>`;
}

function block(content: SheetBlock, title: string): string {
  switch (content.kind) {
    case 'words':
      return `<p>${escaped(content.text)}</p>`;
    case 'facts':
      return `<dl>${facts(content.rows)}</dl>`;
    case 'signer':
      return `<ol class="signer">${content.words.map((word) => `<li>${escaped(word)}</li>`).join('')}</ol>`;
    case 'commands':
      return `<div class="commands">${content.lines.flatMap(typedLines).join('\n')}</div>`;
    case 'table':
      return table(content, title);
    case 'codes':
      return `<div class="codes">${content.texts.map(code).join('\n')}</div>`;
  }
}

/**
 * Broken here and not by the browser, which would leave it open whether a space belongs where it broke: as many
 * characters as fit on A4.
 */
function typedLines(command: string): string[] {
  return foldCommand(command, 83).map((line) => `<code>${escaped(line)}</code>`);
}

/** A label with all that belongs to it. */
function facts(rows: readonly (readonly [string, string])[]): string {
  return rows
    .map(([label, value]) => {
      const term = label === '' ? '' : `<dt>${escaped(label)}</dt>`;
      return `${term}<dd>${outside(value)}</dd>`;
    })
    .join('\n');
}

function table({ head, shares, rows }: SheetTable, title: string): string {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const columns = shares.map(
    (share) => `<col style="width: ${((100 * share) / whole).toFixed(1)}%">`,
  );
  const cells = rows.map((row) => {
    const blank = row.every((cell) => cell === '') ? ' class="blank"' : '';
    return `<tr${blank}>${row.map((cell) => `<td>${outside(cell)}</td>`).join('')}</tr>`;
  });
  return `<table aria-label="${escaped(title)}"><colgroup>${columns.join('')}</colgroup>
<thead><tr>${head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('')}</tr></thead>
<tbody>
${cells.join('\n')}
</tbody></table>`;
}

function code(text: string, place: number, all: readonly string[]): string {
  const caption = `part ${String(place + 1)} of ${String(all.length)}`;
  const { size, path } = qrCode(text);
  const box = `0 0 ${String(size)} ${String(size)}`;
  return `<figure><svg viewBox="${box}" role="img" aria-label="QR code, ${caption}" shape-rendering="crispEdges"><path d="${path}"/></svg><figcaption>${caption}</figcaption></figure>`;
}

/** A text that came with the backup: kept from turning the direction of what stands around it. */
function outside(text: string): string {
  return text === '' ? '' : `<bdi>${escaped(text)}</bdi>`;
}

function escaped(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
