// The ceremony as people see it: Chromium, through nginx and TLS, with the real daemon and nopass-sim for NoPass.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { assertNoFaults, eventually, examine, launch, openPage, Stack, waitForView, watch } from './stage.mjs';

let browser;
let stack;
let count = 0;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

async function begin(page, login) {
  await page.goto(stack.site);
  await page.locator('form[action="/login"] input').fill(login);
  await page.locator('form[action="/login"] button').click();
  await page.waitForURL('**/login/wait?session=*');
}

async function somebody() {
  const login = `erin-${++count}`;
  await stack.addUser(login);
  return login;
}

async function withPage(work, options) {
  const page = await openPage(browser, options);
  try {
    await work(page);
    assertNoFaults(page);
  } finally {
    await page.context().close();
  }
}

const picture = (page) => page.locator('nopass-login').evaluate((each) => each.shadowRoot.querySelector('img').src);

describe('a login', () => {
  before(async () => { stack = await Stack.start(); });
  after(async () => { await stack?.stop(); });

  it('is approved on the phone, and the page goes on by itself', () => withPage(async (page) => {
    const login = await somebody();
    await begin(page, login);
    await waitForView(page, 'picture');
    await examine(page, 'login-picture');
    // What the page shows is what the phone shows.
    const { image } = await stack.waiting(login);
    const shown = await page.evaluate(async (address) => {
      const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
      return btoa(String.fromCharCode(...bytes));
    }, await picture(page));
    assert.equal(shown, image);
    await stack.approve(login);
    await page.waitForURL('**/account');
    assert.equal(await page.locator('h1').textContent(), `Hello, ${login}`);
    await examine(page, 'account');
  }));

  it('is denied on the phone, for a reason in plain words, and can be tried again', () => withPage(async (page) => {
    const login = await somebody();
    await begin(page, login);
    await waitForView(page, 'picture');
    await stack.deny(login, 'didNotSend');
    await waitForView(page, 'denied');
    await page.getByText('you did not begin this login').first().waitFor();
    await examine(page, 'login-denied');
    await page.getByRole('button', { name: 'Try again' }).press('Enter');
    await page.waitForURL(`${stack.site}/`);
  }));

  it('shows nothing of a reason that it does not know', () => withPage(async (page) => {
    const login = await somebody();
    await begin(page, login);
    await waitForView(page, 'picture');
    await stack.deny(login, '<img src=x onerror=alert(1)>');
    await waitForView(page, 'denied');
    const text = await page.locator('nopass-login').evaluate((each) => each.shadowRoot.textContent);
    assert.doesNotMatch(text, /onerror|alert/);
    assert.equal(await page.locator('nopass-login img[src="x"]').count(), 0);
  }));

  it('goes on when the connection was lost', () => withPage(async (page) => {
    const login = await somebody();
    const resumed = [];
    page.on('request', async (request) => {
      if (request.url().endsWith('/events')) resumed.push((await request.allHeaders())['last-event-id']);
    });
    await begin(page, login);
    await waitForView(page, 'picture');
    const master = await stack.pid('nginx');
    const [worker] = (await readFile(`/proc/${master}/task/${master}/children`, 'utf8')).split(' ');
    process.kill(Number(worker), 'SIGKILL');
    await page.locator('nopass-login .trouble').waitFor({ state: 'visible' });
    await examine(page, 'login-reconnecting');
    await page.locator('nopass-login .trouble').waitFor({ state: 'hidden' });
    assert.equal(resumed[0], undefined);
    assert.match(resumed.at(-1), /^pending\.\d+$/);
    await stack.approve(login);
    await page.waitForURL('**/account');
  }));

  it('in each of two tabs logs in whichever is approved', () => withPage(async (page) => {
    const login = await somebody();
    const other = await page.context().newPage();
    watch(other);
    await begin(page, login);
    await waitForView(page, 'picture');
    await begin(other, login);
    await waitForView(other, 'picture');
    const first = page.url().split('=')[1];
    assert.notEqual(first, other.url().split('=')[1]);
    // The phone has both; the older one is approved.
    const { logins } = await stack.sim('GET', '/sim/state');
    const mine = logins.filter((each) => each.login === login);
    await stack.sim('POST', `/sim/logins/${mine.at(-1).id}/approve`);
    await page.waitForURL('**/account');
    await stack.sim('POST', `/sim/logins/${mine[0].id}/approve`);
    await other.waitForURL('**/account');
    assertNoFaults(other);
  }));

  it('of two people at once lets each in as himself', async () => {
    const people = [await somebody(), await somebody()];
    await Promise.all(people.map((login) => withPage(async (page) => {
      await begin(page, login);
      await waitForView(page, 'picture');
      await stack.approve(login);
      await page.waitForURL('**/account');
      assert.equal(await page.locator('h1').textContent(), `Hello, ${login}`);
    })));
  });

  it('of somebody unknown looks like any other that cannot begin', () => withPage(async (page) => {
    const bodies = [];
    for (const login of ['nobody', await somebody()]) {
      if (login !== 'nobody') await stack.sim('POST', '/sim/faults', { next: [{ call: 'RequestAuthorization', status: 500 }] });
      await page.goto(stack.site);
      await page.locator('form[action="/login"] input').fill(login);
      await page.locator('form[action="/login"] button').click();
      await page.getByText('That did not work').first().waitFor();
      bodies.push(await page.content());
    }
    assert.equal(bodies[0], bodies[1]);
  }));

  it('ends with the session, at the next view, when NoPass closes it', () => withPage(async (page) => {
    const login = await somebody();
    await begin(page, login);
    await waitForView(page, 'picture');
    await stack.approve(login);
    await page.waitForURL('**/account');
    await page.reload();
    assert.equal(await page.locator('h1').textContent(), `Hello, ${login}`);
    const { logins } = await stack.sim('GET', '/sim/state');
    await stack.sim('POST', `/sim/logins/${logins.find((each) => each.login === login).id}/close`);
    await page.reload();
    await page.getByText('Your session was closed.').waitFor();
    await page.goto(`${stack.site}/account`);
    await page.waitForURL(`${stack.site}/`);
  }));

  it('ends when one logs out', () => withPage(async (page) => {
    const login = await somebody();
    await begin(page, login);
    await stack.approve(login);
    await page.waitForURL('**/account');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL(`${stack.site}/`);
    await page.goto(`${stack.site}/account`);
    await page.waitForURL(`${stack.site}/`);
  }));

  it('leaves no ticket in a log', async () => {
    let tickets = 0;
    for (const name of await readdir(stack.folder)) {
      if (!/\.log$/.test(name)) continue;
      const text = await readFile(`${stack.folder}/${name}`, 'utf8');
      assert.doesNotMatch(text, /\/t\/[A-Za-z0-9_-]{43}/, name);
      tickets += text.length;
    }
    assert.ok(tickets > 0);
  });
});

describe('a registration', () => {
  before(async () => { stack = await Stack.start(); });
  after(async () => { await stack?.stop(); });

  it('goes over the page of NoPass and back, and the new user can log in', () => withPage(async (page) => {
    await page.goto(stack.site);
    await examine(page, 'home');
    const form = page.locator('form[action="/register"]');
    await form.locator('input[name="login"]').fill('frank');
    await form.locator('input[name="email"]').fill('frank@example.org');
    await form.locator('button').click();
    await page.waitForURL(`${stack.phone}/register/*`);
    await page.getByText('Register frank with this phone?').waitFor();
    await examine(page, 'sim-register');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Welcome, frank').first().waitFor();
    await begin(page, 'frank');
    await waitForView(page, 'picture');
    await stack.approve('frank');
    await page.waitForURL('**/account');
  }));

  it('that is cancelled there registers nobody', () => withPage(async (page) => {
    await page.goto(stack.site);
    await page.locator('form[action="/register"] input[name="login"]').fill('grace');
    await page.locator('form[action="/register"] button').click();
    await page.waitForURL(`${stack.phone}/register/*`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Not registered').first().waitFor();
  }));

  it('can be played on the page of the phone, too', () => withPage(async (page) => {
    await stack.addUser('heidi');
    const phone = await page.context().newPage();
    watch(phone);
    await phone.goto(stack.phone);
    await begin(page, 'heidi');
    await phone.getByText('Log in as heidi?').waitFor();
    await examine(phone, 'sim-phone');
    await phone.getByRole('button', { name: 'Approve' }).click();
    await page.waitForURL('**/account');
    assertNoFaults(phone);
  }));
});

describe('a login that takes its time', () => {
  before(async () => { stack = await Stack.start('--picture-period', '2', '--lifetime', '9s'); });
  after(async () => { await stack?.stop(); });

  it('gets new pictures, and ends when nobody approves it', () => withPage(async (page) => {
    const login = await somebody();
    await begin(page, login);
    await waitForView(page, 'picture');
    const seen = new Set([await picture(page)]);
    await eventually(async () => seen.add(await picture(page)).size >= 3, 'two more pictures come');
    assert.match(await page.locator('nopass-login .countdown').textContent(), /^New picture (in [12] s|on its way)$/);
    await waitForView(page, 'expired');
    await examine(page, 'login-expired');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForURL(`${stack.site}/`);
  }));
});
