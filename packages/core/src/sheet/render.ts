import { sheetDocument } from './contents.ts';
import type { SheetFacts } from './facts.ts';

export type SheetFormat = 'html' | 'text';

/**
 * The whole sheet as one file: HTML that is all by itself, or ASCII in 78 columns.
 *
 * @throws USAGE when QR codes are to stand in a text
 */
export async function renderSheet(facts: SheetFacts, format: SheetFormat): Promise<string> {
  const document = sheetDocument(facts);
  // Each is loaded when it is asked for: most commands print no sheet.
  if (format === 'html') return (await import('./html.ts')).sheetHtml(document);
  return (await import('./text.ts')).sheetText(document);
}
