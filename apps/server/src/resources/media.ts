import {
  coreError,
  describeMedium,
  forgetMedium,
  listMedia,
  type Medium,
  type RegisteredMedium,
} from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';
import { accepted } from './accepted.ts';

export const media: Handlers<
  'listMedia' | 'watchMedia' | 'describeMedium' | 'forgetMedium' | 'ejectMedium'
> = {
  async listMedia({ service, actor, signal }) {
    const found = await listMedia(service.runFor(actor, { signal }));
    return {
      status: 200,
      json: {
        plugged: found.media.map(pluggedIn),
        register: found.register.map(registered),
        clones: found.clones.map(({ uuid, among }) => ({ uuid, among: [...among] })),
      },
    };
  },
  async watchMedia({ service, signal }) {
    return await Promise.resolve({ status: 200, events: watched(service.media, signal) });
  },
  async describeMedium({ params, body, service, actor, signal }) {
    if (Object.keys(body).length === 0) throw coreError('USAGE', 'say what it is called, or where');
    const { id } = await describeMedium({ ...params, ...body }, service.runFor(actor, { signal }));
    return { status: 200, json: { id } };
  },
  async forgetMedium({ params, service, actor, signal }) {
    const { id } = await forgetMedium(params.medium, service.runFor(actor, { signal }));
    return { status: 200, json: { id } };
  },
  async ejectMedium({ params, service, principal, from }) {
    const job = { kind: 'eject', request: params, by: principal, from };
    return accepted(await service.jobs.submit(job));
  },
};

type Watching = Parameters<Handlers['watchMedia']>[0]['service']['media'];

async function* watched(all: Watching, signal: AbortSignal): AsyncGenerator<{ data: unknown }> {
  try {
    for await (const plugged of all.changes({ signal })) {
      yield { data: { plugged: plugged.map(pluggedIn) } };
    }
  } catch (cause) {
    // That is how watching ends.
    if (!signal.aborted) throw cause;
  }
}

function pluggedIn(medium: Medium) {
  const { node, bus, vendor, product, serial, size, refusal, volumes } = medium;
  return {
    ...{ node, bus, vendor, product, serial, size },
    refusal: refusal?.words ?? null,
    volumes: volumes.map((volume) => ({
      ...{ node: volume.node, fileSystem: volume.fileSystem, label: volume.label },
      ...{ uuid: volume.uuid, size: volume.size, free: volume.free },
      refusal: volume.refusal?.words ?? null,
      writeRefusal: volume.writeRefusal?.words ?? null,
    })),
  };
}

function registered({ formerLabel: _, copies, nodes, ...row }: RegisteredMedium) {
  return { ...row, nodes: [...nodes], copies: copies.length };
}
