export { connect, type Client, type ConnectOptions } from './connect.ts';
export { ApiProblem, ServiceUnreachable } from './problem.ts';
