export { backup, type BackupReport, type BackupRequest } from './backup.ts';
export { restore, type RestoreReport, type RestoreRequest } from './restore.ts';
export { inspect, type Inspection } from './inspect.ts';
export { verify, type Verification, type VerifyRequest } from './verify.ts';
export {
  changeEnvelopes,
  type EnvelopeChange,
  type EnvelopeChangeReport,
} from './change-envelopes.ts';
export type { Run } from './run.ts';
export {
  tokenAccess,
  type SharedTokens,
  type TokenAccess,
  type TokenAccessSettings,
} from './tokens/access.ts';
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
} from '@holdfast/token';

export { parseEnvelope, type EnvelopeExpression } from './envelopes/expression.ts';
export type { OpeningFailure } from './envelopes/opener.ts';
export type { Waiver } from './backup-file/manifest.ts';
export type { EnvelopeSummary } from './summary.ts';
export type {
  FactorSource,
  FileTarget,
  OpenSource,
  PasswordRequest,
  PayloadKind,
  Progress,
  RestoreTarget,
  SecretSource,
  StreamTarget,
  TokenWait,
} from './ports.ts';

export { assertDestination } from '@holdfast/media/durable';
export { coreError, type CoreErrorCode, type ErrorCode } from './errors.ts';
export {
  HoldfastError,
  Secret,
  openIdentityFile,
  servePlugin,
  type Identity,
  type PluginConversation,
  type PluginHandlers,
  type PluginIo,
  type Recipient,
} from '@holdfast/age';
export { VERSION } from './version.ts';

export { loadConfig, type Config } from './config/config.ts';
export { closest } from './config/closest.ts';

export { instanceAt, type Instance, type InstanceSettings } from './instance/instance.ts';
export { initInstance, type InitOptions, type InitReport } from './instance/init.ts';
export type { SignatureStatus } from './instance/signature-status.ts';
export type { Signer } from './instance/signer.ts';

export {
  sourceFromCommand,
  sourceFromFile,
  sourceFromFiles,
  sourceFromStdin,
} from './sources/index.ts';
export { toCommand, toFile, toFolder, toStdout } from './targets/index.ts';

export { assessPassword, checkHint, type PasswordAssessment } from './password/index.ts';

export {
  storeOf,
  type SecretStore,
  type StagedSecret,
  type StagingMode,
  type StoredSecret,
  type StoredVersion,
} from './store/index.ts';
