// A stand-in for the live socket and the page around the element: it says what a test tells it to, and breaks when told.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';

const ASSETS = join(process.env.NOPASSD_ROOT, 'handlers/live/assets');
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'";
const TYPES = { js: 'text/javascript', css: 'text/css' };
const escape = (value) => String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Not a real one, but one can see which it is. */
const picture = (version) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 216 216">
<rect width="216" height="216" fill="hsl(${(version * 67) % 360} 55% 82%)"/><circle cx="108" cy="84" r="46" fill="hsl(${(version * 67 + 180) % 360} 45% 42%)"/>
<text x="108" y="188" font-family="sans-serif" font-size="44" font-weight="700" text-anchor="middle">${100 + ((version * 137) % 900)}</text></svg>`;

/** One ticket: its status, who listens, and everything that was asked. */
class Ticket {
  constructor(number) {
    this.name = String(number).padStart(43, 'T');
    this.status = { state: 'pending', expiresInMs: 300_000 };
    this.refusal = 0;         // the status with which everything is refused
    this.pictureDelay = 0;    // ms
    this.pictureFailures = 0; // how many pictures fail before one comes
    this.streams = new Set();
    this.asked = [];          // {what, lastEventId}
    this.count = 0;
  }

  block(event) {
    return `retry: 200\nid: ${++this.count}\nevent: ${event}\ndata: ${JSON.stringify(this.status)}\n\n`;
  }

  say(event, status) {
    this.status = status;
    for (const stream of this.streams) stream.write(this.block(event));
  }

  show(version, nextChangeInMs = 30_000) {
    this.say(this.status.pictureVersion ? 'picture' : 'state',
      { state: 'pending', expiresInMs: 300_000, pictureVersion: version, nextChangeInMs });
  }

  /** Breaks the streams; with a status, whoever comes back is refused. */
  break(refusal = 0) {
    this.refusal = refusal;
    for (const stream of this.streams) stream.destroy();
  }

  times(what) {
    return this.asked.filter((each) => each.what.startsWith(what)).length;
  }
}

export class StandIn {
  static async start() {
    const made = new StandIn();
    made.tickets = new Map();
    made.server = http.createServer((request, response) => made.#answer(request, response));
    await new Promise((resolve) => made.server.listen(0, '127.0.0.1', resolve));
    made.origin = `http://127.0.0.1:${made.server.address().port}`;
    return made;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  ticket() {
    const made = new Ticket(this.tickets.size + 1);
    this.tickets.set(made.name, made);
    return made;
  }

  /** The address of a page with the element; the attributes are its own. */
  page(ticket, attributes = {}) {
    return `${this.origin}/page?${new URLSearchParams({ ticket: ticket.name ?? ticket, ...attributes })}`;
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.origin);
    const asset = /^\/nopass\/(nopass-login\.(js|css))$/.exec(url.pathname);
    const asked = /^\/nopass\/t\/([^/]+)(?:\/(events|picture))?$/.exec(url.pathname);
    response.setHeader('Cache-Control', 'no-store');
    if (asset) return response.setHeader('Content-Type', TYPES[asset[2]]).end(await readFile(join(ASSETS, asset[1])));
    if (asked) return this.#answerTicket(this.tickets.get(asked[1]), asked[2] ?? 'status', request, response, url);
    response.setHeader('Content-Security-Policy', POLICY).setHeader('Content-Type', 'text/html; charset=utf-8');
    if (url.pathname !== '/page') return response.end(`<!doctype html><html lang="en"><title>Other</title><h1>${escape(url.pathname)}</h1>`);
    const attributes = [...url.searchParams].map(([name, value]) => ` ${name}="${escape(value)}"`).join('');
    return response.end(`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Log in</title><meta name="color-scheme" content="light dark">
</head><body><main><h1>Log in</h1><nopass-login${attributes}></nopass-login></main><script src="/nopass/nopass-login.js"></script></body></html>`);
  }

  async #answerTicket(ticket, what, request, response, url) {
    if (!ticket) return response.writeHead(404).end();
    ticket.asked.push({ what: what + url.search, lastEventId: request.headers['last-event-id'], referrer: request.headers.referer });
    if (ticket.refusal) return response.writeHead(ticket.refusal).end();
    if (what === 'status') return response.setHeader('Content-Type', 'application/json').end(JSON.stringify(ticket.status));
    if (what === 'picture') {
      await wait(ticket.pictureDelay);
      if (ticket.pictureFailures-- > 0) return response.writeHead(503).end();
      return response.setHeader('Content-Type', 'image/svg+xml').end(picture(Number(url.searchParams.get('v'))));
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(ticket.block('state'));
    ticket.streams.add(response);
    return response.on('close', () => ticket.streams.delete(response));
  }
}
