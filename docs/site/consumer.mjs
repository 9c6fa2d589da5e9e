// A complete consumer of nopassd's site API: acts on every event and answers questions.
//
//     NOPASSD_SOCKET=/run/nopassd/site.sock node consumer.mjs
//
// Node 18 or later, no package. Your own code goes into act() and may(). Anything that goes wrong ends in the same
// place: a pause, then from the beginning; what was not acknowledged comes again. SIGTERM ends it.
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

const socketPath = process.env.NOPASSD_SOCKET ?? '/run/nopassd/site.sock';
const consumer = '/v1/consumers/website';
const actedOn = new Set(); // ids of events not yet acknowledged; kept with your data, they outlive this process too

const stopping = new AbortController();
const { signal } = stopping;
process.once('SIGTERM', () => stopping.abort());

// What the daemon answers; throws when that is a problem, or nothing.
async function call(method, path, body) {
  const payload = body && JSON.stringify(body);
  const headers = payload
    ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }
    : {};
  const reply = await new Promise((resolve, reject) => {
    http.request({ socketPath, method, path, headers, signal, timeout: 60_000 }, resolve)
      .on('timeout', function () { this.destroy(new Error(`${method} ${path}: no answer`)); })
      .on('error', reject)
      .end(payload);
  });
  const answer = await text(reply);
  if (reply.statusCode >= 400) throw new Error(`${method} ${path}: ${reply.statusCode} ${answer}`);
  return JSON.parse(answer);
}

// Events come at least once: what is done here must bear being done twice.
async function act(event) {
  console.log(event.type, event.subject);
  switch (event.type) {
    case 'nopass.session.closed':
    case 'nopass.session.expired':
      // End your own session: DELETE FROM sessions WHERE nopass_session_id = event.data.sessionId
      break;
    case 'nopass.user.deleted':
      // Delete the account: DELETE FROM accounts WHERE nopass_user_id = event.data.userId
      break;
  }
}

// Your rule for callbacks whose policy is "ask". A long list of logins is cut short, its count is not.
function may({ login = '', logins = [login], count = 1 }) {
  return logins.length === count && logins.every((each) => each.endsWith('@example.org'));
}

async function readEvents() {
  await call('PUT', consumer, { from: 'oldest' }); // made at the first start, or anew when it was retired (410)
  for (;;) {
    const page = await call('GET', `${consumer}/events?wait=30`); // 409 while another process reads
    for (const event of page.data) {
      if (actedOn.has(event.id)) continue;
      await act(event);
      actedOn.add(event.id);
    }
    if (page.data.length === 0) continue;
    await call('POST', `${consumer}/ack`, { through: page.cursor });
    actedOn.clear();
  }
}

async function answerQuestions() {
  for (;;) {
    for (const question of (await call('GET', '/v1/questions?wait=30')).data) {
      const allow = may(question);
      await call('PUT', `/v1/questions/${question.id}/answer`, { allow }); // 409 when it comes too late
      console.log(question.callback, allow ? 'allowed' : 'denied');
    }
  }
}

async function untilStopped(work) {
  while (!signal.aborted) {
    await work().catch((error) => signal.aborted || console.error(error.message));
    await pause(1000, null, { signal }).catch(() => {});
  }
}

await Promise.all([untilStopped(readEvents), untilStopped(answerQuestions)]);
