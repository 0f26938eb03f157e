// SPDX-License-Identifier: Apache-2.0
// Attempts at somebody else's session or browser: by a session that was planted, a frame
// around a page, or a way on that leads elsewhere.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { freshCode, OTHER_PASSWORD, PASSWORD, settle, Visit } from './accounts.mjs';
import { Appliance } from './appliance.mjs';
import { Browser } from './browser.mjs';
import { fieldsOf, Guest, send } from './guest.mjs';

const SESSION = '__Host-countersign';
const FORM = '__Host-countersign-form';
const PROOF_LIFETIME = 5 * 60;

let appliance;
let browser;
let mallory; // whose browser it is that attacks
let victim;

before(async () => {
  appliance = await Appliance.start();
  browser = await Browser.start();
  mallory = await settle(appliance, { name: 'mallory' });
  victim = await settle(appliance);
});
after(async () => {
  await browser?.stop();
  await appliance?.stop();
});

const passwordStep = (guest, person, next = '/account') => guest.submit(
  `/sign-in?next=${next}`, '/sign-in', { username: person.username, password: PASSWORD });

async function codeStep(guest, person, typed = {}) {
  const answer = await guest.submit('/sign-in/factor', '/sign-in/factor',
    { code: await freshCode(appliance, person), ...typed });
  assert.equal(answer.status, 303, answer.body);
  return answer;
}

async function signedIn(person) {
  const guest = new Guest(appliance);
  await passwordStep(guest, person);
  await codeStep(guest, person);
  return guest;
}

async function isDead(session) {
  assert.ok(session);
  const visit = new Visit(appliance);
  visit.session = session;
  await assert.rejects(visit.ask('get-session'), { code: 'DENIED' });
  const { status, headers } = await send(appliance,
    { path: '/account', headers: { Cookie: `${SESSION}=${session}` } });
  assert.deepEqual([status, headers.location], [303, '/sign-in?next=/account']);
}

async function ownerOf(session) {
  const visit = new Visit(appliance);
  visit.session = session;
  return (await visit.ask('get-session')).subject.username;
}

// Those that were planted: one that nobody gave out, and two good ones, which are the attacker’s.
const PLANTED = {
  'that is invented': async () => 'A'.repeat(43),
  'of a sign-in that was begun': async () => {
    const guest = new Guest(appliance);
    await passwordStep(guest, mallory);
    return guest.jar.get(SESSION);
  },
  'of an account': async () => (await signedIn(mallory)).jar.get(SESSION),
};

for (const [what, plant] of Object.entries(PLANTED)) {
  test(`a session ${what}, planted before a sign-in, is not the one after it`, async () => {
    const planted = await plant();
    const guest = new Guest(appliance);
    const { body } = await guest.get('/sign-in');
    guest.jar.set(SESSION, planted);
    const step = await guest.post('/sign-in', { ...fieldsOf(body, '/sign-in'),
      username: victim.username, password: PASSWORD });
    assert.equal(step.status, 303, step.body);
    const begun = guest.jar.get(SESSION);
    await codeStep(guest, victim);
    const account = guest.jar.get(SESSION);
    assert.equal(new Set([planted, begun, account]).size, 3, 'another one at each step');
    assert.equal(await ownerOf(account), victim.username);
    await isDead(begun);
    const { body: seen } = await send(appliance,
      { path: '/account', headers: { Cookie: `${SESSION}=${planted}` } });
    assert.ok(!seen.includes(victim.username), 'whoever planted it sees nothing');
  });
}

test('a session that was left is dead, and so are all others after a new password', async () => {
  const person = await settle(appliance);
  const guest = await signedIn(person);
  const before = [guest, await signedIn(person)].map(({ jar }) => jar.get(SESSION));
  const changed = await guest.submit('/account/password', '/account/password',
    { current: PASSWORD, new: OTHER_PASSWORD, repeat: OTHER_PASSWORD });
  assert.equal(changed.headers.location, '/account?done=password', changed.body);
  const left = guest.jar.get(SESSION);
  for (const session of before) if (session !== left) await isDead(session);
  assert.notEqual(left, before[1]);
  assert.equal((await guest.post('/sign-out', { csrf: guest.jar.get(FORM) })).status, 303);
  assert.equal(guest.jar.get(SESSION), undefined);
  await isDead(left);
});

test('a form and a session of before a restart of the companion are still good', async () => {
  const [guest, other] = [await signedIn(victim), new Guest(appliance)];
  const { body } = await other.get('/sign-in');
  await appliance.restartCompanion();
  assert.equal((await guest.get('/account')).status, 200);
  const step = await other.post('/sign-in', { ...fieldsOf(body, '/sign-in'),
    username: victim.username, password: PASSWORD });
  assert.equal(step.headers.location, '/sign-in/factor?next=/account', step.body);
  await codeStep(other, victim);
});

// A page of another site, from which a browser nonetheless sends cookies along: its host is ours.
async function elsewhere(html, body) {
  const site = createServer((_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(html));
  await new Promise((resolve) => { site.listen(0, '127.0.0.1', resolve); });
  try {
    await body(`http://localhost:${site.address().port}/`);
  } finally {
    site.closeAllConnections();
    site.close();
  }
}

test('no page is shown in a frame of another site, nor of ours', async () => {
  const paths = ['/sign-in', '/account', '/account/password', '/factors', '/no-such-page'];
  const frames = paths.flatMap((path) => ['iframe src', 'embed src', 'object data'].map((tag) =>
    `<${tag}="${appliance.origin}${path}"></${tag.split(' ')[0]}>`)).join('');
  // The control: what may be framed is.
  const own = '<iframe srcdoc="<main>Mine</main>"></iframe>';
  await elsewhere(frames + own, (url) => browser.visit({}, async (page, { forgive }) => {
    forgive(/frame-ancestors|X-Frame-Options|ERR_BLOCKED_BY_RESPONSE/);
    forgive(/^answer: .*no-such-page/);
    await page.goto(`${appliance.origin}/sign-in`);
    await page.getByLabel('Username').fill(victim.username);
    await page.getByLabel('Password', { exact: true }).and(page.locator('input')).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Code').fill(await freshCode(appliance, victim));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${appliance.origin}/account`);
    await page.goto(url, { waitUntil: 'load' });
    const framed = page.frames().filter((frame) => frame !== page.mainFrame());
    assert.ok(framed.length > paths.length, 'those of <iframe>, at least');
    const shown = [];
    for (const frame of framed) {
      if (await frame.locator('main, form, header').count() > 0) shown.push(frame.url());
    }
    assert.deepEqual(shown, ['about:srcdoc']);
    // Outside of a frame, this browser sees it all.
    await page.goto(`${appliance.origin}/account`);
    await page.locator('header.top').waitFor();
  }));
});

// Ways that lead elsewhere, as some browser or other would read them.
const ELSEWHERE = ['//evil.example', '///evil.example', '\\\\evil.example', '/\\evil.example',
  'https:evil.example', 'https://evil.example', '%2f%2fevil.example', '/%2fevil.example',
  '/%09/evil.example', '/\t/evil.example', '/.//evil.example', '/account/..//evil.example',
  '@evil.example', '.evil.example', ':80@evil.example', 'javascript:alert(1)', '/%5cevil.example',
  'data:text/html,evil', '/account\r\nLocation: https://evil.example', '/account%0d%0aevil: 1',
  '/;@evil.example', '/account#//evil.example', ' //evil.example', '\u2044\u2044evil.example', ''];

// Wherever the answer leads is here; `what` asks for it.
function staysHere({ status, headers, body }, what) {
  assert.ok(status < 500, `${what}: ${status}`);
  const targets = [...body.matchAll(/ (?:href|action|src)="([^"]*)"/g),
    ...body.matchAll(/ name="next" value="([^"]*)"/g)].map(([, target]) => target);
  if (headers.location !== undefined) targets.push(headers.location);
  for (const target of targets) {
    const { origin, host } = new URL(target, `${appliance.origin}/here`);
    assert.deepEqual([origin, host.includes('evil')], [appliance.origin, false], what + target);
    const next = /[?&]next=([^&]*)/.exec(target)?.[1] || '/';
    assert.match(decodeURIComponent(next), /^\/(?![/\\])[a-z0-9/?=&_-]*$/, what + target);
    assert.ok(!/evil/.test(target), `${what}: ${target}`);
  }
}

test('nobody is led elsewhere on their way in', async () => {
  const account = await signedIn(victim);
  const half = new Guest(appliance);
  await passwordStep(half, victim);
  const nobody = new Guest(appliance);
  const gets = [[nobody, '/sign-in'], [account, '/sign-in'], [half, '/sign-in/factor'],
    [half, '/sign-in/factor/code'], [account, '/account/prove']];
  for (const next of ELSEWHERE) {
    for (const [guest, path] of gets) {
      for (const value of [encodeURIComponent(next), next.replace(/[^!-~]/g, '')]) {
        staysHere(await guest.get(`${path}?next=${value}`), `${path}?next=${value}: `);
      }
    }
    const posts = [[nobody, '/language'], [half, '/sign-in/factor'], [half, '/sign-in/factor/code'],
      [account, '/account/prove']];
    for (const [guest, path] of posts) {
      await guest.get('/sign-in');
      const csrf = guest.jar.get(FORM);
      staysHere(await guest.post(path, { csrf, next, once: next }), `${path} with ${next}: `);
    }
  }
  for (const path of ['//evil.example/', '/\\evil.example/', '/sign-in/..//evil.example',
    '//evil.example/%2e%2e', '/factors/x?next=//evil.example', '/factors/@evil.example/rename']) {
    const { status, headers } = await nobody.get(path);
    const { origin } = new URL(headers.location ?? '/', appliance.origin);
    assert.deepEqual([origin, [303, 404].includes(status)], [appliance.origin, true], path);
  }
});

test('nobody is led elsewhere once they are in', async () => {
  for (const next of ELSEWHERE) {
    const guest = new Guest(appliance);
    const step = await guest.submit('/sign-in', '/sign-in',
      { username: victim.username, password: PASSWORD, next });
    if (/[\r\n\t]/.test(next)) {
      assert.equal(step.status, 400);
      continue;
    }
    assert.equal(step.headers.location, '/sign-in/factor?next=/account', next);
  }
  const guest = new Guest(appliance);
  await passwordStep(guest, victim);
  const done = await codeStep(guest, victim, { next: '//evil.example' });
  assert.equal(done.headers.location, '/account');
  await appliance.passTime(PROOF_LIFETIME + 1);
  const proven = await guest.submit('/account/prove', '/account/prove',
    { password: PASSWORD, code: await freshCode(appliance, victim), next: '//evil.example' });
  assert.equal(proven.headers.location, '/account', proven.body);
  // The control: what is ours is where they go.
  const other = new Guest(appliance);
  const step = await passwordStep(other, victim, '/account/activity');
  assert.equal(step.headers.location, '/sign-in/factor?next=/account/activity');
});
