// An express route that does nothing but answer: what a route of the service is measured against.
import express from 'express';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const answer = { rows: [], next: null };
app.get('/bare', (_request, response) => {
  response.json(answer);
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(
    `${JSON.stringify({ msg: 'ready', address: `127.0.0.1:${String(port)}` })}\n`,
  );
});
