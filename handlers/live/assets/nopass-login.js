// <nopass-login ticket="…" finish="/login/finish">: shows a login that waits for approval on the phone. docs/login.md.
// No dependency; works under a strict Content-Security-Policy. The ticket is all that it knows.
(() => {
  'use strict';

  const TEXTS = {
    'waiting': 'Open the NoPass app on your phone',
    'waiting-hint': 'The picture appears here in a moment.',
    'picture': 'Is this picture on your phone?',
    'picture-hint': 'Compare picture and code with those in the NoPass app. Approve only if both are the same.',
    'picture-alt': 'The picture of this login, with a three-digit code in it. It must be the same on your phone.',
    'picture-changed': 'There is a new picture.',
    'countdown': 'New picture in {seconds} s',
    'countdown-over': 'New picture on its way',
    'registration': 'Finish the registration on your phone',
    'registration-hint': 'Scan the code on the NoPass page with the NoPass app. This page goes on by itself.',
    'validated': 'Almost done',
    'validated-hint': 'Confirm the registration in the NoPass app.',
    'approved': 'Approved',
    'approved-hint': 'You are being logged in.',
    'registered': 'Registered',
    'registered-hint': 'You are being taken back.',
    'denied': 'Not approved',
    'denied-hint': 'The login was declined on the phone. If it was not you who began it, you need do nothing more.',
    'refused': 'Not registered',
    'refused-hint': 'The registration was not accepted.',
    'expired': 'Time is up',
    'expired-hint': 'Nobody approved this login in time.',
    'expired-registration-hint': 'The registration was not finished in time.',
    'closed': 'This login was ended',
    'closed-hint': 'It cannot be used any more.',
    'gone': 'This page is out of date',
    'gone-hint': 'The login that it belongs to is over.',
    'reconnecting': 'Connection lost. Trying again …',
    'retry': 'Try again',
    'reason-skippressed': 'The login was skipped on the phone.',
    'reason-backpressed': 'The app was left before the login was approved.',
    'reason-madewrong': 'It was said on the phone that this login was begun by mistake.',
    'reason-changedmind': 'You changed your mind on the phone.',
    'reason-didnotsend': 'It was said on the phone that you did not begin this login. If that is so, all is well.',
    'reason-wrongcode': 'The code on the phone was not the one in the picture.',
    'reason-localauthfailedpin': 'The phone could not make sure that it is you.',
    'reason-devicedifferenttime': 'The clock of the phone is wrong. Set it to automatic time and try again.',
  };
  // Others are never shown: they come from outside.
  const REASONS = new Set(['skipPressed', 'backPressed', 'madeWrong', 'changedMind', 'didNotSend', 'wrongCode',
    'localAuthFailedPin', 'deviceDifferentTime']);
  const EVENTS = ['state', 'picture', 'authorized', 'denied', 'expired', 'closed', 'registered'];
  // What is shown, and which event tells the page of it.
  const VIEWS = {
    pending: { view: 'waiting' },
    authorized: { view: 'approved', event: 'nopass-authorized', goesOn: true },
    denied: { view: 'denied', event: 'nopass-denied', over: true },
    expired: { view: 'expired', event: 'nopass-expired', over: true },
    closed: { view: 'closed', event: 'nopass-closed', over: true },
    cancelled: { view: 'closed', event: 'nopass-closed', over: true },
    started: { view: 'registration' },
    validated: { view: 'validated' },
    confirmed: { view: 'registered', event: 'nopass-registered', goesOn: true, over: true },
    refused: { view: 'refused', event: 'nopass-denied', over: true },
    gone: { view: 'gone', event: 'nopass-closed', over: true },
  };
  const RETRYABLE = new Set(['denied', 'refused', 'expired', 'closed', 'gone']);
  const TICKET = /^[A-Za-z0-9_-]{43}$/;
  const SVG = 'http://www.w3.org/2000/svg';
  const MARKS = { approved: 'M20 33l9 9 16-19', registered: 'M20 33l9 9 16-19', expired: 'M32 19v14l9 6',
    other: 'M23 23l18 18M41 23l-18 18' };

  const script = document.currentScript || document.querySelector('script[src*="nopass-login.js"]');
  const home = script && script.src ? new URL('.', script.src).href.replace(/\/$/, '') : '/nopass';

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const shape = (name, attributes, ...children) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  /** The address, if it is one of this site's pages. */
  const ownPage = (address) => {
    if (!address) return null;
    try {
      const url = new URL(address, document.baseURI);
      return url.origin === location.origin && /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  };

  class NopassLogin extends HTMLElement {
    static observedAttributes = ['ticket', 'base', ...Object.keys(TEXTS).map((key) => `text-${key}`)];

    #source = null;
    #timer = null;
    #again = null;
    #anew = null;        // when a picture that did not come is asked for once more
    #status = null;      // the last one that came
    #view = '';
    #version = 0;        // of the picture that is shown
    #coming = '';        // the address of the picture that is loaded
    #deadline = 0;       // when the next picture is due, by performance.now()
    #period = 0;
    #registers = false;  // the ticket is that of a registration
    #attempts = 0;
    #parts = {};

    connectedCallback() {
      if (!this.shadowRoot) this.#build();
      this.#begin();
    }

    disconnectedCallback() {
      this.#end();
    }

    attributeChangedCallback(name, before, now) {
      if (!this.shadowRoot || !this.isConnected || before === now) return;
      if (name === 'ticket' || name === 'base') this.#begin();
      else this.#draw();
    }

    /** What the live socket said last: {state, nextChangeInMs, expiresInMs, pictureVersion, reason}. */
    get status() {
      return this.#status && { ...this.#status };
    }

    #base() {
      return (this.getAttribute('base') || home).replace(/\/$/, '');
    }

    #address(more = '') {
      return `${this.#base()}/t/${this.getAttribute('ticket')}${more}`;
    }

    #text(key) {
      return this.getAttribute(`text-${key}`) ?? TEXTS[key] ?? '';
    }

    #build() {
      const track = { x: 3, y: 3, width: 234, height: 234, rx: 27, pathLength: 100 };
      const p = this.#parts;
      p.ring = shape('rect', { ...track, class: 'ring' });
      p.picture = element('img', { part: 'picture', class: 'picture', width: 216, height: 216 });
      p.mark = shape('path', { d: MARKS.other });
      p.stage = element('div', { class: 'stage', part: 'stage' },
        shape('svg', { viewBox: '0 0 240 240', class: 'frame', 'aria-hidden': 'true' },
          shape('rect', { ...track, class: 'track' }), p.ring),
        p.picture,
        shape('svg', { viewBox: '0 0 64 64', class: 'mark', 'aria-hidden': 'true' },
          shape('circle', { cx: 32, cy: 32, r: 28 }), p.mark));
      p.title = element('p', { class: 'title', part: 'title' });
      p.hint = element('p', { class: 'hint', part: 'hint' });
      p.countdown = element('p', { class: 'countdown', part: 'countdown', 'aria-hidden': 'true' });
      p.trouble = element('p', { class: 'trouble', part: 'trouble' });
      p.retry = element('button', { type: 'button', class: 'retry', part: 'button' });
      p.retry.addEventListener('click', () => this.#tryAgain());
      p.said = element('p', { class: 'said', role: 'status', 'aria-live': 'polite' });
      p.card = element('div', { class: 'card', part: 'card' },
        p.stage, p.title, p.hint, p.countdown, p.trouble, p.retry, p.said);
      const looks = element('link', { rel: 'stylesheet', href: `${this.#base()}/nopass-login.css` });
      // Not before it has its looks; without them all the same.
      p.card.hidden = true;
      for (const event of ['load', 'error']) looks.addEventListener(event, () => { p.card.hidden = false; });
      this.attachShadow({ mode: 'open' }).append(looks, p.card);
    }

    #begin() {
      this.#end();
      this.#status = null;
      this.#view = '';
      this.#version = 0;
      this.#coming = '';
      this.#period = 0;
      this.#registers = false;
      this.#attempts = 0;
      this.#parts.picture.removeAttribute('src');
      if (!TICKET.test(this.getAttribute('ticket') ?? '')) {
        this.#take({ state: 'gone' });
        return;
      }
      this.#show('waiting');
      this.#timer = setInterval(() => this.#tick(), 250);
      this.#connect();
    }

    #end() {
      this.#source?.close();
      this.#source = null;
      clearInterval(this.#timer);
      clearTimeout(this.#again);
      clearTimeout(this.#anew);
    }

    #connect() {
      const source = new EventSource(this.#address('/events'));
      this.#source = source;
      source.addEventListener('open', () => {
        this.#attempts = 0;
        this.#trouble(false);
      });
      for (const name of EVENTS) {
        source.addEventListener(name, (event) => {
          if (source !== this.#source) return;
          try {
            this.#take(JSON.parse(event.data));
          } catch {
            // Not ours to repair: the next one says it all again.
          }
        });
      }
      source.addEventListener('error', () => {
        if (source !== this.#source) return;
        this.#trouble(true);
        // A broken stream is opened again by the browser, with Last-Event-ID; a refused one is not.
        if (source.readyState === EventSource.CLOSED) this.#findOut();
      });
    }

    /** The stream was refused: is the ticket over, or does the server only rest? */
    async #findOut() {
      const asked = this.#source;
      try {
        const reply = await fetch(this.#address(), { cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' });
        if (asked !== this.#source) return;
        if (reply.status === 404) {
          // An approved one is over because the page has redeemed it.
          if (VIEWS[this.#status?.state]?.goesOn) this.#end();
          else this.#take({ state: 'gone' });
          return;
        }
        if (reply.ok) this.#take(await reply.json());
      } catch {
        // The network: again below.
      }
      if (asked !== this.#source) return;
      this.#attempts += 1;
      const pause = Math.min(10000, 500 * 2 ** this.#attempts);
      this.#again = setTimeout(() => this.#connect(), pause);
    }

    #take(status) {
      const known = VIEWS[status?.state];
      if (!known) return;
      const before = this.#status?.state;
      this.#status = status;
      this.#registers ||= ['started', 'validated', 'refused', 'confirmed'].includes(status.state);
      const now = performance.now();
      if (typeof status.nextChangeInMs === 'number') {
        this.#deadline = now + status.nextChangeInMs;
        if (status.pictureVersion !== this.#version) this.#period = status.nextChangeInMs;
        this.#period = Math.max(this.#period, status.nextChangeInMs, 1);
      }
      if (status.state === 'pending' && status.pictureVersion) this.#showPicture(status.pictureVersion);
      else this.#show(known.view);
      if (known.over) this.#end();
      if (before !== status.state) this.#tell('nopass-state', false);
      if (!known.event || before === status.state) return;
      const goOn = this.#tell(known.event, true);
      if (known.goesOn && goOn) this.#finish();
    }

    #tell(name, cancelable) {
      return this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, cancelable,
        detail: { state: this.#status?.state, reason: this.#reason() } }));
    }

    #reason() {
      const reason = this.#status?.reason;
      return REASONS.has(reason) ? reason : undefined;
    }

    #finish() {
      const page = ownPage(this.getAttribute('finish'));
      if (!page) return;
      this.#end();
      location.replace(page);
    }

    #tryAgain() {
      if (!this.#tell('nopass-retry', true)) return;
      const page = ownPage(this.getAttribute('retry'));
      if (page) location.assign(page);
      else location.reload();
    }

    /** The next picture is shown when all of it is there. */
    async #showPicture(version) {
      if (version === this.#version) {
        this.#show('picture');
        return;
      }
      const address = this.#address(`/picture?v=${version}`);
      if (address === this.#coming) return;
      this.#coming = address;
      clearTimeout(this.#anew);
      const next = new Image();
      next.src = address;
      const came = await next.decode().then(() => true, () => false);
      // Meanwhile there may be a newer one, an end, or another ticket.
      if (address !== this.#coming) return;
      this.#coming = '';
      if (this.#status?.pictureVersion !== version || this.#status.state !== 'pending') return;
      if (!came) {
        this.#anew = setTimeout(() => this.#showPicture(version), 1000);
        return;
      }
      const another = this.#version > 0;
      this.#version = version;
      this.#parts.picture.src = next.src;
      this.#show('picture');
      if (another) this.#say(this.#text('picture-changed'));
    }

    #show(view) {
      if (view === this.#view) return;
      this.#view = view;
      this.#draw();
      this.#say(`${this.#parts.title.textContent}. ${this.#parts.hint.textContent}`);
    }

    #draw() {
      const p = this.#parts;
      if (!p.card || !this.#view) return;
      const view = this.#view;
      const reason = this.#reason();
      const about = view === 'expired' && this.#registers ? 'expired-registration' : view;
      let hint = this.#text(`${about}-hint`);
      if (view === 'denied' && reason) hint = this.#text(`reason-${reason.toLowerCase()}`);
      p.card.dataset.view = view;
      p.title.textContent = this.#text(view);
      p.hint.textContent = hint;
      p.picture.alt = this.#text('picture-alt');
      p.picture.hidden = view !== 'picture';
      p.mark.setAttribute('d', MARKS[view] ?? MARKS.other);
      p.countdown.hidden = view !== 'picture';
      p.retry.hidden = !RETRYABLE.has(view);
      p.retry.textContent = this.#text('retry');
      if (!p.retry.hidden) this.#trouble(false);
      p.trouble.textContent = this.#text('reconnecting');
      this.#tick();
    }

    #trouble(is) {
      const known = VIEWS[this.#status?.state];
      const waits = !known?.over && !known?.goesOn;
      this.#parts.card.toggleAttribute('data-trouble', is && waits);
      if (is && waits) this.#say(this.#text('reconnecting'));
    }

    /** The server's remaining time, counted from when it was told: the browser's clock may be wrong. */
    #tick() {
      const p = this.#parts;
      if (this.#view !== 'picture') return;
      const left = Math.max(0, this.#deadline - performance.now());
      const seconds = Math.ceil(left / 1000);
      p.card.toggleAttribute('data-overdue', left === 0);
      p.ring.style.setProperty('stroke-dashoffset', String(100 * (1 - Math.min(1, left / this.#period))));
      const text = left > 0 ? this.#text('countdown').replace('{seconds}', String(seconds)) : this.#text('countdown-over');
      if (p.countdown.textContent !== text) p.countdown.textContent = text;
    }

    #say(text) {
      this.#parts.said.textContent = text;
    }
  }

  if (!customElements.get('nopass-login')) customElements.define('nopass-login', NopassLogin);
})();
