// SPDX-License-Identifier: Apache-2.0
// Markup, scripts, templates and line ends in everything that somebody can name, type or send: what
// is shown of it is text.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { freshCode, PASSWORD, settle, SUBJECT } from './accounts.mjs';
import { Appliance, SHARE } from './appliance.mjs';
import { Browser } from './browser.mjs';
import { encoded, fieldsOf, Guest, send } from './guest.mjs';

const FORM = '__Host-countersign-form';
// No letter that a username would fold, and no blank.
const NASTY = {
  element: '<script>ran()</script>',
  attribute: '"><img/src=x/onerror=ran()>',
  quote: "'onfocus='ran()'autofocus='",
  end: '</title></main></option><svg/onload=ran()>',
  template: '{{csrf}}{{#none}}{{>head}}',
  words: "[[sign_in.title]]{username}'{0}",
  entity: '&lt;script&gt;ran()&#60;&amp;',
  link: 'javascript:ran()//%22%3e<b>',
};
const LINE_ENDS = ['a\r\nSet-Cookie: a=b', 'a\nb', 'a\0b', 'a\rb', 'a\x7fb'];
const TURNED = 'abc\u202Etxt.exe';
// Everything that a page of ours reads from an address.
const ASKED = ['next', 'done', 'factor', 'challenge', 'minutes', 'until', 'device', 'expired',
  'before', 'language', 'username', 'way', 'v'];
const PLACES = ['/', '/sign-in', '/forgotten', '/forgotten/sent', '/forgotten/code', '/unlock',
  '/unlock/code', '/link', '/link/sent', '/signed-out', '/no-such-page', '/static/style.css'];
const INSIDE = ['/account', '/account/profile', '/account/password', '/account/question',
  '/account/sessions', '/account/activity', '/account/recovery-codes', '/account/prove',
  '/account/contact/mobile', '/factors', '/factors/question',
  '/factors/sms', '/factors/yubikey', '/factors/authenticator/google', '/activated'];

let appliance;
let browser;

// The pages with a second language: each then names the path of its own to come back to.
function shareOfTwoLanguages() {
  const share = appliance.file('share');
  mkdirSync(join(share, 'texts'), { recursive: true });
  for (const name of ['templates', 'static']) symlinkSync(join(SHARE, name), join(share, name));
  const texts = JSON.parse(readFileSync(join(SHARE, 'texts/en.json'), 'utf8'));
  copyFileSync(join(SHARE, 'texts/en.json'), join(share, 'texts/en.json'));
  writeFileSync(join(share, 'texts/sv.json'),
    JSON.stringify({ ...texts, 'language.name': 'Svenska' }));
  return share;
}

before(async () => {
  appliance = await Appliance.start();
  browser = await Browser.start();
  await appliance.restartCompanion(
    { '': { share: shareOfTwoLanguages(), trusted_proxies: ['127.0.0.1'] } });
});
after(async () => {
  await browser?.stop();
  await appliance?.stop();
});

// Of what is dangerous where it stands as it is: the others are told from what comes back.
const isMarkup = (text) => /[<"']/.test(text);

function isText({ status, headers, body }, nasty, what) {
  assert.ok(status < 500, `${what}: ${status}`);
  if (isMarkup(nasty)) assert.ok(!body.includes(nasty), `${what}: it stands in\n${body}`);
  assert.doesNotMatch(body, /<script>|<img\/|<svg\/|<b>|(href|src|action)="javascript:|='/, what);
  assert.doesNotMatch(body, /\{\{|\]\]/.test(nasty) ? /Sign in\{username/ : /\{\{/, what);
  for (const [name, value] of Object.entries(headers)) {
    assert.doesNotMatch(`${value}`, /[<>"\r\n]|ran\(\)/, `${what}: ${name}`);
  }
}

async function signedIn(person) {
  const guest = new Guest(appliance);
  await guest.submit('/sign-in', '/sign-in', { username: person.username, password: PASSWORD });
  const done = await guest.submit('/sign-in/factor', '/sign-in/factor',
    { code: await freshCode(appliance, person) });
  assert.equal(done.status, 303, done.body);
  return guest;
}

for (const [what, nasty] of Object.entries(NASTY)) {
  test(`what is typed by strangers comes back as it was typed: ${what}`, async () => {
    const forms = { '/sign-in': '/sign-in', '/forgotten': '/forgotten', '/unlock': '/unlock' };
    for (const [page, action] of Object.entries(forms)) {
      const answer = await new Guest(appliance).submit(page, action,
        { username: nasty, password: nasty, way: nasty });
      assert.equal(answer.status, 422, page);
      isText(answer, nasty, page);
      assert.equal(fieldsOf(answer.body, action).username, nasty);
    }
    const guest = new Guest(appliance);
    await guest.get(`/t/${'A'.repeat(43)}`);
    isText(await guest.submit('/link', '/link/again', { username: nasty }), nasty, '/link/again');
  });

  test(`addresses and headers are no part of a page: ${what}`, async () => {
    const escaped = encodeURIComponent(nasty);
    for (const path of PLACES) {
      const all = ASKED.map((name) => `${name}=${escaped}`).join('&');
      isText(await send(appliance, { path: `${path}?${all}` }), nasty, path);
      isText(await send(appliance, { path, headers: { 'User-Agent': nasty, Referer: nasty,
        'Accept-Language': `${nasty},en;q=0.5`, Cookie: `__Host-countersign-language=${nasty}; ` +
          `__Host-countersign=${nasty}; ${FORM}=${nasty}; __Host-countersign-ticket=${nasty}`,
        Origin: nasty } }), nasty, `${path} with headers`);
    }
    for (const path of [`/${nasty}`, `/${escaped}`, `/factors/${nasty}/rename`, `/t/${nasty}`,
      `/static/${nasty}`, `/factors/authenticator/${escaped}`, `/sign-in?${nasty}=${nasty}`]) {
      const answer = await send(appliance, { path });
      isText({ ...answer, headers: {} }, nasty, path);
      const { host } = new URL(answer.headers.location ?? '/', appliance.origin);
      assert.equal(host, new URL(appliance.origin).host);
    }
    const elsewhere = await send(appliance, { path: '/sign-in', headers: { Host: nasty } });
    assert.equal(elsewhere.status, 421);
    isText(elsewhere, nasty, 'Host');
    const forwarded = await send(appliance,
      { path: '/sign-in', headers: { 'X-Forwarded-For': nasty } });
    assert.equal(forwarded.status, 400);
    isText(forwarded, nasty, 'X-Forwarded-For');
  });

  test(`somebody of such a name, with such words for all they have: ${what}`, async () => {
    const person = await settle(appliance,
      { username: `${nasty}-1`, firstName: nasty, lastName: `Mc${nasty}` });
    const invited = await appliance.invite({ firstName: nasty });
    const { html } = await appliance.nextMail(invited.email, SUBJECT.activate);
    assert.doesNotMatch(html, /<script>|<img\/|<svg\/|'onfocus/);
    const guest = await signedIn(person);
    const factor = person.authenticator.id;
    const path = `/factors/${factor}/rename`;
    const named = await guest.submit(path, path, { nickname: nasty });
    assert.equal(named.status, 303, named.body);
    const own = `Which boat? ${nasty}`;
    const asked = await guest.submit('/account/question', '/account/question',
      { question: 'own', own, answer: 'the little ferry' });
    assert.equal(asked.status, 303, asked.body);
    for (const inside of INSIDE) isText(await guest.get(inside), nasty, inside);
    assert.equal(fieldsOf((await guest.get(path)).body, path).nickname, nasty);
    const profile = await guest.get('/account/profile');
    const { first_name: first, last_name: last } = fieldsOf(profile.body, '/account/profile');
    assert.deepEqual([first, last], [nasty, `Mc${nasty}`]);
    await typesIt(guest, nasty, path);
    await seesIt(person, nasty, own);
  });
}

// Forms that are shown again, and one that waits until who they are is proven.
async function typesIt(guest, nasty, renames) {
  const typed = { phone: nasty, country: nasty, email: nasty, code: nasty, device: nasty,
    question: nasty, own: nasty, answer: nasty, first_name: `${nasty}\u202E`, last_name: nasty,
    language: nasty, version: nasty, current: nasty, new: nasty, repeat: nasty, password: nasty };
  const csrf = guest.jar.get(FORM);
  for (const path of ['/factors/sms', '/factors/email', '/account/contact/mobile',
    '/factors/yubikey', '/account/question', '/factors/question', '/account/password',
    '/account/profile', '/factors/authenticator/google', '/account/prove', '/language']) {
    isText(await guest.post(path, { csrf, ...typed }), nasty, `${path} typed`);
  }
  await appliance.passTime(301);
  const waits = await guest.post(renames, { csrf, nickname: nasty, [nasty]: nasty });
  isText(waits, nasty, 'waiting');
  assert.equal(fieldsOf(waits.body, '/account/prove')['kept.nickname'], nasty);
}

// In a browser that runs whatever a page would have it run.
const seesIt = (person, nasty, own) => browser.visit({ userAgent: nasty }, async (page) => {
  const ran = [];
  await page.exposeFunction('ran', () => ran.push(page.url()));
  const at = (path) => page.goto(appliance.origin + path);
  await at('/sign-in');
  await page.getByLabel('Username').fill(person.username);
  await page.locator('input[type=password]').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(nasty).first().waitFor(); // the authenticator's nickname
  await page.getByLabel('Code').fill(await freshCode(appliance, person));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${appliance.origin}/account`);
  const [value, facts] = [page.locator('#field-first_name'), page.locator('dd')];
  assert.ok((await facts.allTextContents()).includes(person.username));
  assert.ok((await facts.allTextContents()).includes(nasty));
  for (const path of INSIDE) {
    await at(path);
    const strange = page.locator('script:not([src]), img[onerror], svg[onload], [onfocus], b, ' +
      '[href^="javascript:"], title *, option *');
    assert.equal(await strange.count(), 0, path);
    if (path === '/account/profile') assert.equal(await value.inputValue(), nasty);
    if (path === '/factors') assert.ok((await page.textContent('main')).includes(nasty));
  }
  assert.deepEqual(ran, []);
});

test('no language is kept but one of ours', async () => {
  const guest = new Guest(appliance);
  await guest.get('/sign-in');
  const csrf = guest.jar.get(FORM);
  for (const language of [...Object.values(NASTY), 'en; Domain=example', 'en-"<b>', 'EN', '']) {
    const { cookies } = await guest.post('/language', { csrf, language });
    assert.deepEqual(cookies, [], language);
  }
  const { cookies } = await guest.post('/language', { csrf, language: 'sv' });
  assert.match(cookies.join(), /^__Host-countersign-language=sv; Path=\//);
  assert.match((await guest.get('/sign-in')).body, /<html lang="sv"/);
});

test('line ends, nulls and what turns letters round are refused', async () => {
  const guest = await signedIn(await settle(appliance));
  const csrf = guest.jar.get(FORM);
  for (const text of LINE_ENDS) {
    for (const path of ['/sign-in', '/account/profile', '/language', '/account/question']) {
      const answer = await guest.post(path, { csrf, username: text, next: text, language: text,
        first_name: text });
      assert.equal(answer.status, 400, `${path} ${JSON.stringify(text)}`);
      assert.deepEqual(answer.cookies, []);
    }
    const asked = await guest.get(`/sign-in?${encoded({ next: text })}`);
    assert.equal(asked.status, 400);
  }
  const named = await guest.submit('/account/profile', '/account/profile', { first_name: TURNED });
  assert.equal(named.status, 422, named.body);
  await assert.rejects(appliance.invite({ username: TURNED }), { code: 'MALFORMED' });
  await assert.rejects(appliance.invite({ firstName: TURNED }), { code: 'MALFORMED' });
});
