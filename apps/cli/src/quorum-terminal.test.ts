import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSandbox } from './testing/sandbox.ts';
import { openTypist, type Typist } from './testing/terminal.ts';

const ALICE = 'stapler wombat orchid 1887 gravel';
const BOB = 'lantern quarry bishop 4021 meadow';
const WHO = 'Custodian, or the file of a share (Enter to stop) :';

async function answer(typist: Typist, question: string, text: string): Promise<void> {
  await typist.sees(question);
  typist.types(text);
  typist.presses('Enter');
}

test('custodians come to one terminal, in any order, and a mistake of one costs the others nothing', async () => {
  await using sandbox = await openSandbox([['s.json', '{"a":1}\n']]);
  const adding =
    'for n in alice bob carol; do holdfast custodian add $n password --quiet || exit; done';
  using known = openTypist(adding, sandbox);
  expect(await known.ended()).toBe(0);

  // Each gives a password of their own, held to the same rules as any.
  using making = openTypist(
    "holdfast backup ./s.json -o out.tar -e 'quorum(2, alice, bob, carol)'",
    sandbox,
  );
  await answer(making, 'New password of alice :', 'password1');
  await making.sees('Too easy to guess');
  for (const [name, password] of [
    ['alice', ALICE],
    ['bob', BOB],
    ['carol', `${BOB} too`],
  ] as const) {
    await answer(making, `New password of ${name} :`, password);
    await answer(making, 'The same again :', password);
  }
  await making.sees('backed up s.json');
  expect(await making.ended()).toBe(0);

  using session = openTypist('holdfast custodian session session.txt', sandbox);
  expect(await session.ended()).toBe(0);
  const recipient = /age1[0-9a-z]+/.exec(session.screen)?.[0] ?? '';
  const sending = `holdfast custodian contribute out.tar --as carol --to ${recipient} -o carol.age`;
  using contributing = openTypist(sending, sandbox);
  await answer(contributing, 'Password of carol :', `${BOB} too`);
  await contributing.sees('wrote the share of carol');
  expect(await contributing.ended()).toBe(0);

  using restoring = openTypist('holdfast restore out.tar --to r.json', sandbox);
  await restoring.sees('Envelope 1 takes the shares of any 2 of these custodians:');
  await restoring.sees('carol: password');
  await answer(restoring, WHO, 'zoe');
  await restoring.sees('This envelope has no share of a custodian of that name.');
  await answer(restoring, WHO, 'bob');
  await answer(restoring, 'Password of bob :', BOB);
  await restoring.sees('1 of 2 shares: bob.');
  await answer(restoring, WHO, 'bob');
  await restoring.sees('The share of bob is here already.');
  await restoring.sees('1 of 2 shares: bob.');
  await answer(restoring, WHO, 'alice');
  await answer(restoring, 'Password of alice :', 'not the one');
  for (let attempt = 2; attempt <= 3; attempt += 1) {
    await restoring.sees('Wrong password.');
    await answer(restoring, 'Password of alice :', 'not the one');
  }
  await restoring.sees('Wrong password of alice.');
  await restoring.sees('1 of 2 shares: bob.');
  await answer(restoring, WHO, 'alice');
  await answer(restoring, 'Password of alice :', ALICE);
  await restoring.sees('restored s.json');
  await restoring.sees('by the shares of bob and alice');
  expect(await restoring.ended()).toBe(0);
  expect(restoring.screen).not.toContain('wombat');
  expect(await readFile(join(sandbox.folder, 'r.json'), 'utf8')).toBe('{"a":1}\n');

  // A share that was sent can be named there too.
  using mixed = openTypist('holdfast restore out.tar --to m.json -i session.txt', sandbox);
  await answer(mixed, WHO, 'carol.age');
  await mixed.sees('1 of 2 shares: carol.');
  await answer(mixed, WHO, 'alice');
  await answer(mixed, 'Password of alice :', ALICE);
  expect(await mixed.ended()).toBe(0);

  using stopping = openTypist('holdfast restore out.tar --to n.json', sandbox);
  await answer(stopping, WHO, 'alice');
  await answer(stopping, 'Password of alice :', ALICE);
  await stopping.sees('1 of 2 shares: alice.');
  await answer(stopping, WHO, '');
  await stopping.sees('error: 1 of 2 shares: alice; to come: bob, carol');
  expect(await stopping.ended()).toBe(4);
}, 300_000);

test('Enter at the password of a backup goes on to its custodians', async () => {
  await using sandbox = await openSandbox([
    ['s.json', '{"a":1}\n'],
    ['pw', `${ALICE}\n`],
  ]);
  const making = `age-keygen -o a.txt 2>/dev/null; age-keygen -o b.txt 2>/dev/null
    for n in a b; do holdfast custodian add $n "recipient($(age-keygen -y $n.txt))" --quiet; done
    holdfast backup ./s.json -o out.tar -e password -e 'quorum(2, a, b)' --password-file pw --quiet
    holdfast custodian session session.txt --quiet
    for n in a b; do holdfast custodian contribute out.tar --as $n -i $n.txt -o $n.age --quiet \\
      --to $(age-keygen -y session.txt) || exit; done`;
  using made = openTypist(making, sandbox);
  expect(await made.ended()).toBe(0);
  using restoring = openTypist('holdfast restore out.tar --to r.json', sandbox);
  await answer(restoring, 'Password (Enter for the custodians) :', '');
  await restoring.sees('Envelope 2 takes the shares of any 2 of these custodians:');
  await answer(restoring, WHO, 'a.age');
  await restoring.sees('A.age is not sealed to an identity that was given.');
  await answer(restoring, WHO, '');
  expect(await restoring.ended()).toBe(4);
}, 300_000);
