import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeMessages, encodeMessage } from './vscard.ts';

test('messages are found again however the stream is cut', () => {
  const message = fc.record({
    type: fc.nat(9),
    content: fc.uint8Array({ maxLength: 40 }).map((it) => Buffer.from(it)),
  });
  fc.assert(
    fc.property(fc.array(message), fc.nat(), (sent, at) => {
      const stream = Buffer.concat(sent.map((it) => encodeMessage(it.type, it.content)));
      const cut = stream.length === 0 ? 0 : at % stream.length;
      const first = decodeMessages(stream.subarray(0, cut));
      const second = decodeMessages(Buffer.concat([first.rest, stream.subarray(cut)]));
      expect([...first.messages, ...second.messages]).toEqual(sent);
      expect(second.rest).toHaveLength(0);
    }),
  );
});
