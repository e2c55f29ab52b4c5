export { openTokens } from './tokens.ts';
export { tokenError, type TokenErrorCode } from './errors.ts';
export type {
  CustodyClaims,
  Enrolment,
  KeyAlgorithm,
  KeyDetails,
  KeyProof,
  KeyReport,
  ModuleReport,
  ModuleSetting,
  NewKey,
  PinRequest,
  PinSource,
  PresentKey,
  SealingKey,
  TokenInfo,
  TokenReport,
  Tokens,
  TokenSettings,
} from './ports.ts';
