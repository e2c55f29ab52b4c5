import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const BROWSER = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-pdf-header-footer'];

/** Prints a page as a browser does, and resolves to the PDF. */
export async function print(
  folder: string,
  html: string,
  paper: 'Letter' | 'A4' = 'A4',
): Promise<string> {
  const page = join(folder, `${paper}.html`);
  const pdf = join(folder, `${paper}.pdf`);
  // What a person would choose in the dialog of the printer.
  await writeFile(page, html.replace('@page {', `@page { size: ${paper};`));
  await chromium(folder, `--print-to-pdf=${pdf}`, `file://${page}`);
  return pdf;
}

/** Starts the browser with a profile of its own; resolves to what it prints. */
export async function chromium(folder: string, ...args: string[]): Promise<string> {
  const profile = `--user-data-dir=${join(folder, 'profile')}`;
  const { stdout } = await run('chromium', [...BROWSER, profile, ...args], { timeout: 60_000 });
  return stdout;
}

/** The text of each page of a PDF. */
export async function pagesOf(pdf: string): Promise<string[]> {
  const { stdout } = await run('pdftotext', ['-layout', pdf, '-']);
  return stdout.split('\f').slice(0, -1);
}

/** Scans pages from `first` on into a folder, as page-1.png and so on. */
export async function scan(pdf: string, first: number, folder: string): Promise<void> {
  await run('pdftoppm', [
    '-r',
    '300',
    '-gray',
    '-png',
    '-f',
    String(first),
    pdf,
    join(folder, 'page'),
  ]);
  if ((await readdir(folder)).length === 0) throw new Error(`nothing was scanned of ${pdf}`);
}

/** What is to be typed, as it stands on an HTML sheet: one command may have several lines. */
export function commandsOn(html: string): string[] {
  const lines = [...html.matchAll(/<code>(.*?)<\/code>/g)].map(([, text = '']) =>
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&'),
  );
  return lines.join('\n').split(/(?<!\\)\n/);
}
