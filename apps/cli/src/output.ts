import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where results go: words for a person, or one JSON object. */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Prints the result of the command: `lines` for a person, `value` with --json. */
  result(this: void, value: object, lines: () => readonly string[]): void;
  /** The same for what was asked for to be used, not read: --quiet does not silence it. */
  answer(this: void, value: object, lines: () => readonly string[]): void;
  /** Something worth knowing that does not belong to the result; on standard error. */
  note(this: void, text: string): void;
  paint(this: void, style: Style, text: string): string;
}

export function createOutput(args: { json: boolean; quiet: boolean; 'no-color': boolean }): Output {
  const { json, quiet } = args;
  const colour = !args['no-color'] && !process.env['NO_COLOR'] && process.stdout.isTTY;
  const answer: Output['answer'] = (value, lines) => {
    const text = json ? [JSON.stringify(value)] : lines();
    process.stdout.write(text.map((line) => `${line}\n`).join(''));
  };
  return {
    json,
    quiet,
    result(value, lines) {
      if (json || !quiet) answer(value, lines);
    },
    answer,
    note(text) {
      if (!quiet) process.stderr.write(`${text}\n`);
    },
    paint: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
  };
}
