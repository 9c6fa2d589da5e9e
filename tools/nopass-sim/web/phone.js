// The phone and the console: what they show is what GET /sim/state says, twice a second.
const REASONS = ['changedMind', 'didNotSend', 'madeWrong', 'wrongCode', 'skipPressed', 'backPressed',
  'localAuthFailedPin', 'deviceDifferentTime'];

const find = (id) => document.getElementById(id);
const make = (name, { text, ...attributes } = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
};

async function send(method, path, body) {
  find('trouble').textContent = '';
  const reply = await fetch(path, { method, body: body && JSON.stringify(body) });
  if (!reply.ok) find('trouble').textContent = (await reply.json()).detail;
  await refresh();
}

function button(text, action, plain) {
  const made = make('button', { text, type: 'button', ...(plain ? { class: 'plain' } : {}) });
  made.addEventListener('click', action);
  return made;
}

// Logins keep their elements while they are there, so that nothing jumps under a finger.
const shown = new Map();

function waitingLogin(login) {
  const path = `/sim/logins/${login.id}`;
  const reasons = make('select', { 'aria-label': 'Reason' }, ...REASONS.map((text) => make('option', { text })));
  return make('article', { class: 'login', 'data-login': login.login },
    make('p', { text: `Log in as ${login.login}?` }), make('img', { alt: '' }), make('p', { class: 'countdown' }),
    make('div', { class: 'actions' },
      button('Approve', () => send('POST', `${path}/approve`)),
      button('Deny', () => send('POST', `${path}/deny`, { reason: reasons.value }), true), reasons,
      button('Another picture', () => send('POST', `${path}/picture`), true)));
}

function drawLogins(logins) {
  const now = logins.filter((login) => login.state === 'pending');
  for (const [id, article] of shown) {
    if (now.some((login) => login.id === id)) continue;
    article.remove();
    shown.delete(id);
  }
  for (const login of now) {
    if (!shown.has(login.id)) {
      shown.set(login.id, waitingLogin(login));
      find('logins').prepend(shown.get(login.id));
    }
    const article = shown.get(login.id);
    const image = article.querySelector('img');
    const source = `data:image/png;base64,${login.image}`;
    if (image.src !== source) image.src = source;
    image.alt = `The picture of this login, with the code ${login.code}`;
    article.querySelector('.countdown').textContent = `New picture in ${Math.ceil(login.nextChangeInMs / 1000)} s`;
  }
  find('logins').querySelector('.empty').hidden = now.length > 0;
  return logins.filter((login) => login.state === 'approved');
}

function list(id, entries) {
  const text = JSON.stringify(entries.map((entry) => entry.key));
  if (find(id).dataset.shown === text) return;
  find(id).dataset.shown = text;
  find(id).replaceChildren(...entries.map((entry) => make('li', {}, ...entry.parts)));
}

function draw(state) {
  const approved = drawLogins(state.logins);
  find('portal').textContent = state.portal.named ? `The portal is ${state.portal.state}` : 'No portal was named (--portal)';
  find('register').hidden = state.portal.state === 'registered';
  list('users', state.users.map((login) => {
    const open = approved.filter((each) => each.login === login);
    return { key: [login, open.length], parts: [make('span', { text: login }), make('span', {},
      ...(open.length ? [button('Close sessions', async () => {
        for (const each of open) await send('POST', `/sim/logins/${each.id}/close`);
      }, true)] : []),
      button('Delete', () => send('DELETE', `/sim/users/${encodeURIComponent(login)}`), true))] };
  }));
  list('registrations', state.registrations.map((each) => ({ key: [each.id, each.state],
    parts: [make('span', { text: `${each.login}: ${each.state}` }),
      each.state === 'started' ? make('a', { text: 'open', href: new URL(each.link).pathname }) : ''] })));
  list('log', state.log.slice().reverse().map((entry, index) => ({ key: [state.log.length - index, entry.name, entry.status],
    parts: [make('span', { text: `${entry.direction === 'in' ? '←' : '→'} ${entry.name}` }),
      make('span', { text: `${entry.status || 'failed'} ${entry.note}` })] })));
}

async function refresh() {
  try {
    draw(await (await fetch('/sim/state')).json());
  } catch {
    find('trouble').textContent = 'nopass-sim does not answer.';
  }
}

for (const [id, path] of [['register', '/sim/register'], ['add', '/sim/users']]) {
  find(id).addEventListener('submit', (event) => {
    event.preventDefault();
    send('POST', path, Object.fromEntries(new FormData(event.target)));
    event.target.reset();
  });
}
find('disable').addEventListener('click', () => send('POST', '/sim/disable'));
setInterval(refresh, 500);
refresh();
