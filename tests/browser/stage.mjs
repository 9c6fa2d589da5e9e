// What the tests of the browser's side share: the whole stack, Debian's Chromium, screenshots, axe.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import net from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const ROOT = process.env.NOPASSD_ROOT;
const SCREENSHOTS = process.env.NOPASSD_SCREENSHOTS;
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const PATIENCE = 1000 * Number(process.env.NOPASSD_TEST_PATIENCE ?? 30);

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function eventually(check, what) {
  const ends = Date.now() + PATIENCE;
  while (true) {
    const value = await check();
    if (value) return value;
    assert.ok(Date.now() < ends, `not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** nginx, the demo site, nopassd and nopass-sim, as tools/quickstart --web starts them. */
export class Stack {
  static async start(...options) {
    const stack = new Stack();
    stack.folder = await mkdtemp('/tmp/nopassd-browser-');
    const script = join(ROOT, 'tools/quickstart-web');
    stack.process = spawn(script, [process.env.NOPASSD_BIN, '--port', String(await freePort()), ...options],
      { env: { ...process.env, QUICKSTART_DIRECTORY: stack.folder }, stdio: ['ignore', 'pipe', 'inherit'] });
    stack.ended = new Promise((resolve) => stack.process.once('exit', resolve));
    const line = await new Promise((resolve, reject) => {
      stack.process.stdout.once('data', (data) => resolve(String(data)));
      stack.ended.then((code) => reject(new Error(`quickstart-web exited with ${code}`)));
    });
    [, stack.site, stack.phone] = /^ready (\S+) (\S+)/.exec(line);
    return stack;
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  async sim(method, path, body) {
    const reply = await fetch(this.phone + path, { method, body: body && JSON.stringify(body) });
    assert.equal(reply.status, 200, `${method} ${path}: ${reply.status}`);
    return reply.json();
  }

  addUser(login) {
    return this.sim('POST', '/sim/users', { login, email: `${login}@example.org` });
  }

  /** The login of this user that waits on the phone, the newest first. */
  waiting(login) {
    return eventually(async () => {
      const { logins } = await this.sim('GET', '/sim/state');
      return logins.find((each) => each.login === login && each.state === 'pending');
    }, `a login of ${login} waits on the phone`);
  }

  async approve(login) {
    return this.sim('POST', `/sim/logins/${(await this.waiting(login)).id}/approve`);
  }

  async deny(login, reason) {
    return this.sim('POST', `/sim/logins/${(await this.waiting(login)).id}/deny`, { reason });
  }

  async pid(name) {
    return Number(await readFile(join(this.folder, `${name}.pid`), 'utf8'));
  }
}

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** A page of a browser of its own; what breaks its Content-Security-Policy or throws fails the test in check(). */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  watch(page);
  return page;
}

export function watch(page) {
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    // axe tries out styles of its own.
    if (!page.isExamined && /Content.Security.Policy|Refused to/i.test(message.text())) page.faults.push(message.text());
  });
}

export function assertNoFaults(page) {
  assert.deepEqual(page.faults, []);
}

export const view = (page) => page.locator('nopass-login').evaluate((each) => each.shadowRoot?.querySelector('.card').dataset.view);
export const waitForView = (page, wanted) => eventually(async () => (await view(page)) === wanted, `the element shows ${wanted}`);

/** Screenshots of this state, light and dark, at the width of a telephone and of a desk; axe has nothing to say. */
export async function examine(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: width === 360 ? 740 : 800 });
      if (!SCREENSHOTS) continue;
      await mkdir(SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${colorScheme}-${width}.png`) });
    }
    await assertAccessible(page, `${name}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function assertAccessible(page, what) {
  // As a debugger would: the page's own policy lets no such script in.
  page.isExamined = true;
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  const { result } = await session.send('Runtime.evaluate', {
    expression: 'axe.run().then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html)])))',
    awaitPromise: true });
  await session.detach();
  page.isExamined = false;
  assert.equal(result.value, '[]', what);
}
