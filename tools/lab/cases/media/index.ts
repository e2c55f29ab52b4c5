import type { LabCase } from '../../case.ts';
import { CUSTODY_CASES } from './custody.ts';
import { CUT_CASES } from './cut.ts';
import { EVERYDAY_CASES } from './everyday.ts';
import { FAULT_CASES } from './faulty.ts';
import { OFFER_CASES } from './offered.ts';
import { PROGRAM_CASES } from './program.ts';
import { PULL_CASES } from './pulled.ts';
import { SPEED_CASES } from './speed.ts';

/** Removable media, from what is offered to what is left when the power goes. */
export const MEDIA_CASES: readonly LabCase[] = [
  ...OFFER_CASES,
  ...EVERYDAY_CASES,
  ...PROGRAM_CASES,
  ...CUSTODY_CASES,
  ...FAULT_CASES,
  ...PULL_CASES,
  ...CUT_CASES,
  ...SPEED_CASES,
];
