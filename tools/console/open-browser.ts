import { chromium, type Browser, type Page } from 'playwright-core';

/** Debian’s own, started by whoever needs it and ended with them. */
const CHROMIUM = '/usr/bin/chromium';

export interface OpenBrowser extends AsyncDisposable {
  readonly browser: Browser;
  /** What the page said to nobody: errors, and what its policy refused. */
  readonly complaints: readonly string[];
  /** A window of its own, with nothing of another’s. */
  page(look?: Look): Promise<Page>;
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: string;
}

/** What the service refuses is an answer to the page, and told by the browser as well. */
function isExpected(text: string, url: string): boolean {
  return new URL(url).pathname.startsWith('/v1/') && / a status of 4\d\d /.test(text);
}

export async function openBrowser(): Promise<OpenBrowser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const complaints: string[] = [];
  return {
    browser,
    complaints,
    async page({ width = 1280, height = 900, colorScheme = 'light', locale = 'en-GB' } = {}) {
      const viewport = { width, height };
      const context = await browser.newContext({
        viewport,
        colorScheme,
        locale,
        timezoneId: 'Europe/Vienna',
      });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (told) => {
        const { url } = told.location();
        if (told.type() === 'error' && !isExpected(told.text(), url)) complaints.push(told.text());
      });
      return page;
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
    },
  };
}
