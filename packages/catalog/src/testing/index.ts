export { ENGINES, type Places, type TestPlace } from './engines.ts';
export { openPostgres, type PostgresOptions, type PostgresServer } from './open-postgres.ts';
export { headSigner, type TestSigner } from './head-signer.ts';
export { SAMPLE, sampleBackup, sampleCopy, sampleEvent } from './sample-events.ts';
