// SPDX-License-Identifier: Apache-2.0
// The promises of the harness itself: what the browser tests rely on.
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { freshCode, openInvitation, PASSWORD, settle, SUBJECT, Visit, wrongCode }
  from './accounts.mjs';
import { Appliance, codeIn, ticketIn } from './appliance.mjs';
import { accountOf, readQr, totp } from './authenticator.mjs';
import { axe, examine, violations } from './axe.mjs';
import { Browser, fitsItsWidth, focused, NARROW, pictureOf, tabTo } from './browser.mjs';
import { output } from './programs.mjs';
import { importKeys, LAYOUTS, VirtualYubikey } from './yubikey.mjs';

const SEVEN_DAYS = 7 * 86_400;
const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const PAGE = (body) => '<!doctype html><html lang="en"><head><title>Page</title>' +
  `<meta name="viewport" content="width=device-width"></head><body><main>${body}</main></body>`;
const PAGES = {
  '/good': '<h1>Hello</h1><form><label for="a">Code</label><input id="a" autofocus>' +
    '<button>Verify</button></form>',
  '/inline': '<h1>Hello</h1><p style="color: red">Red</p>',
  '/unlabelled': '<h1>Hello</h1><form><input></form><p style="color: #ccc">Pale</p>',
  '/pale-by-night': '<h1>Hello</h1><link rel="stylesheet" href="/night.css">',
  '/missing': '<h1>Hello</h1><script src="/no-such.js"></script>',
  '/throws': '<h1>Hello</h1><script src="/throws.js"></script>',
  '/wide': '<h1>Hello</h1><pre>' + 'wide '.repeat(80) + '</pre>',
};

const NIGHT = '@media (prefers-color-scheme: dark) { h1 { color: #333; background: #111 } }';
const QR_TEXT = 'otpauth://totp/Example:bob?secret=GEZDGNBVGY3TQOJQ&issuer=Example';

let appliance;
let browser;
let qr; // a picture
let pages; // a server of pages that are wrong in known ways
let origin;

function answer(request, response) {
  const body = PAGES[request.url];
  const file = { '/throws.js': ['text/javascript', 'null.gone()'], '/qr.png': ['image/png', qr],
    '/night.css': ['text/css', NIGHT] }[request.url];
  if (file) {
    response.writeHead(200, { 'Content-Type': file[0] }).end(file[1]);
  } else if (body) {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': POLICY }).end(PAGE(body));
  } else {
    response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
  }
}

before(async () => {
  qr = await output('/usr/bin/qrencode', ['--size=4', '--output=-', QR_TEXT],
    { encoding: 'buffer' });
  pages = createServer(answer);
  await new Promise((resolve) => { pages.listen(0, '127.0.0.1', resolve); });
  origin = `http://127.0.0.1:${pages.address().port}`;
  [appliance, browser] = await Promise.all(
    [Appliance.start({ companion: false }), Browser.start()]);
});

after(async () => {
  await browser?.stop();
  pages.closeAllConnections();
  pages.close();
  await appliance?.stop();
});

test('an appliance is up within seconds', () => {
  assert.ok(appliance.startMs < 15_000, `${appliance.startMs} ms`);
});

test('an invitation arrives by mail, with a link to the companion', async () => {
  const person = await appliance.invite();
  const mail = await appliance.nextMail(person.email, SUBJECT.activate);
  assert.deepEqual(mail.links, [`${appliance.origin}/t/${ticketIn(mail)}`]);
  assert.match(mail.html, new RegExp(`href="${mail.links[0]}"`));
  assert.match(mail.text, new RegExp(person.username));
});

test('a code arrives by SMS and is good', async () => {
  const person = await settle(appliance, { factors: ['totp', 'sms'] });
  const visit = new Visit(appliance);
  await visit.must('sign-in', { subject: { username: person.username }, password: PASSWORD });
  await appliance.passTime(60);
  const challenge = await visit.ask('start-challenge', { kind: 'SMS', purpose: 'SIGN_IN' });
  const text = await appliance.nextSms(person.phone, /sign in/);
  await visit.must('answer-challenge', { challenge_id: challenge.challengeId,
    passcode: codeIn(text), purpose: 'SIGN_IN' });
  assert.equal((await visit.ask('get-session')).scope, 'SCOPE_ACCOUNT');
});

test('time passes when it is told to, and then a link is too old', async () => {
  const person = await appliance.invite();
  const ticket = ticketIn(await appliance.nextMail(person.email, SUBJECT.activate));
  const inspect = async () => (await appliance.enroll('inspect-ticket', { ticket })).state;
  await appliance.passTime(SEVEN_DAYS - 1);
  assert.equal(await inspect(), 'TICKET_OPEN');
  await appliance.passTime(1);
  assert.equal(await inspect(), 'TICKET_EXPIRED');
});

test('every factor can be settled without a browser', async () => {
  const factors = ['yubikey', 'totp', 'sms', 'email', 'question', 'recovery'];
  const { visit } = await settle(appliance, { factors, resetPhone: true });
  const { factors: listed } = await visit.ask('list-factors');
  const kinds = listed.filter(({ state }) => state === 'ACTIVE').map(({ kind }) => kind);
  assert.deepEqual(kinds.sort(), ['EMAIL', 'PASSWORD', 'PRIMARY_EMAIL', 'QUESTION',
    'RECOVERY_CODES', 'RESET_PHONE', 'RESET_QUESTION', 'SECONDARY_EMAIL', 'SMS', 'TOTP',
    'YUBICO_OTP']);
});

test('a code of the authenticator is good, and a wrong one is not', async () => {
  const person = await settle(appliance);
  const visit = new Visit(appliance);
  await visit.must('sign-in', { subject: { username: person.username }, password: PASSWORD });
  const wrong = await visit.ask('prove-factor', { passcode: await wrongCode(appliance, person) });
  assert.deepEqual([wrong.answer, wrong.reason], ['REJECTED', 'WRONG_CODE']);
  await visit.must('prove-factor', { passcode: await freshCode(appliance, person) });
});

test('the journal and the policy can be asked', async () => {
  const person = await settle(appliance);
  const events = (await appliance.journal()).map(({ event }) => event);
  assert.ok(events.includes('sign_in') || events.includes('factor_confirmed'), events.join());
  const { allowed } = await appliance.explain(person.username, 'sign_in', { socket: 'enroll' });
  assert.equal(allowed, true);
});

test('a virtual YubiKey types what the daemon accepts, once', async () => {
  const key = new VirtualYubikey();
  await importKeys(appliance, [key]);
  const person = await appliance.invite();
  const visit = await openInvitation(appliance, person);
  await visit.ask('set-password', { new_password: PASSWORD });
  let typed;
  await browser.visit({}, async (page) => {
    await page.goto(`${origin}/good`);
    await focused(page.getByRole('textbox'));
    await key.tap(page, { enter: false });
    typed = await page.getByRole('textbox').inputValue();
  });
  const claimed = await visit.ask('claim-token', { passcode: typed });
  assert.equal(claimed.answer, 'ACCEPTED', JSON.stringify(claimed));
  const replayed = await appliance.verify('verify',
    { subject: { username: person.username }, passcode: typed });
  assert.equal(replayed.reason, 'REPLAYED');
});

for (const layout of Object.keys(LAYOUTS)) {
  test(`a virtual YubiKey has its scan codes under the layout ${layout}`, () =>
    browser.visit({}, async (page) => {
      await page.goto(`${origin}/good`);
      await focused(page.getByRole('textbox'));
      await page.evaluate(() => {
        window.codes = [];
        addEventListener('keydown', ({ code }) => window.codes.push(code));
      });
      await new VirtualYubikey().tap(page, { layout, text: 'cbdefghijklnrtuv', enter: false });
      assert.equal(await page.getByRole('textbox').inputValue(), LAYOUTS[layout]);
      assert.deepEqual(await page.evaluate(() => window.codes),
        [...'CBDEFGHIJKLNRTUV'].map((letter) => `Key${letter}`));
    }));
}

test('a virtual YubiKey presses Enter, and Caps Lock makes capitals of it', () =>
  browser.visit({}, async (page) => {
    await page.goto(`${origin}/good`);
    const field = await focused(page.getByRole('textbox'));
    await field.evaluate((element) => { element.name = 'otp'; });
    PAGES['/good?otp=CBD1'] = PAGES['/good'];
    await new VirtualYubikey().tap(page, { capsLock: true, text: 'cbd1' });
    await page.waitForURL('**/good?otp=CBD1');
  }));

test('a QR code is read from the screen, and its account shows codes', async () => {
  // RFC 6238, appendix B, in eight digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  assert.equal(await totp(`otpauth://totp/A:b?secret=${secret}&digits=8`, 59), '94287082');
  assert.equal(accountOf('otpauth://totp/A%20B:c?secret=X').label, 'A B:c');
  await browser.visit({}, async (page) => {
    await page.goto(`${origin}/qr.png`);
    assert.equal(await readQr(page.getByRole('img')), QR_TEXT);
    await page.goto(`${origin}/good`);
    await assert.rejects(readQr(page.getByRole('main')));
  });
});

test('a page that keeps to its policy is no matter', () => browser.visit({}, async (page) => {
  await page.goto(`${origin}/good`);
  await axe(page);
}));

for (const [path, complaint] of [['/inline', /style-src/], ['/throws', /gone/],
  ['/missing', /no-such\.js: 404/]]) {
  for (const javaScriptEnabled of path === '/inline' ? [true, false] : [true]) {
    const what = `${path} is complained about ${javaScriptEnabled ? 'with' : 'without'} scripts`;
    test(what, () => assert.rejects(
      browser.visit({ javaScriptEnabled }, (page) => page.goto(`${origin}${path}`)), complaint));
  }
}

for (const javaScriptEnabled of [true, false]) {
  test(`axe finds what is wrong ${javaScriptEnabled ? 'with' : 'without'} scripts`, () =>
    browser.visit({ javaScriptEnabled }, async (page, visit) => {
      visit.forgive(/style/);
      await page.goto(`${origin}/unlabelled`);
      const found = await violations(page);
      assert.equal(found.filter((each) => each.startsWith('label:')).length, 1, found.join());
    }));
}

test('a page that is too wide for a narrow window is found', () =>
  browser.visit({ viewport: NARROW }, async (page) => {
    await page.goto(`${origin}/good`);
    await fitsItsWidth(page);
    await page.goto(`${origin}/wide`);
    await assert.rejects(fitsItsWidth(page), /pixels wide/);
  }));

test('a page is examined in each look, and pictures are kept', async () => {
  const pictures = ['light', 'dark', 'narrow'].map((look) => pictureOf(`harness-${look}`));
  for (const picture of pictures) rmSync(picture, { force: true });
  await browser.visit({}, async (page) => {
    await page.goto(`${origin}/good`);
    await examine(page, 'harness');
    await page.goto(`${origin}/pale-by-night`);
    await axe(page);
    await assert.rejects(examine(page, 'harness'), /color-contrast/);
  });
  for (const picture of pictures) {
    assert.ok(existsSync(picture), picture);
    rmSync(picture);
  }
});

test('Tab leads to a button, and not to one that is not there', () =>
  browser.visit({ javaScriptEnabled: false }, async (page) => {
    await page.goto(`${origin}/good`);
    await focused(page.getByRole('textbox'));
    assert.equal(await tabTo(page, 'button', 'Verify'), 1);
  }));
