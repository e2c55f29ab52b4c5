import type { Page } from 'playwright-core';
import { openBrowser, type Look, type OpenBrowser } from './open-browser.ts';
import { openStage, type Stage } from './open-stage.ts';

/** A service with its console in a browser. */
export interface OpenConsole extends AsyncDisposable {
  readonly stage: Stage;
  readonly open: OpenBrowser;
  /** A window of its own on a page of the console. */
  visit(path: string, look?: Look): Promise<Page>;
}

/** `more` is added to the configuration; `$DIR` in it is the folder of the stage. */
export async function openConsole(more = ''): Promise<OpenConsole> {
  await using resources = new AsyncDisposableStack();
  const stage = resources.use(await openStage(more));
  const open = resources.use(await openBrowser());
  const held = resources.move();
  return {
    ...{ stage, open },
    async visit(path, look) {
      const page = await open.page(look);
      await page.goto(`${stage.server.url}/console${path}`);
      return page;
    },
    [Symbol.asyncDispose]: async () => {
      await held.disposeAsync();
    },
  };
}
