import type { LabCase } from '../case.ts';
import { READER_CASES } from './smartcard-reader.ts';
import { CONTRACT_CASES } from './token-contract.ts';

/** All cases, in the order in which they run. */
export const CASES: readonly LabCase[] = [...CONTRACT_CASES, ...READER_CASES];
