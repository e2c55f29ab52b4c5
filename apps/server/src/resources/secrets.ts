import { coreError, Secret, storeOf } from '@holdfast/core';
import type { Readable } from 'node:stream';
import type { Handlers } from '../http/handler.ts';
import { assertSealing } from '../kinds/sealing.ts';
import type { Service } from '../service.ts';
import { accepted } from './accepted.ts';

export const secrets: Handlers<
  'listSecrets' | 'showSecret' | 'generateSecret' | 'rotateSecret' | 'importSecret'
> = {
  async listSecrets({ service }) {
    return { status: 200, json: { rows: await known(service) } };
  },
  async showSecret({ params, service }) {
    const found = (await known(service)).find(({ name }) => name === params.name);
    if (found !== undefined) return { status: 200, json: found };
    throw coreError('SECRET_NOT_FOUND', 'nothing here knows a secret of that name');
  },
  async generateSecret({ params, body, service, principal, from }) {
    const { password, custodianPasswords, bytes, ...asked } = body;
    assertSealing(asked, params.name, service);
    const held = { newPassword: password, custodianPasswords };
    const request = { secret: params.name, bytes, ...asked };
    const job = { kind: 'generate', request, secrets: held, by: principal, from };
    return accepted(await service.jobs.submit(job));
  },
  async rotateSecret({ params, body, service, principal, from }) {
    const { password, custodianPasswords, bytes, ...asked } = body;
    assertSealing(asked, params.name, service);
    const held = { newPassword: password, custodianPasswords };
    const request = { secret: params.name, bytes, ...asked };
    const job = { kind: 'rotate', request, secrets: held, by: principal, from };
    return accepted(await service.jobs.submit(job));
  },
  async importSecret({ params, stream, service, principal, from, mustApprove }) {
    using value = await openValue(stream);
    const held = { value };
    const request = { secret: params.name };
    const job = { kind: 'import', request, secrets: held, by: principal, from };
    return accepted(await service.jobs.submit({ ...job, fourEyes: mustApprove }));
  },
};

/** The stream is bounded by the contract. */
async function openValue(stream: Readable): Promise<Secret> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    const value = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
    let at = 0;
    for (const chunk of chunks) {
      value.set(chunk, at);
      at += chunk.length;
    }
    if (value.length === 0) throw coreError('SOURCE_EMPTY', 'the value is empty');
    return Secret.take(value);
  } finally {
    for (const chunk of chunks) chunk.fill(0);
  }
}

async function known({ catalog, config, instance }: Service) {
  const rows = new Map((await (await catalog()).secrets()).map((row) => [row.name, row]));
  const stored = new Map((await storeOf(instance).list()).map((it) => [it.name, it]));
  const names = new Set([...Object.keys(config.secrets), ...rows.keys(), ...stored.keys()]);
  return [...names].toSorted().map((name) => {
    const own = Object.hasOwn(config.secrets, name) ? config.secrets[name] : undefined;
    const row = rows.get(name);
    const versions = stored.get(name)?.versions ?? null;
    const kept = versions === null ? null : 'store';
    return {
      name,
      source: own?.source?.kind ?? row?.source?.kind ?? kept,
      policy: own?.policy ?? row?.policy ?? null,
      versions: versions === null ? null : versions.map((it) => ({ ...it })),
      observedAt: row?.observedAt ?? null,
      observedOutcome: row?.observedOutcome ?? null,
    };
  });
}
