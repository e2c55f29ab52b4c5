export { ROUTES, type RouteId, type Routes } from './routes/index.ts';
export type { Answer, Body, FourEyes, JsonOf, Role, Route, Sent, Taken } from './route.ts';
export { job, jobEvent, JOB_STATES, type Job, type JobEvent } from './schemas/job.ts';
export { problem, storedName, type Problem } from './schemas/common.ts';
export type { Backup, Copy } from './schemas/backup.ts';
export { backupReport } from './schemas/reports.ts';
