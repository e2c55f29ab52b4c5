import type { Lab, LabCase } from '../case.ts';
import { expectThat } from '../guest/lab-error.ts';
import { openCardGuest } from './open-card-guest.ts';
import { usingToken } from './use-token.ts';

const GENERAL_AUTHENTICATE = 0x87;
const PIN = '123456';
/** The key management key; also the certificate and the public key that a card shows to everybody. */
const KEY = 'pkcs11:id=%03';
const USE = { key: KEY, pin: PIN, typed: true };

/** A smartcard in a USB reader that real drivers serve: libccid, pcscd, OpenSC. */
export const READER_CASES: readonly LabCase[] = [
  {
    name: 'reader/card-pulled',
    rule: 'without its card nothing opens; when it is back, it opens, and takes the PIN again',
    run: pullCard,
  },
  {
    name: 'reader/unplugged-within',
    rule: 'a reader that is unplugged in the middle of an operation is a typed error; back again, all works',
    run: async (lab: Lab): Promise<string> =>
      await disturb(
        lab,
        async ({ reader }) => await reader.unplug(),
        async ({ reader }) => await reader.plug(),
      ),
  },
  {
    name: 'reader/pin-tries',
    rule: 'a wrong PIN costs one try on the card and is not given again; the right one gives all tries back',
    run: countTries,
  },
];

type CardGuest = Awaited<ReturnType<typeof openCardGuest>>;

async function pullCard(lab: Lab): Promise<string> {
  await using it = await openCardGuest(lab, { '9d': 'p256' });
  return await usingToken(it.guest, async (useToken) => {
    const first = await useToken(USE);
    it.reader.remove();
    await it.guest.until('opensc-tool --list-readers | grep -q No');
    const without = await useToken(USE);
    it.reader.insert(it.card);
    await it.guest.until('opensc-tool --list-readers | grep -q Yes');
    const again = await useToken(USE);
    const outcomes = [first, without, again].map(({ outcome }) => outcome).join(', ');
    expectThat(outcomes === 'opened, TOKEN_NOT_FOUND, opened', outcomes);
    expectThat(it.card.pinsVerified === 2, `PINs verified: ${it.card.pinsVerified}`);
    return outcomes;
  });
}

/** Does harm when the card is about to work with a key for the first time. */
async function disturb(
  lab: Lab,
  harm: (it: CardGuest) => Promise<void>,
  mend: (it: CardGuest) => Promise<void>,
): Promise<string> {
  await using it = await openCardGuest(lab, { '9d': 'rsa2048' });
  let done = false;
  it.reader.beforeCommand = async (apdu) => {
    if (done || apdu[1] !== GENERAL_AUTHENTICATE) return;
    done = true;
    await harm(it);
  };
  return await usingToken(it.guest, async (useToken) => {
    const first = await useToken(USE);
    await mend(it);
    await it.guest.until('opensc-tool --list-readers | grep -q Yes');
    const second = await useToken(USE);
    const outcomes = `${first.outcome}, ${second.outcome}`;
    expectThat(outcomes === 'TOKEN_REMOVED, opened', outcomes);
    return `${outcomes}; noticed after ${(first.milliseconds / 1000).toFixed(1)} s`;
  });
}

async function countTries(lab: Lab): Promise<string> {
  await using it = await openCardGuest(lab, { '9d': 'p256' });
  const { card, guest } = it;
  const outcome = async (pin: string, typed: boolean): Promise<string> =>
    await usingToken(guest, async (useToken) => {
      const used = await useToken({ ...USE, pin, typed });
      return `${used.outcome} with ${card.triesLeft} left`;
    });
  const seen: string[] = [];
  for (const [pin, typed] of [
    ['999999', false],
    ['999999', false],
    [PIN, true],
  ] as const) {
    seen.push(await outcome(pin, typed));
  }
  const wanted = 'PIN_INCORRECT with 2 left, PIN_REFUSED with 2 left, opened with 3 left';
  expectThat(seen.join(', ') === wanted, `${seen.join(', ')}; not: ${wanted}`);
  expectThat(card.pinsVerified === 2, `PINs verified: ${card.pinsVerified}`);
  return wanted;
}
