// SPDX-License-Identifier: Apache-2.0
// Each page is looked at in some test, light, dark and narrow, by axe and for its width: the table
// says which one. Here are those that strangers see, with what is said when something is wrong.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { OTHER_PASSWORD, settle, SUBJECT, Visit } from './accounts.mjs';
import { Appliance, ticketIn } from './appliance.mjs';
import { examine } from './axe.mjs';
import { Browser } from './browser.mjs';
import { Guest } from './guest.mjs';
import { routes } from './routes.mjs';
import { heading, isAt, press, submit, wrong } from './walk.mjs';

// Route: the file that looks at its page, and what its picture is called there.
const LOOKED_AT = {
  '/account': ['settings_pages', 'account'],
  '/account/activity': ['settings_pages', '/account/activity'],
  '/account/contact/{id}': ['factors', 'contact'],
  '/account/contact/{id}/code': ['every_page_inside', 'contact-code'],
  '/account/password': ['settings_pages', '/account/password'],
  '/account/profile': ['settings_pages', 'profile'],
  '/account/prove': ['every_page_inside', 'prove'],
  '/account/question': ['settings_pages', '/account/question'],
  '/account/recovery-codes': ['settings_pages', '/account/recovery-codes'],
  '/account/sessions': ['settings_pages', '/account/sessions'],
  '/activate/password': ['getting_in', 'activate-password'],
  '/activate/phone': ['factors', 'activate-phone'],
  '/activate/phone/code': ['every_page_inside', 'activate-phone-code'],
  '/activate/question': ['getting_in', 'activate-question'],
  '/activated': ['factors', 'activated'],
  '/factors': ['factors', 'factors'],
  '/factors/authenticator/{id}': ['factors', 'authenticator'],
  '/factors/authenticator/{id}/scan': ['factors', 'authenticator-scan'],
  '/factors/email': ['every_page_inside', 'email'],
  '/factors/email/code': ['every_page_inside', 'email-code'],
  '/factors/question': ['getting_back', 'factor-question'],
  '/factors/sms': ['factors', 'sms'],
  '/factors/sms/code': ['factors', 'sms-code'],
  '/factors/yubikey': ['factors', 'yubikey'],
  '/factors/{id}/remove': ['factors', 'factor-remove'],
  '/factors/{id}/rename': ['factors', 'factor-rename'],
  '/forgotten': ['getting_in', 'forgotten'],
  '/forgotten/code': ['getting_in', 'forgotten-code'],
  '/forgotten/sent': ['every_page', 'forgotten-sent'],
  '/link': ['getting_in', 'link'],
  '/link/sent': ['getting_in', 'link-sent'],
  '/not-me/done': ['getting_back', 'not-me-done'],
  '/reset/done': ['getting_in', 'reset-done'],
  '/reset/password': ['getting_back', 'reset-password'],
  '/reset/question': ['getting_in', 'reset-question'],
  '/sign-in': ['every_page', 'sign-in'],
  '/sign-in/factor': ['every_page_inside', 'sign-in-factor'],
  '/sign-in/factor/code': ['every_page_inside', 'sign-in-code'],
  '/signed-out': ['every_page', 'signed-out'],
  '/unlock': ['getting_back', 'unlock'],
  '/unlock/code': ['every_page', 'unlock-code'],
  '/unlock/done': ['getting_back', 'unlock-done'],
};

// Route: where it leads whoever is signed in. It has no page.
const LEADS_ON = {
  '/': '/account',
  '/account/contact/{id}/send': '/account/contact/mobile',
  '/account/device': '/account/sessions',
  '/activate/finish': '/factors',
  '/activate/phone/send': '/activate/phone',
  '/factors/email/send': '/factors/email',
  '/factors/sms/send': '/factors/sms',
  '/t/{id}': '/link',
};

const SECONDS_IN_A_WEEK = 7 * 86_400;
const GUESSES = 8;

let appliance;
let browser;

before(async () => {
  appliance = await Appliance.start();
  browser = await Browser.start();
});

after(async () => {
  await browser?.stop();
  await appliance?.stop();
});

const at = (path) => appliance.origin + path;
const visit = (body) => browser.visit({}, body);
const type = (page, name, text) => page.locator(`main [name=${name}]`).fill(text);

async function open(page, path) {
  await page.goto(at(path));
  isAt(page, path);
}

test('no page is forgotten', () => {
  const known = [...Object.keys(LOOKED_AT), ...Object.keys(LEADS_ON)];
  assert.deepEqual(known.sort(), routes('get').map(({ path }) => path).sort());
  for (const [route, [file, name]] of Object.entries(LOOKED_AT)) {
    const test = new URL(`${file}.test.mjs`, import.meta.url);
    assert.ok(existsSync(test), `${route}: ${file}`);
    // A picture is named where it is made: look(page, 'name'), or in a list of paths.
    const text = readFileSync(test, 'utf8');
    const made = name.startsWith('/') ? `'${name}']` : `(page, '${name}')`;
    assert.ok(text.includes(made), `${route}: ${file} has no ${made}`);
  }
});

test('addresses without a page lead on to one', async () => {
  const person = await settle(appliance);
  const guest = new Guest(appliance);
  guest.jar.set('__Host-countersign', person.visit.session);
  for (const [route, to] of Object.entries(LEADS_ON)) {
    const { status, headers } = await guest.get(route.replace('{id}', 'mobile'));
    assert.equal(status, 303, route);
    assert.equal(headers.location, to, route);
  }
});

test('signing in, and what is wrong with it', () => visit(async (page) => {
  await open(page, '/sign-in');
  await examine(page, 'sign-in');
  await submit(page);
  await wrong(page);
  await examine(page, 'sign-in-empty');
  const person = await settle(appliance);
  await type(page, 'username', person.username);
  await type(page, 'password', OTHER_PASSWORD);
  await submit(page);
  assert.match((await wrong(page)).join(), /wrong/);
  await examine(page, 'sign-in-wrong');
  for (let i = 0; i < GUESSES; ++i) {
    await new Visit(appliance).ask('sign-in',
      { subject: { username: person.username }, password: OTHER_PASSWORD });
  }
  await type(page, 'password', OTHER_PASSWORD);
  await submit(page);
  assert.match((await wrong(page)).join(), /Too many attempts/);
  await examine(page, 'sign-in-too-many');
  await open(page, '/signed-out');
  await examine(page, 'signed-out');
}));

test('a forgotten password, and what is wrong with it', () => visit(async (page) => {
  await open(page, '/forgotten');
  await submit(page);
  await wrong(page);
  await examine(page, 'forgotten-empty');
  await type(page, 'username', 'nobody-at-all');
  await page.locator('[name=way][value=email]').check();
  await submit(page);
  await page.waitForURL('**/forgotten/sent**');
  await examine(page, 'forgotten-sent');
  await open(page, '/forgotten');
  await type(page, 'username', 'nobody-at-all');
  await page.locator('[name=way][value=sms]').check();
  await submit(page);
  await type(page, 'code', '00000000');
  await submit(page);
  await wrong(page);
  await examine(page, 'forgotten-code-wrong');
}));

test('a locked account, and what is wrong with its code', () => visit(async (page) => {
  await open(page, '/unlock');
  await submit(page);
  await wrong(page);
  await examine(page, 'unlock-empty');
  await type(page, 'username', 'nobody-at-all');
  await page.locator('[name=way][value=email]').check();
  await submit(page);
  await page.waitForURL('**/unlock/code**');
  await examine(page, 'unlock-code');
  await type(page, 'code', '00000000');
  await submit(page);
  await wrong(page);
  await examine(page, 'unlock-code-wrong');
}));

test('links that are no more', () => visit(async (page) => {
  const person = await appliance.invite();
  const mail = await appliance.nextMail(person.email, SUBJECT.activate);
  await page.goto(at(`/t/${ticketIn(mail)}`));
  await heading(page, 'Activate your account');
  await appliance.passTime(SECONDS_IN_A_WEEK);
  // Its button, on a page that was left open.
  await press(page, 'Activate my account');
  await heading(page, 'Token expired');
  await examine(page, 'link-expired-meanwhile');
  await page.goto(at('/t/none'));
  await submit(page);
  await wrong(page);
  await examine(page, 'link-none-empty');
}));
