import {
  addCustodian,
  changeCustodian,
  listCustodians,
  removeCustodian,
  type CustodianReport,
} from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';

export const custodians: Handlers<
  'listCustodians' | 'addCustodian' | 'changeCustodian' | 'removeCustodian'
> = {
  async listCustodians({ service }) {
    const rows = await listCustodians({ catalog: service.catalogAccess });
    const shown = rows.map(({ removedAt: _, clockSetBack: __, shared: ___, ...row }) => row);
    return { status: 200, json: { rows: shown } };
  },
  async addCustodian({ body, service, actor, signal }) {
    const report = await addCustodian(body, service.runFor(actor, { signal }));
    return { status: 201, json: told(report) };
  },
  async changeCustodian({ params, body, service, actor, signal }) {
    const run = service.runFor(actor, { signal });
    const report = await changeCustodian({ ...params, ...body }, run);
    return { status: 200, json: told(report) };
  },
  async removeCustodian({ params, query, service, actor, signal }) {
    const run = service.runFor(actor, { signal });
    const asked = { ...params, anyway: query.anyway === 'true' };
    return { status: 200, json: told(await removeCustodian(asked, run)) };
  },
};

function told({ custodian, warnings }: CustodianReport) {
  return { name: custodian.name, warnings: [...warnings] };
}
