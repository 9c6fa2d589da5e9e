// How <nopass-login> talks with the live socket and with its page: pictures, lost connections, ends, other tickets.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useElement } from './element_page.mjs';
import { assertNoFaults, eventually, examine, openPage, view, waitForView } from './stage.mjs';

const stage = useElement();
const { shown } = stage;
const element = (page) => page.locator('nopass-login');
const source = (page) => element(page).evaluate((each) => each.shadowRoot.querySelector('img').src);
const troubled = (page) => element(page).evaluate((each) => each.shadowRoot.querySelector('.card').hasAttribute('data-trouble'));
const prevent = (page, name) => page.evaluate((type) => {
  window.prevented = 0;
  document.addEventListener(type, (event) => { window.prevented += 1; event.preventDefault(); });
}, name);

describe('a picture', () => {
  it('stays until the next one is all there', shown(async (page, ticket) => {
    ticket.show(1);
    await eventually(async () => (await source(page)).endsWith('picture?v=1'), 'the first is shown');
    ticket.pictureDelay = 600;
    ticket.show(2);
    await eventually(() => ticket.times('picture?v=2') === 1, 'the second is asked for');
    assert.ok((await source(page)).endsWith('picture?v=1'));
    assert.equal(await view(page), 'picture');
    await eventually(async () => (await source(page)).endsWith('picture?v=2'), 'the second is shown');
  }));

  it('that could not be had is asked for again', shown(async (page, ticket) => {
    ticket.pictureFailures = 2;
    ticket.show(1);
    await waitForView(page, 'picture');
    assert.ok(ticket.times('picture?v=1') >= 3);
  }));

  it('of another ticket is never shown, however late it comes', shown(async (page, ticket) => {
    const other = stage.live.ticket();
    ticket.pictureDelay = 1000;
    ticket.show(1);
    await eventually(() => ticket.times('picture') === 1, 'the picture is asked for');
    await element(page).evaluate((each, name) => each.setAttribute('ticket', name), other.name);
    await eventually(() => other.streams.size === 1, 'the element listens to the other');
    other.show(1);
    await eventually(async () => (await source(page)).includes(other.name), 'the picture of the other is shown');
    await new Promise((resolve) => setTimeout(resolve, 1200)); // what must not happen has had its time
    assert.ok((await source(page)).includes(other.name));
  }));

  it('tells nobody the ticket: the page has it in no address', shown(async (page, ticket) => {
    ticket.show(1);
    await waitForView(page, 'picture');
    assert.ok(ticket.asked.every(({ referrer }) => !referrer || new URL(referrer).pathname === '/page'));
  }));
});

describe('a lost connection', () => {
  it('is said, and mended with Last-Event-ID', shown(async (page, ticket) => {
    ticket.show(1);
    await waitForView(page, 'picture');
    const last = String(ticket.count);
    ticket.break();
    await eventually(() => ticket.times('events') === 2, 'the element is back');
    assert.equal(ticket.asked.filter(({ what }) => what === 'events')[1].lastEventId, last);
    await eventually(async () => !(await troubled(page)), 'all is well');
    ticket.say('authorized', { state: 'authorized' });
    await waitForView(page, 'approved');
  }));

  it('is tried again and again while the server rests', shown(async (page, ticket) => {
    ticket.show(1);
    await waitForView(page, 'picture');
    ticket.break(503);
    await eventually(() => troubled(page), 'it is said');
    await examine(page, 'element-reconnecting');
    await eventually(() => ticket.times('status') >= 2, 'it has asked twice');
    assert.equal(await view(page), 'picture');
    ticket.refusal = 0;
    await eventually(async () => !(await troubled(page)), 'all is well');
  }));

  it('to a ticket that is over ends', shown(async (page, ticket) => {
    ticket.break(404);
    await waitForView(page, 'gone');
    assert.equal(ticket.times('status'), 1);
    await examine(page, 'element-gone');
  }));

  it('after the approval is no end: the page has redeemed the ticket', shown(async (page, ticket) => {
    await prevent(page, 'nopass-authorized');
    ticket.say('authorized', { state: 'authorized' });
    await waitForView(page, 'approved');
    ticket.break(404);
    await eventually(() => ticket.times('status') === 1, 'it has asked');
    await new Promise((resolve) => setTimeout(resolve, 300)); // what must not happen has had its time
    assert.equal(await view(page), 'approved');
    assert.equal(await troubled(page), false);
  }, { finish: '/finish' }));
});

describe('the end', () => {
  it('goes on to a page of the site, and leaves none to go back to', shown(async (page, ticket) => {
    const before = await page.evaluate(() => history.length);
    ticket.say('authorized', { state: 'authorized' });
    await page.waitForURL('**/finish?session=1');
    assert.equal(await page.evaluate(() => history.length), before);
    await eventually(() => ticket.streams.size === 0, 'nobody listens any more');
  }, { finish: '/finish?session=1' }));

  it('of a registration goes on, too', shown(async (page, ticket) => {
    ticket.say('registered', { state: 'confirmed', expiresInMs: 1000 });
    await page.waitForURL('**/finish');
  }, { finish: '/finish' }));

  for (const finish of ['https://evil.example/', '//evil.example/', 'javascript:document.title="evil"', 'data:text/html,evil', 'http://[', '']) {
    it(`does not go on to ${finish || 'nothing'}`, shown(async (page, ticket) => {
      const moves = [];
      page.on('request', (request) => { if (request.isNavigationRequest()) moves.push(request.url()); });
      ticket.say('authorized', { state: 'authorized' });
      await waitForView(page, 'approved');
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
      assert.deepEqual(moves, []);
      assert.equal(await page.title(), 'Log in');
    }, { finish }));
  }

  it('is left to a page that wants it', shown(async (page, ticket) => {
    await prevent(page, 'nopass-authorized');
    ticket.say('authorized', { state: 'authorized' });
    await waitForView(page, 'approved');
    assert.equal(await page.evaluate(() => window.prevented), 1);
    assert.equal(new URL(page.url()).pathname, '/page');
  }, { finish: '/finish' }));
});

describe('trying again', () => {
  for (const key of ['Enter', 'Space']) {
    it(`works with Tab and ${key}`, shown(async (page, ticket) => {
      ticket.say('expired', { state: 'expired' });
      await waitForView(page, 'expired');
      await page.keyboard.press('Tab');
      await examine(page, 'element-focus');
      await page.keyboard.press(key);
      await page.waitForURL('**/again');
    }, { retry: '/again' }));
  }

  it('loads the page anew when it has no page of the site to go to', shown(async (page, ticket) => {
    ticket.say('closed', { state: 'closed' });
    await waitForView(page, 'closed');
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Try again' }).click();
    await loaded;
    assert.equal(page.url(), stage.live.page(ticket, { retry: 'https://evil.example/' }));
  }, { retry: 'https://evil.example/' }));

  it('is left to a page that wants it', shown(async (page, ticket) => {
    await prevent(page, 'nopass-retry');
    ticket.say('closed', { state: 'closed' });
    await page.getByRole('button', { name: 'Try again' }).click();
    assert.equal(await page.evaluate(() => window.prevented), 1);
    assert.equal(new URL(page.url()).pathname, '/page');
  }, { retry: '/again' }));
});

describe('the ticket', () => {
  it('can be changed, and everything begins anew', shown(async (page, ticket) => {
    const other = stage.live.ticket();
    ticket.say('denied', { state: 'denied' });
    await waitForView(page, 'denied');
    await element(page).evaluate((each, name) => each.setAttribute('ticket', name), other.name);
    await waitForView(page, 'waiting');
    await eventually(() => other.streams.size === 1, 'the element listens to the other');
    other.show(3);
    await waitForView(page, 'picture');
  }));

  it('is let go when the element leaves the page, and taken up when it comes back', shown(async (page, ticket) => {
    await element(page).evaluate((each) => { window.kept = each; each.remove(); });
    await eventually(() => ticket.streams.size === 0, 'nobody listens any more');
    await page.evaluate(() => document.querySelector('main').append(window.kept));
    await eventually(() => ticket.streams.size === 1, 'the element listens again');
  }));

  for (const name of ['', 'short', '../../../admin', `${'a'.repeat(42)}/`]) {
    it(`that can be none is never asked about: ${JSON.stringify(name)}`, async () => {
      const page = await openPage(stage.browser);
      const asked = [];
      page.on('request', (request) => { if (!/\/page\?|nopass-login\.|favicon/.test(request.url())) asked.push(request.url()); });
      await page.goto(stage.live.page(name));
      await waitForView(page, 'gone');
      assert.deepEqual(asked, []);
      assertNoFaults(page);
      await page.context().close();
    });
  }
});
