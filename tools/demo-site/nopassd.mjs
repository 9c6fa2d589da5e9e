// The site API of nopassd: one request, one answer.
import http from 'node:http';
import { text } from 'node:stream/consumers';

const socketPath = process.env.NOPASSD_SOCKET ?? '/run/nopassd/site.sock';

// [call]
export async function nopassd(method, path, body, headers = {}) {
  const payload = body && JSON.stringify(body);
  if (payload) headers = { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) };
  const reply = await new Promise((resolve, reject) => {
    http.request({ socketPath, method, path, headers, timeout: 15_000 }, resolve)
      .on('timeout', function () { this.destroy(new Error('nopassd does not answer')); })
      .on('error', reject)
      .end(payload);
  });
  const answer = await text(reply);
  return { status: reply.statusCode, etag: reply.headers.etag, body: answer ? JSON.parse(answer) : undefined };
}
// [/call]
