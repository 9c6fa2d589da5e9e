// See ceremony.py.
import http from 'node:http';
import { parseArgs } from 'node:util';
import { launch, openPage, Stack, waitForView } from './stage.mjs';

const { values } = parseArgs({ options: { logins: { type: 'string', default: '30' }, streams: { type: 'string', default: '1000' } } });
const stack = await Stack.start();
const browser = await launch();

function ask(socketPath, method, path, body) {
  return new Promise((resolve, reject) => {
    const payload = body && JSON.stringify(body);
    http.request({ socketPath, method, path, agent: false,
      headers: payload ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) } : {} }, resolve)
      .on('error', reject).end(payload);
  });
}

async function json(reply) {
  let text = '';
  for await (const chunk of reply) text += chunk;
  return JSON.parse(text);
}

/** Other people's logins, each with its stream; their pictures change as in life. */
async function openStreams(count) {
  for (let i = 0; i < count; ++i) {
    const login = `other-${Math.floor(i / 3)}`;
    if (i % 3 === 0) await stack.addUser(login);
    const started = await json(await ask(`${stack.folder}/site.sock`, 'POST', '/v1/sessions', { login, binding: `binding-of-${login}` }));
    (await ask(`${stack.folder}/live.sock`, 'GET', `${started.liveUrl}/events`)).resume();
  }
}

const middle = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const worst = (times) => Math.max(...times);

async function approveOne(number) {
  const login = `bench-${number}`;
  await stack.addUser(login);
  const page = await openPage(browser);
  await page.goto(stack.site);
  await page.locator('form[action="/login"] input').fill(login);
  await page.locator('form[action="/login"] button').click();
  await waitForView(page, 'picture');
  const { id } = await stack.waiting(login);
  const redirected = page.waitForRequest('**/login/finish*').then(() => performance.now());
  const arrived = page.waitForURL('**/account', { waitUntil: 'commit' }).then(() => performance.now());
  const began = performance.now();
  await stack.sim('POST', `/sim/logins/${id}/approve`);
  const times = [await redirected - began, await arrived - began];
  await page.context().close();
  return times;
}

try {
  for (const streams of [0, Number(values.streams)]) {
    await openStreams(streams);
    const times = [];
    for (let i = 0; i < Number(values.logins); ++i) times.push(await approveOne(`${streams}-${i}`));
    const [redirect, arrival] = [0, 1].map((which) => times.map((each) => each[which]));
    console.log(`${streams} other streams, ${times.length} logins: from approval to the redirect ${middle(redirect).toFixed(0)} ms ` +
      `median, ${worst(redirect).toFixed(0)} ms at most; to the account page ${middle(arrival).toFixed(0)} ms median`);
  }
} finally {
  await browser.close();
  await stack.stop();
}
process.exit(0);
