import { stripVTControlCharacters } from 'node:util';

// Stands in for string-width, whose Unicode tables cost more at start-up than the rest of the CLI together.
const INVISIBLE = /\p{Mark}|\p{Control}|\p{Format}/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** How many columns of a terminal `text` takes. Good for what a CLI prints; emoji sequences are not joined. */
export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (!INVISIBLE.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}
