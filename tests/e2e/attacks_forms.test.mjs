// SPDX-License-Identifier: Apache-2.0
// Forms that no page of ours has sent, or that were sent twice.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { freshCode, settle } from './accounts.mjs';
import { Appliance } from './appliance.mjs';
import { Browser } from './browser.mjs';
import { fieldsOf, Guest } from './guest.mjs';
import { routes } from './routes.mjs';

let appliance;
let browser;
let person;

const paths = (method) => routes(method).map(({ path }) => path.replace('{id}', '1'));

async function signedIn() {
  const guest = new Guest(appliance);
  const step = await guest.submit('/sign-in', '/sign-in',
    { username: person.username, password: person.password });
  assert.equal(step.status, 303, step.body);
  const done = await guest.submit(step.headers.location, '/sign-in/factor',
    { code: await freshCode(appliance, person) });
  assert.equal(done.status, 303, done.body);
  return guest;
}

const stranger = () => Array.from({ length: 22 }, () => 'A').join('');

before(async () => {
  appliance = await Appliance.start();
  browser = await Browser.start();
  person = await settle(appliance);
});
after(async () => {
  await browser.stop();
  await appliance.stop();
});

test('no POST does anything without the secret of this browser', async () => {
  const guest = await signedIn();
  await guest.get('/sign-in');
  const before = (await appliance.journal()).length;
  for (const path of paths('post')) {
    for (const csrf of [undefined, '', stranger(), guest.jar.get('__Host-countersign')]) {
      const { status } = await guest.post(path, csrf === undefined ? {} : { csrf });
      assert.equal(status, 403, `${path} with ${csrf}`);
    }
  }
  assert.equal((await appliance.journal()).length, before);
});

test('no POST does anything that another site has sent', async () => {
  const guest = await signedIn();
  await guest.get('/sign-in');
  const csrf = guest.jar.get('__Host-countersign-form');
  const before = (await appliance.journal()).length;
  const elsewhere = [{ Origin: 'https://evil.example' }, { Origin: 'null' },
    { Origin: `${appliance.origin}.evil.example` }, { Origin: appliance.origin.toUpperCase() },
    { Origin: '', 'Sec-Fetch-Site': 'cross-site' }, { Origin: '', 'Sec-Fetch-Site': 'same-site' },
    { Origin: '', 'Sec-Fetch-Site': 'none' }, { Origin: '', 'Sec-Fetch-Site': '' }];
  for (const path of paths('post')) {
    for (const headers of elsewhere) {
      const { status } = await guest.post(path, { csrf }, headers);
      assert.equal(status, 403, `${path} from ${JSON.stringify(headers)}`);
    }
  }
  assert.equal((await appliance.journal()).length, before);
});

test('a page of another site cannot send a form in somebody’s name', async () => {
  const site = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(
      `<form method="post" action="${appliance.origin}/sign-out">` +
      '<input name="csrf" value="AAAAAAAAAAAAAAAAAAAAAA"><button>Win a prize</button></form>');
  });
  await new Promise((resolve) => { site.listen(0, '127.0.0.1', resolve); });
  try {
    await browser.visit({}, async (page) => {
      await page.goto(`${appliance.origin}/sign-in`);
      await page.getByLabel('Username').fill(person.username);
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(/sign-in\/factor/);
      await page.goto(`http://127.0.0.1:${site.address().port}/`);
      await page.getByRole('button', { name: 'Win a prize' }).click();
      await page.getByRole('heading', { name: 'This was sent from elsewhere' }).waitFor();
      await page.goto(`${appliance.origin}/sign-in/factor`);
      assert.match(page.url(), /sign-in\/factor/, 'still signed in');
    });
  } finally {
    site.close();
  }
});

test('a form that is sent twice at once has one effect and one answer', async () => {
  const guest = new Guest(appliance);
  const { body } = await guest.get('/sign-in');
  const fields = { ...fieldsOf(body, '/sign-in'), username: person.username,
    password: person.password };
  const before = (await appliance.journal()).length;
  const answers = await Promise.all([1, 2, 3, 4].map(() => guest.post('/sign-in', fields)));
  const sessions = new Set(answers.flatMap(({ cookies }) =>
    cookies.filter((cookie) => cookie.startsWith('__Host-countersign='))));
  assert.deepEqual(answers.map(({ status }) => status), [303, 303, 303, 303]);
  assert.equal(sessions.size, 1, 'the same session for each of them');
  const once = (await appliance.journal()).length - before;
  assert.equal(once, 1, 'one record of one sign-in');
});

test('looking at a page changes nothing', async () => {
  const guest = await signedIn();
  await guest.get('/account');
  const before = (await appliance.journal()).length;
  const cookie = guest.jar.get('__Host-countersign');
  for (const path of paths('get')) {
    for (let i = 0; i < 3; ++i) {
      const { status } = await guest.get(path);
      assert.ok(status < 500, `${path}: ${status}`);
    }
  }
  assert.equal((await appliance.journal()).length, before);
  assert.equal(guest.jar.get('__Host-countersign'), cookie);
});
