/** One command of a transcript, and what must come of it. */
export interface Step {
  readonly line: number;
  readonly command: string;
  /** Expected lines; `<...>` within one stands for anything, `...` alone for any lines. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exit: number;
}

export interface Transcript {
  readonly steps: readonly Step[];
  /** Files that are there before the first command. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Reads a transcript:
 *
 * ```
 * # the rule that it shows
 * $ command for the shell
 * > expected line of standard output
 * 2> expected line of standard error
 * exit 4
 * ! exists FILE
 *
 * -- name of a file --
 * its content
 * ```
 */
export function parseTranscript(text: string): Transcript {
  const [script = '', ...parts] = text.split(/^-- (.+) --\n/m);
  const files = new Map<string, string>();
  for (let index = 0; index < parts.length; index += 2) {
    files.set(parts[index] ?? '', parts[index + 1] ?? '');
  }
  const steps: { -readonly [Name in keyof Step]: Step[Name] }[] = [];
  for (const [index, line] of script.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, mark = '', rest = ''] = /^(\$|2>|>|exit|! exists|exists) ?(.*)$/.exec(line) ?? [];
    const step = steps.at(-1);
    const begin = (command: string): void => {
      steps.push({ line: index + 1, command, stdout: [], stderr: [], exit: 0 });
    };
    if (mark === '$') begin(rest);
    else if (mark === 'exists') begin(`test -e ${rest}`);
    else if (mark === '! exists') begin(`test ! -e ${rest}`);
    else if (step === undefined || mark === '') throw new SyntaxError(`line ${index + 1}: ${line}`);
    else if (mark === '>') step.stdout = [...step.stdout, rest];
    else if (mark === '2>') step.stderr = [...step.stderr, rest];
    else if (mark === 'exit') step.exit = Number(rest);
  }
  return { steps, files };
}

/** Whether `actual` is what a transcript expects. */
export function matches(expected: readonly string[], actual: string): boolean {
  const lines = expected.map((line) =>
    line === '...' ? '(?:.*\\n)*' : `${line.split('<...>').map(escape).join('.*')}\\n`,
  );
  return new RegExp(`^${lines.join('')}$`).test(actual);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
