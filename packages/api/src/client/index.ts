export {
  connect,
  type Client,
  type ConnectOptions,
  type GivenTo,
  type GotFrom,
} from './connect.ts';
export { ApiProblem, ServiceUnreachable } from './problem.ts';
