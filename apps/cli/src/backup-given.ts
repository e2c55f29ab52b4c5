import type { CommandRun } from './with-run.ts';

/** A backup that a command line names, for as long as it is held. */
export interface GivenBackup extends AsyncDisposable {
  readonly path: string;
  /** What to call it once it is let go of: on a medium, the path leads nowhere then. */
  readonly name: string;
  /** On a medium, which is read past what the system remembers of it. */
  readonly onMedium: boolean;
}

/** A file by its path, or one on a medium, which is waited for and mounted. */
export async function openGivenBackup(text: string, run: CommandRun['run']): Promise<GivenBackup> {
  const { isSelector, openMedium, parseSelector, pickBackup } = await import('@holdfast/core');
  if (!isSelector(text)) {
    return {
      path: text,
      name: text,
      onMedium: false,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const selector = parseSelector(text);
  await using resources = new AsyncDisposableStack();
  const medium = resources.use(await openMedium(selector, run));
  const { path, file } = await pickBackup(medium.backups, selector.item, run.mediumSource);
  const held = resources.move();
  return {
    path,
    name: file,
    onMedium: true,
    [Symbol.asyncDispose]: async () => {
      await held.disposeAsync();
    },
  };
}
