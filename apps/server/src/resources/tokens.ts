import { Secret, type SharedTokens } from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';
import type { Service } from '../service.ts';
import { accepted } from './accepted.ts';

export const tokens: Handlers<
  'listTokens' | 'enrollToken' | 'testToken' | 'forgetToken' | 'handPin' | 'takePin'
> = {
  async listTokens({ service, signal }) {
    const shared = await service.tokens.open();
    const enrolled = (await shared.enrolments()).map(({ alias, uri, details, ...enrolment }) => ({
      ...{ alias, uri, token: { ...details.token } },
      ...{ algorithm: details.algorithm, fingerprint: details.fingerprint },
      ...{ stanza: enrolment.stanza, enrolled: enrolment.enrolled, tested: enrolment.tested },
      warnings: [...enrolment.warnings],
      pin: keptPin(details.token, service),
    }));
    return { status: 200, json: { modules: await modulesOf(shared, signal), enrolled } };
  },
  async enrollToken({ params, body, service, principal, from }) {
    const request = { ...params, ...body };
    const job = { kind: 'token-enroll', request, by: principal, from };
    return accepted(await service.jobs.submit(job));
  },
  async testToken({ params, service, principal, from }) {
    const job = { kind: 'token-test', request: params, by: principal, from };
    return accepted(await service.jobs.submit(job));
  },
  async forgetToken({ params, service, actor, signal }) {
    const { tokens: own } = service.runFor(actor, { signal });
    await (await own.open()).forget(params.alias);
    return { status: 204 };
  },
  async handPin({ body, service, actor, signal }) {
    const pin = Secret.fromText(body.pin);
    using held = new DisposableStack();
    held.use(pin);
    const { label, serial } = await tokenNamed(body.token, service, signal);
    const idle = body.idle ?? service.config.server.pinIdle / 1000;
    held.move();
    service.pins.keep({ label, serial }, pin, idle);
    await record({ label, serial }, true, service, actor);
    const until = new Date(Date.now() + idle * 1000).toISOString();
    return { status: 200, json: { label, serial, until } };
  },
  async takePin({ query, service, actor, signal }) {
    const token = await tokenNamed(query.token, service, signal);
    if (service.pins.forget(token)) await record(token, false, service, actor);
    return { status: 204 };
  },
};

interface Token {
  readonly label: string;
  readonly serial: string;
}

/** Of an enrolled key it need not be here. @throws what looking for it throws */
async function tokenNamed(name: string, service: Service, signal: AbortSignal): Promise<Token> {
  const shared = await service.tokens.open();
  const known = (await shared.enrolments()).find(({ alias }) => alias === name);
  if (known !== undefined) return known.details.token;
  const { label, serial } = (await shared.show(name, { signal })).token;
  return { label, serial };
}

async function record(
  { label, serial }: Token,
  kept: boolean,
  { catalogAccess }: Service,
  actor: Parameters<Service['catalogAccess']['as']>[0],
): Promise<void> {
  const event = { action: 'token.pin', outcome: 'ok', detail: { kept } } as const;
  const { recorder } = catalogAccess.as(actor);
  await recorder.record([{ ...event, token: `${label} (serial ${serial})` }]);
}

function keptPin({ label, serial }: Token, { pins }: Service): string | null {
  const found = pins.kept.find((it) => it.label === label && it.serial === serial);
  return found === undefined ? null : (found.until ?? 'always');
}

async function modulesOf(shared: SharedTokens, signal: AbortSignal) {
  return (await shared.list({ signal })).map(({ path, slots, error }) => ({
    path,
    tokens: slots.flatMap(({ token }) =>
      token === null
        ? []
        : [
            {
              ...{ label: token.label, serial: token.serial, model: token.model },
              pinTries: token.pinTries,
            },
          ],
    ),
    failure: error,
  }));
}
