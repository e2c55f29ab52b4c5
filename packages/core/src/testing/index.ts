export { openPostgres, type PostgresServer } from '@holdfast/catalog/testing';
export { openSoftHsm, type SoftHsm } from '@holdfast/token/testing';
