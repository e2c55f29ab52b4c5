import type { Ending, RunProgram } from '../../program.ts';

/** What a program answers when its command line, arguments joined by spaces, is or begins so. */
export type Answers = Readonly<Record<string, Partial<Ending>>>;

/** Answers in the place of programs, the longest fitting line first, and notes what was run. */
export function fakePrograms(answers: Answers): { run: RunProgram; ran: string[] } {
  const ran: string[] = [];
  const lines = Object.keys(answers).toSorted((one, other) => other.length - one.length);
  const run: RunProgram = async (program, args) => {
    const line = [program, ...args].join(' ');
    ran.push(line);
    const fitting = lines.find((it) => line.startsWith(it));
    if (fitting === undefined) throw new Error(`nobody expected this to be run: ${line}`);
    return { status: 0, stdout: '', stderr: '', ...answers[fitting] };
  };
  return { run, ran };
}
