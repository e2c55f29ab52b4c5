import { PRINT_SIGNER, restoring } from '../backup-file/readme.ts';
import { commands, words, type SheetBlock } from './document.ts';
import type { SheetFacts } from './facts.ts';

/** How to restore with stock tools: what README.txt in the backup says, in the same words. */
export function withoutHoldfast(facts: SheetFacts, backup: string): SheetBlock[] {
  const folder = `holdfast-${facts.id.slice(0, 8)}`;
  const signed = facts.signature.status !== 'unsigned';
  const check = [
    words(
      'To see who made it, let the fingerprint of the signer be printed, and compare it with the one in "What it is":',
    ),
    commands(PRINT_SIGNER),
  ];
  return [
    words(
      'You need age (https://age-encryption.org), version 1.0.0 or later. Copy the backup to where you work, under the name in the command, and unpack it; README.txt in it says the same as this page.',
    ),
    commands(`mkdir ${folder}`, `tar -xf ${backup} -C ${folder}`, `cd ${folder}`),
    ...blocksOf(restoring({ ...facts, signed })),
    ...(signed ? check : []),
  ];
}

/** A part of README.txt in blocks, without its heading: paragraphs, and commands, which are indented. */
function blocksOf(text: string): SheetBlock[] {
  const [, ...paragraphs] = text.split(/\n{2,}/);
  return paragraphs.flatMap((paragraph) => {
    const blocks: { typed: boolean; lines: string[] }[] = [];
    for (const line of paragraph.split('\n').filter((each) => each.trim() !== '')) {
      const typed = line.startsWith('    ');
      const last = blocks.at(-1);
      if (last?.typed === typed) last.lines.push(line.trim());
      else blocks.push({ typed, lines: [line.trim()] });
    }
    return blocks.map(({ typed, lines }) => (typed ? commands(...lines) : words(lines.join(' '))));
  });
}
