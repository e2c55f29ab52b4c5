import type { Progress } from '@holdfast/core';
import { sizeText, timeText } from './size.ts';

const PATIENCE = 1000;
const BETWEEN = 100;
const BAR = 20;

/** Shows how far long work has come, on one line that goes away again when disposed. */
export interface ProgressLine extends Disposable {
  show(this: void, progress: Progress): void;
}

/** Draws on a terminal only, and nothing at all for work that takes less than a second. */
export function openProgressLine(
  stream: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  now: () => number = () => performance.now(),
): ProgressLine {
  if (stream.isTTY !== true) return { show: () => undefined, [Symbol.dispose]: () => undefined };
  let phase = '';
  let started = 0;
  let drawn = -Infinity;
  let visible = false;
  const clear = (): void => {
    if (visible) stream.write('\r\u001b[K');
    visible = false;
  };
  return {
    show(progress) {
      const time = now();
      if (progress.phase !== phase) {
        clear();
        phase = progress.phase;
        started = time;
      }
      if (time - started < PATIENCE || time - drawn < BETWEEN) return;
      drawn = time;
      visible = true;
      const line = progressText(progress, (time - started) / 1000);
      stream.write(`\r\u001b[K${line.slice(0, widthOf(stream.columns) - 1)}`);
    },
    [Symbol.dispose]: clear,
  };
}

/** Some terminals say that they have no columns; they do not know. */
function widthOf(columns = 0): number {
  return columns > 0 ? columns : 80;
}

/** Phase, bar, percent, rate and time left, as far as they can be known. */
export function progressText({ phase, done, total }: Progress, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const speed = `${sizeText(rate)}/s`;
  if (total === null || total === 0) return `${phase}  ${sizeText(done)}  ${speed}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
  const left = rate > 0 ? `  ${timeText((total - done) / rate)} left` : '';
  return `${phase}  ${bar}  ${String(Math.floor(share * 100)).padStart(3)} %  ${speed}${left}`;
}
