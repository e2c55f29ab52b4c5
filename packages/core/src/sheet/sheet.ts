import { assertDestination, writeFileDurably } from '@holdfast/media/durable';
import type { Run } from '../run.ts';
import { codesNeedHtml } from './codes.ts';
import { sheetFacts, type SheetFacts, type SheetFactsRequest } from './facts.ts';
import { renderSheet, type SheetFormat } from './render.ts';

export interface SheetRequest extends SheetFactsRequest {
  readonly format: SheetFormat;
  /** The file to write; `null`: the sheet is in the report only. */
  readonly to: string | null;
  /** Replace a file that is there. */
  readonly replace: boolean;
}

export interface SheetReport extends Pick<SheetFacts, 'id' | 'secret' | 'generation' | 'printed'> {
  readonly format: SheetFormat;
  /** The file that was written. */
  readonly path: string | null;
  /** How many QR codes hold the backup; 0: it is not on the sheet. */
  readonly codes: number;
  /** The sheet itself, when no file was asked for. */
  readonly sheet: string | null;
}

/**
 * Makes the emergency sheet of a backup, and writes it with mode 0600. Takes no factor.
 *
 * @throws what `sheetFacts` and `renderSheet` throw, DESTINATION_EXISTS, and what writing ends with
 */
export async function sheet(
  request: SheetRequest,
  run: Pick<Run, 'instance' | 'catalog' | 'signal' | 'onProgress'>,
): Promise<SheetReport> {
  const { format, to } = request;
  const replace = request.replace ? 'overwrite' : 'refuse';
  if (request.codes === true && format === 'text') throw codesNeedHtml();
  if (to !== null) await assertDestination(to, { replace });
  const facts = await sheetFacts(request, run);
  const text = await renderSheet(facts, format);
  if (to !== null) {
    const { signal } = run;
    await writeFileDurably(to, Buffer.from(text), { replace, ...(signal && { signal }) });
  }
  const { id, secret, generation, printed, codes } = facts;
  return {
    ...{ id, secret, generation, printed, format },
    path: to,
    codes: codes?.texts.length ?? 0,
    sheet: to === null ? text : null,
  };
}
