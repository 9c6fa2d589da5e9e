// The page of a registration link.
const find = (id) => document.getElementById(id);
const token = location.pathname.split('/').pop();

function goTo(address) {
  const url = new URL(address || '/', location.href);
  if (['http:', 'https:'].includes(url.protocol)) location.assign(url);
}

async function begin() {
  const reply = await fetch(`/sim/links/${encodeURIComponent(token)}`);
  const registration = await reply.json();
  if (!reply.ok) {
    find('who').textContent = registration.detail;
    return;
  }
  find('who').textContent = registration.state === 'started'
    ? `Register ${registration.login} with this phone?` : `This registration is ${registration.state}.`;
  for (const action of ['confirm', 'cancel']) {
    find(action).disabled = registration.state !== 'started';
    find(action).addEventListener('click', async () => {
      const done = await fetch(`/sim/registrations/${registration.id}/${action}`, { method: 'POST' });
      const body = await done.json();
      if (done.ok) goTo(body.redirectUrl);
      else find('trouble').textContent = body.detail;
    });
  }
}

begin();
