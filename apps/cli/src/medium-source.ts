import type {
  ChosenVolume,
  MediumAdmission,
  MediumSource,
  MediumWait,
  MediumWords,
} from '@holdfast/core';
import type { Terminal } from './prompt.ts';
import { sizeText } from './size.ts';
import { printable } from './to-terminal.ts';

const WITHOUT_A_PERSON = 30;

/**
 * Says which medium is missing and waits for it: on a terminal until somebody cancels, else for half a minute, or
 * for as many `seconds` as were given. Of several that fit, a person is asked for one.
 */
export function mediumSourceFrom(
  seconds: number | undefined,
  options: {
    readonly note: (text: string) => void;
    readonly atTerminal: () => Promise<Terminal | null>;
  },
): MediumSource {
  const { note, atTerminal } = options;
  let deadline: number | undefined;
  const told = new Set<string>();
  const say = (text: string): void => {
    if (!told.has(text)) note(text);
    told.add(text);
  };
  return {
    async waitForMedium(wait) {
      const person = await atTerminal();
      const patience = seconds ?? (person === null ? WITHOUT_A_PERSON : Infinity);
      deadline ??= performance.now() + patience * 1000;
      const left = deadline - performance.now();
      if (left <= 0) return 0;
      for (const { name, reason } of wait.refused) {
        say(`${printable(name)} is not used: ${printable(reason)}.`);
      }
      say(requestFor(wait, person === null ? patience : null));
      return left;
    },
    async chooseMedium({ candidates, number, of }) {
      const person = await atTerminal();
      if (person === null) return null;
      const which =
        of === 1 ? 'Which one' : `Which one for copy ${String(number)} of ${String(of)}`;
      return await choose(person, which, candidates, describeVolume);
    },
    async chooseBackup(names) {
      const person = await atTerminal();
      if (person === null) return null;
      return await choose(person, 'Which secret', names, printable);
    },
    mediumFound(found) {
      say(`Found ${describeVolume(found)}.`);
    },
    async admitMedium({ found, check }) {
      const name = found.volume.label ?? found.volume.node;
      const person = await atTerminal();
      if (person !== null) return await admit(person, found, check);
      say(
        `note: ${printable(name)} is new here; name it with: holdfast media name usb:${printable(name)} NAME`,
      );
      return undefined;
    },
  };
}

/** Asks whether it is meant, and what to call it; what the register does not take is asked again. */
async function admit(
  person: Terminal,
  found: ChosenVolume,
  check: MediumAdmission['check'],
): Promise<MediumWords | null> {
  person.say(`${describeVolume(found)} is new here.`);
  for (;;) {
    const answer = (await person.line('Write to it (yes or no) ')).trim().toLowerCase();
    if (/^n(?:o)?$/.test(answer)) return null;
    if (/^y(?:es)?$/.test(answer)) break;
    person.say('Answer yes or no, or press Ctrl-C.');
  }
  for (;;) {
    const said = {
      name: orNothing(await person.line('Name for it, or nothing ')),
      location: orNothing(await person.line('Where it will lie, or nothing ')),
      owner: orNothing(await person.line('Whose it is, or nothing ')),
    };
    try {
      check(said);
      return said;
    } catch (cause) {
      person.say(printable(cause instanceof Error ? cause.message : String(cause)));
    }
  }
}

function orNothing(answer: string): string | undefined {
  const text = answer.trim();
  return text === '' ? undefined : text;
}

async function choose<Item>(
  person: Terminal,
  question: string,
  items: readonly Item[],
  inWords: (item: Item) => string,
): Promise<Item | null> {
  for (const [place, item] of items.entries())
    person.say(`  ${String(place + 1)}  ${inWords(item)}`);
  for (;;) {
    const answer = await person.line(`${question} (1 to ${String(items.length)}) `);
    const chosen = /^\d{1,3}$/.test(answer.trim()) ? items[Number(answer) - 1] : undefined;
    if (chosen !== undefined) return chosen;
    person.say('Give one of the numbers, or press Ctrl-C.');
  }
}

/** `SanDisk Ultra`; many products already have their vendor in front. */
export function makerOf({ vendor, product }: ChosenVolume['medium']): string | null {
  if (vendor === null || product?.startsWith(vendor) === true) {
    return product === null ? null : printable(product);
  }
  return printable(product === null ? vendor : `${vendor} ${product}`);
}

/** `BLACK, /dev/sdb1: SanDisk Ultra, 28.6 GiB, vfat, 12.1 GiB free`. */
function describeVolume({ medium, volume }: ChosenVolume): string {
  const facts = [
    makerOf(medium),
    sizeText(volume.size),
    volume.fileSystem,
    volume.free === null ? null : `${sizeText(volume.free)} free`,
  ].filter((it) => it !== null);
  const name = volume.label === null ? volume.node : `${printable(volume.label)}, ${volume.node}`;
  return `${name}: ${facts.join(', ')}`;
}

function requestFor({ selector, missing }: MediumWait, seconds: number | null): string {
  const name = selector.replace(/^usb:?/, '');
  const what =
    name !== '' ? `the medium ${printable(name)}` : missing === 1 ? 'a stick' : `${missing} sticks`;
  return seconds === null
    ? `Plug in ${what}, or press Ctrl-C.`
    : `Waiting ${String(seconds)} s for ${what} to be plugged in.`;
}
