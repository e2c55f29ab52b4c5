import { hostname } from 'node:os';
import { VERSION, type ClientConfig, type TargetConfig } from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';
import { certificateFacts } from '../operations/tls.ts';

export const settings: Handlers<'showSettings'> = {
  async showSettings({ service }) {
    const { backup, folders, targets, tokens, server } = service.config;
    const { tls, oidc, fourEyes } = server;
    return {
      status: 200,
      json: {
        ...{ version: VERSION, server: service.id, host: hostname() },
        folders: Object.keys(folders),
        targets: Object.entries(targets).map(shownTarget),
        tokens: Object.keys(tokens),
        envelopes: [...backup.envelopes],
        fourEyes: [...fourEyes],
        approveWithin: server.approveWithin / 1000,
        pinIdle: server.pinIdle / 1000,
        sessionIdle: server.sessionIdle / 1000,
        certificate: tls === null ? null : await certificateFacts(tls),
        clients: Object.entries(server.clients).map(shownClient),
        issuer: oidc === null ? null : oidc.issuer,
      },
    };
  },
};

/** Its kind says what becomes of a secret there; where that is, is nobody’s business. */
function shownTarget([name, { kind }]: readonly [string, TargetConfig]) {
  return { name, kind };
}

function shownClient([name, { role, fingerprint, subject }]: readonly [string, ClientConfig]) {
  return { name, role, fingerprint, subject };
}
