// A website with NoPass login, as small as it can be and still be safe: docs/login.md explains every step.
//   NOPASSD_SOCKET=… ORIGIN=https://localhost:8443 PORT=0 node server.mjs
// It stands behind a web server that speaks TLS and sets X-Real-IP (conf/web). Node's standard library alone.
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { nopassd } from './nopassd.mjs';
import * as pages from './pages.mjs';

const ORIGIN = process.env.ORIGIN ?? 'https://localhost:8443';
const COOKIE = '__Host-demo';
const style = await readFile(new URL('style.css', import.meta.url));
// Your database: what this site knows of each browser, by the hash of its cookie.
const browsers = new Map();

// [binding]
// A cookie that page scripts cannot read. Its hash is what a login is bound to: whoever steals the ticket has another.
const hashOf = (cookie) => createHash('sha256').update(cookie).digest('hex');

function browserOf(request) {
  const found = (request.headers.cookie ?? '').split(/; */).find((each) => each.startsWith(`${COOKIE}=`));
  const key = found && hashOf(found);
  return browsers.has(key) ? { key, ...browsers.get(key) } : undefined;
}

/** A new cookie, with what belongs to it. Always a new one at login: a cookie from before it opens nothing. */
function newBrowser(response, knows) {
  const cookie = `${COOKIE}=${randomBytes(32).toString('base64url')}`;
  browsers.set(hashOf(cookie), knows);
  response.setHeader('Set-Cookie', `${cookie}; Path=/; Secure; HttpOnly; SameSite=Lax`);
  return { key: hashOf(cookie), ...knows };
}
// [/binding]

const clientIp = (request) => request.headers['x-real-ip'];

// [start]
async function startLogin(request, response, form) {
  const before = browserOf(request);
  if (before?.open) await forget(before);
  const browser = before?.tickets ? before : newBrowser(response, { tickets: {} });
  const started = await nopassd('POST', '/v1/sessions', {
    login: form.get('login') ?? '', binding: browser.key, clientIp: clientIp(request),
  });
  // Unknown user, too many logins, NoPass down: one page for all, so that nobody learns which.
  if (started.status !== 201) return cannotStart(response);
  browser.tickets[started.body.id] = started.body.ticket;
  return redirect(response, `/login/wait?session=${started.body.id}`);
}

function showLogin(request, response, query) {
  const session = query.get('session');
  const ticket = browserOf(request)?.tickets?.[session];
  return ticket ? show(response, pages.wait(session, ticket)) : redirect(response, '/');
}
// [/start]

// [finish]
async function finishLogin(request, response, query) {
  const browser = browserOf(request);
  const session = query.get('session');
  const ticket = browser?.tickets?.[session];
  if (!ticket) return redirect(response, '/');
  // The session's id was stored at the start: should this process die in between, it can still be closed.
  const redeemed = await nopassd('POST', `/v1/sessions/${session}/redeem`, { ticket, binding: browser.key });
  if (redeemed.status !== 200) return show(response, pages.message('Not logged in', 'This login is not approved.'), 403);
  browsers.delete(browser.key);
  newBrowser(response, { session, login: redeemed.body.login, open: true });
  return redirect(response, '/account');
}
// [/finish]

// [check]
async function showAccount(request, response) {
  const browser = browserOf(request);
  if (!browser?.open) return redirect(response, '/');
  const now = await nopassd('GET', `/v1/sessions/${browser.session}`, undefined,
    browser.etag ? { 'If-None-Match': browser.etag } : {});
  // 304: as it was. Anything but an open session, an unknown one too, is closed.
  if (now.status !== 304 && now.body?.state !== 'open') {
    browsers.delete(browser.key);
    return show(response, pages.message('Logged out', 'Your session was closed.'), 401);
  }
  if (now.etag) browsers.get(browser.key).etag = now.etag;
  return show(response, pages.account(browser.login));
}
// [/check]

// [logout]
async function forget(browser) {
  browsers.delete(browser.key);
  await nopassd('DELETE', `/v1/sessions/${browser.session}`);
}

async function logOut(request, response) {
  const browser = browserOf(request);
  if (browser?.open) await forget(browser);
  return redirect(response, '/');
}
// [/logout]

// [register]
async function startRegistration(request, response, form) {
  const browser = newBrowser(response, {});
  const started = await nopassd('POST', '/v1/registrations', {
    for: 'new', login: form.get('login') ?? '', ...(form.get('email') && { email: form.get('email') }),
    binding: browser.key, clientIp: clientIp(request), redirectUrl: `${ORIGIN}/register/finish`,
  });
  if (started.status !== 201) return cannotStart(response);
  browsers.set(browser.key, { registration: started.body.id, ticket: started.body.ticket });
  return redirect(response, started.body.registerLink);
}

async function finishRegistration(request, response) {
  const browser = browserOf(request);
  if (!browser?.registration) return redirect(response, '/');
  const redeemed = await nopassd('POST', `/v1/registrations/${browser.registration}/redeem`, {
    ticket: browser.ticket, binding: browser.key,
  });
  if (redeemed.status !== 200) return show(response, pages.message('Not registered', 'It was not confirmed.'), 403);
  browsers.delete(browser.key);
  return show(response, pages.message(`Welcome, ${redeemed.body.login}`, 'You are registered. Now log in.'));
}
// [/register]

const cannotStart = (response) =>
  show(response, pages.message('That did not work', 'Check what you entered, and try again in a minute.'), 400);

function redirect(response, location) {
  response.writeHead(303, { Location: location }).end();
}

function show(response, page, status = 200) {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
}

const routes = {
  'GET /': (request, response) => (browserOf(request)?.open ? redirect(response, '/account') : show(response, pages.home())),
  'GET /style.css': (_, response) => response.writeHead(200, { 'Content-Type': 'text/css' }).end(style),
  'POST /login': startLogin,
  'GET /login/wait': showLogin,
  'GET /login/finish': finishLogin,
  'GET /account': showAccount,
  'POST /logout': logOut,
  'POST /register': startRegistration,
  'GET /register/finish': finishRegistration,
};

// [headers]
const headers = {
  'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action *; frame-ancestors 'none'",
  'Referrer-Policy': 'same-origin', // no-referrer would take Origin from the forms
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};
// [/headers]

async function answer(request, response) {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const { pathname, searchParams } = new URL(request.url, ORIGIN);
  const route = routes[`${request.method} ${pathname}`];
  if (!route) return show(response, pages.message('Not found', 'There is no such page.'), 404);
  if (request.method !== 'POST') return route(request, response, searchParams);
  // A form on another site must not log anybody in or out.
  if (request.headers.origin !== ORIGIN) return show(response, pages.message('Refused', 'Wrong origin.'), 403);
  if (!(Number(request.headers['content-length']) <= 10_000)) return response.writeHead(413).end();
  return route(request, response, new URLSearchParams(await text(request)));
}

const server = http.createServer((request, response) => answer(request, response).catch((error) => {
  console.error(error.message);
  if (!response.headersSent) show(response, pages.message('Out of order', 'Try again in a minute.'), 503);
}));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => { server.close(); server.closeAllConnections(); });
