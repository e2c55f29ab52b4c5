import { z } from 'zod';
import { ADMINISTRATORS, OPERATORS, READERS, routes } from '../route.ts';
import { line, pageOf, paging, uuid } from '../schemas/common.ts';
import { job, jobEvent, jobState } from '../schemas/job.ts';

const params = z.object({ id: uuid });

export const jobRoutes = routes({
  listJobs: {
    method: 'get',
    path: '/v1/jobs',
    group: 'Jobs',
    summary: 'Jobs, newest first',
    roles: READERS,
    query: z.object({ ...paging, state: jobState.optional(), kind: line.optional() }),
    answers: { 200: { words: 'a page of jobs', json: pageOf(job) } },
  },
  showJob: {
    method: 'get',
    path: '/v1/jobs/{id}',
    group: 'Jobs',
    summary: 'One job',
    roles: READERS,
    params,
    answers: { 200: { words: 'the job', json: job } },
  },
  followJob: {
    method: 'get',
    path: '/v1/jobs/{id}/events',
    group: 'Jobs',
    summary: 'What happens in a job, until it ends',
    words: 'Goes on after the event named in Last-Event-ID.',
    roles: READERS,
    params,
    answers: { 200: { words: 'events, from the first on', events: jobEvent } },
  },
  cancelJob: {
    method: 'post',
    path: '/v1/jobs/{id}/cancel',
    group: 'Jobs',
    summary: 'Cancel a job',
    roles: OPERATORS,
    params,
    answers: { 202: { words: 'it will end soon; or has ended', json: job } },
  },
  approveJob: {
    method: 'post',
    path: '/v1/jobs/{id}/approve',
    group: 'Jobs',
    summary: 'Approve what another administrator asked for',
    roles: ADMINISTRATORS,
    params,
    answers: { 202: { words: 'the job, in line now', json: job } },
  },
  rejectJob: {
    method: 'post',
    path: '/v1/jobs/{id}/reject',
    group: 'Jobs',
    summary: 'Reject what another administrator asked for',
    roles: ADMINISTRATORS,
    params,
    answers: { 200: { words: 'the job, which will not run', json: job } },
  },
  fetchJobFile: {
    method: 'get',
    path: '/v1/jobs/{id}/file',
    group: 'Jobs',
    summary: 'The file that a job made, such as a secret encrypted to your recipient',
    words: 'Only for whoever asked for the job. It is removed after an hour, and at a restart.',
    roles: OPERATORS,
    params,
    answers: { 200: { words: 'the file', bytes: 'application/octet-stream' } },
  },
});
