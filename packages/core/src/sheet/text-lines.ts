/** Columns of a sheet as text. */
export const WIDTH = 78;

/** A text in lines of at most `width`; all but the first begin with `indent`. */
export function wrapped(text: string, width: number = WIDTH, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => cut(each, width - indent.length))) {
    const longer = line === '' ? word : `${line} ${word}`;
    const room = lines.length === 0 ? width : width - indent.length;
    if (longer.length <= room) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((each, place) => (place === 0 ? each : indent + each));
}

/** What is longer than a line is cut: nothing that was said is lost. */
function cut(word: string, length: number): string[] {
  if (word.length <= length) return [word];
  return [word.slice(0, length), ...cut(word.slice(length), length)];
}
