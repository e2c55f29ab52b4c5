import type { LabCase } from '../case.ts';
import { MEDIA_CASES } from './media/index.ts';
import { READER_CASES } from './smartcard-reader.ts';
import { INSTRUMENT_CASES } from './sticks-of-the-lab.ts';
import { CONTRACT_CASES } from './token-contract.ts';

/** All cases, in the order in which they run. */
export const CASES: readonly LabCase[] = [
  ...INSTRUMENT_CASES,
  ...CONTRACT_CASES,
  ...READER_CASES,
  ...MEDIA_CASES,
];
