// The pages of the demo website. Everything that comes from outside goes through escape().
const escape = (value) => String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const html = (parts, ...values) => parts.reduce((page, part, i) => page + part + (i < values.length ? escape(values[i]) : ''), '');

const layout = (title, main) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} – Demo site</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a href="/">Demo site</a></header>
<main>${main}</main>
</body>
</html>`;

export const home = () => layout('Welcome', `<h1>Log in without a password</h1>
<form method="post" action="/login">
<label>Login <input name="login" autocomplete="username" required maxlength="200"></label>
<button>Log in</button>
</form>
<h2>New here?</h2>
<form method="post" action="/register">
<label>Login <input name="login" autocomplete="username" required maxlength="200"></label>
<label>E-mail <input name="email" type="email" autocomplete="email" maxlength="200"></label>
<button>Register</button>
</form>`);

// [page]
export const wait = (session, ticket) => layout('Log in', html`<h1>Log in</h1>
<nopass-login ticket="${ticket}" finish="/login/finish?session=${session}" retry="/"></nopass-login>
<script src="/nopass/nopass-login.js"></script>`);
// [/page]

export const account = (login) => layout('Your account', html`<h1>Hello, ${login}</h1>
<p>Only you see this page. When the session is closed at NoPass, its next view ends here.</p>
<form method="post" action="/logout"><button>Log out</button></form>`);

export const message = (title, text) => layout(title, html`<h1>${title}</h1><p>${text}</p><p><a href="/">Back</a></p>`);
