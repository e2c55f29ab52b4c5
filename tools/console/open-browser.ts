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

/** What is asked before anybody is logged in is answered with 401, and told on the console. */
const EXPECTED = /the server responded with a status of (?:401|404|409|422)/;

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
        if (told.type() === 'error' && !EXPECTED.test(told.text())) complaints.push(told.text());
      });
      return page;
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
    },
  };
}
