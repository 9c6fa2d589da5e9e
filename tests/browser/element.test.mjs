// What <nopass-login> shows: every state, in words and in looks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useElement } from './element_page.mjs';
import { eventually, examine, openPage, view, waitForView } from './stage.mjs';

const stage = useElement();
const { shown } = stage;
const part = (page, name) => page.locator(`nopass-login .${name}`);
const words = (page) => page.locator('nopass-login').evaluate((each) => each.shadowRoot.querySelector('.card').innerText);
const heard = (page) => page.evaluate(() => {
  window.heard = [];
  for (const name of ['state', 'authorized', 'denied', 'expired', 'closed', 'registered']) {
    document.addEventListener(`nopass-${name}`, (event) => window.heard.push([event.type, event.detail]));
  }
});

describe('the element shows', () => {
  it('that it waits for the picture', shown(async (page) => {
    await waitForView(page, 'waiting');
    await examine(page, 'element-waiting');
  }));

  it('the picture, which says to compare it with the phone and does not know the code', shown(async (page, ticket) => {
    ticket.show(1);
    await waitForView(page, 'picture');
    assert.match(await part(page, 'picture').getAttribute('alt'), /three-digit code.*same on your phone/);
    await examine(page, 'element-picture');
  }));

  for (const [state, event, told, name] of [['authorized', 'authorized', 'nopass-authorized', 'approved'],
    ['denied', 'denied', 'nopass-denied', 'denied'], ['expired', 'expired', 'nopass-expired', 'expired'],
    ['closed', 'closed', 'nopass-closed', 'closed'], ['cancelled', 'closed', 'nopass-closed', 'closed'],
    ['confirmed', 'registered', 'nopass-registered', 'registered'], ['refused', 'denied', 'nopass-denied', 'refused']]) {
    it(`that it is ${state}, and tells the page`, shown(async (page, ticket) => {
      await heard(page);
      ticket.say(event, { state });
      await waitForView(page, name);
      assert.deepEqual((await page.evaluate(() => window.heard)).map(([type, detail]) => [type, detail.state]),
        [['nopass-state', state], [told, state]]);
      await examine(page, `element-${name}`);
    }));
  }

  it('a registration on its way, without a picture', shown(async (page, ticket) => {
    ticket.say('state', { state: 'started', expiresInMs: 60_000 });
    await waitForView(page, 'registration');
    assert.equal(await part(page, 'picture').isVisible(), false);
    await examine(page, 'element-registration');
    ticket.say('state', { state: 'validated', expiresInMs: 60_000 });
    await waitForView(page, 'validated');
    await examine(page, 'element-validated');
    ticket.say('expired', { state: 'expired' });
    await waitForView(page, 'expired');
    assert.match(await words(page), /registration was not finished/);
  }));
});

describe('a reason', () => {
  for (const [reason, said] of [['skipPressed', /skipped on the phone/], ['backPressed', /app was left/],
    ['madeWrong', /by mistake/], ['changedMind', /changed your mind/], ['didNotSend', /you did not begin this login/],
    ['wrongCode', /code on the phone was not the one/], ['localAuthFailedPin', /could not make sure that it is you/],
    ['deviceDifferentTime', /clock of the phone is wrong/]]) {
    it(`${reason} is said in plain words`, shown(async (page, ticket) => {
      ticket.say('denied', { state: 'denied', reason });
      await waitForView(page, 'denied');
      assert.match(await words(page), said);
    }));
  }

  for (const reason of ['quiteAnother', '<img src=x onerror=alert(1)>', 'constructor', 424242, { a: 1 }]) {
    it(`that is not known is never shown: ${JSON.stringify(reason)}`, shown(async (page, ticket) => {
      await heard(page);
      ticket.say('denied', { state: 'denied', reason });
      await waitForView(page, 'denied');
      assert.match(await words(page), /was declined on the phone/);
      assert.equal(await page.locator('nopass-login').evaluate((each, text) => each.shadowRoot.innerHTML.includes(text), String(reason)), false);
      assert.ok((await page.evaluate(() => window.heard)).every(([, detail]) => detail.reason === undefined));
    }));
  }
});

describe('the countdown', () => {
  it('follows the server, whatever the clock of the browser says', async () => {
    const page = await openPage(stage.browser);
    await page.addInitScript(() => {
      let strange = 0;
      Date.now = () => (strange += 86_400_000);
    });
    const ticket = stage.live.ticket();
    await page.goto(stage.live.page(ticket));
    await eventually(() => ticket.streams.size === 1, 'the element listens');
    ticket.show(1, 42_000);
    await waitForView(page, 'picture');
    const first = Number(/in (\d+) s/.exec(await part(page, 'countdown').textContent())[1]);
    assert.ok(first > 35 && first <= 42, `${first} s`);
    await eventually(async () => Number(/in (\d+) s/.exec(await part(page, 'countdown').textContent())[1]) < first, 'it goes down');
    await page.context().close();
  });

  it('waits when the next picture is late, and never goes below nothing', shown(async (page, ticket) => {
    ticket.show(1, 300);
    await waitForView(page, 'picture');
    await eventually(async () => (await part(page, 'countdown').textContent()) === 'New picture on its way', 'it waits');
    assert.notEqual(await part(page, 'card').getAttribute('data-overdue'), null);
    await examine(page, 'element-overdue');
    ticket.show(2, 30_000);
    await eventually(async () => /in \d+ s/.test(await part(page, 'countdown').textContent()), 'it counts again');
    assert.equal(await part(page, 'card').getAttribute('data-overdue'), null);
  }));

  it('is not read out every second', shown(async (page, ticket) => {
    ticket.show(1, 30_000);
    await waitForView(page, 'picture');
    await page.locator('nopass-login').evaluate((each) => {
      window.said = 0;
      const region = each.shadowRoot.querySelector('[aria-live="polite"]');
      new MutationObserver(() => { window.said += 1; }).observe(region, { childList: true, subtree: true, characterData: true });
    });
    const before = await part(page, 'countdown').textContent();
    await eventually(async () => (await part(page, 'countdown').textContent()) !== before, 'a second has gone by');
    assert.equal(await page.evaluate(() => window.said), 0);
    ticket.show(2, 30_000);
    await eventually(async () => (await part(page, 'said').textContent()) === 'There is a new picture.', 'the new picture is told');
  }));
});

describe('the looks', () => {
  it('move only for those who like it', shown(async (page) => {
    await waitForView(page, 'waiting');
    const animation = () => part(page, 'ring').evaluate((each) => getComputedStyle(each).animationName);
    assert.equal(await animation(), 'travel');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await animation(), 'none');
  }));

  it('stay readable in forced colours', shown(async (page, ticket) => {
    ticket.say('expired', { state: 'expired' });
    await waitForView(page, 'expired');
    await page.emulateMedia({ forcedColors: 'active' });
    assert.equal(await part(page, 'retry').evaluate((each) => getComputedStyle(each).borderTopStyle), 'solid');
    const colour = (name) => part(page, name).evaluate((each) => getComputedStyle(each).color);
    assert.equal(await colour('mark'), await colour('title'));
  }));

  it('can be dark on a light page, and take the colours of the site', shown(async (page) => {
    const background = () => part(page, 'card').evaluate((each) => getComputedStyle(each).backgroundColor);
    assert.equal(await background(), 'rgb(255, 255, 255)');
    await page.locator('nopass-login').evaluate((each) => each.setAttribute('theme', 'dark'));
    assert.equal(await background(), 'rgb(22, 27, 41)');
    await page.locator('nopass-login').evaluate((each) => each.style.setProperty('--nopass-background', 'rgb(1, 2, 3)'));
    assert.equal(await background(), 'rgb(1, 2, 3)');
  }));

  it('fit into a narrow telephone', shown(async (page, ticket) => {
    ticket.show(1);
    await waitForView(page, 'picture');
    await page.setViewportSize({ width: 320, height: 640 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
  }));
});

it('every text can be another', shown(async (page, ticket) => {
  assert.match(await words(page), /^Öffnen Sie NoPass/);
  ticket.say('denied', { state: 'denied', reason: 'wrongCode' });
  await waitForView(page, 'denied');
  assert.match(await words(page), /Falscher Code <b>/);
  await page.locator('nopass-login').evaluate((each) => each.setAttribute('text-retry', 'Noch einmal'));
  assert.equal(await part(page, 'retry').textContent(), 'Noch einmal');
  assert.equal(await view(page), 'denied');
}, { 'text-waiting': 'Öffnen Sie NoPass', 'text-reason-wrongcode': 'Falscher Code <b>' }));
