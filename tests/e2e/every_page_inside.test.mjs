// SPDX-License-Identifier: Apache-2.0
// What people see on their way in, while they set up, and when they prove who they are; with what
// is said when something is wrong: each page is looked at. every_page.test.mjs has the others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ANSWER, freshCode, OTHER_PASSWORD, settle, SUBJECT, wrongCode } from './accounts.mjs';
import { Appliance, ticketIn } from './appliance.mjs';
import { examine } from './axe.mjs';
import { Browser } from './browser.mjs';
import { field, isAt, press, setUp, signInTo, submit, toFactors, wrong } from './walk.mjs';

const PROOF_LIFETIME = 5 * 60;
const GUESSES = 8;
const EVERY_WAY = { factors: ['totp', 'sms', 'email', 'yubikey', 'question', 'recovery'] };

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
  isAt(page, path.split('?')[0]);
}

async function toSecondStep(page, person) {
  await open(page, '/sign-in');
  await type(page, 'username', person.username);
  await type(page, 'password', person.password);
  await submit(page);
  isAt(page, '/sign-in/factor');
}

async function factorOf(person, kind) {
  const { factors } = await person.visit.ask('list-factors');
  return factors.find((factor) => factor.kind === kind).id;
}

// Where a code is typed that was sent: the page as its address shows it.
async function openCodePage(page, step, factor) {
  const until = appliance.now() + 30;
  await open(page, `${step}/code?challenge=1&factor=${factor}&minutes=5&until=${until}`);
}

test('the second step, by each kind, and a code that is wrong, or one too many', async () => {
  const person = await settle(appliance, EVERY_WAY);
  await visit(async (page) => {
    await toSecondStep(page, person);
    await examine(page, 'sign-in-factor');
    for (const [kind, name] of [['SMS', 'sms'], ['YUBICO_OTP', 'yubikey'],
      ['QUESTION', 'question'], ['RECOVERY_CODES', 'recovery'], ['TOTP', 'totp']]) {
      await open(page, `/sign-in/factor?factor=${await factorOf(person, kind)}`);
      await examine(page, `sign-in-factor-${name}`);
    }
    await type(page, 'code', await wrongCode(appliance, person));
    await submit(page);
    await wrong(page);
    await examine(page, 'sign-in-factor-wrong');
    for (let guess = 0; guess < GUESSES; ++guess) {
      await type(page, 'code', await wrongCode(appliance, person));
      await submit(page);
      await wrong(page);
    }
    assert.match((await wrong(page)).join(), /Too many attempts/);
    await examine(page, 'sign-in-factor-too-many');
    await openCodePage(page, '/sign-in/factor', await factorOf(person, 'SMS'));
    await examine(page, 'sign-in-code');
    await type(page, 'code', '00000000');
    await submit(page);
    await wrong(page);
    await examine(page, 'sign-in-code-wrong');
  });
});

// Its ways are looked at in second_step.
test('the proof before a change, and what is wrong with it', async () => {
  const person = await settle(appliance, EVERY_WAY);
  await visit(async (page) => {
    await signInTo(appliance, page, person, '/account/profile');
    await appliance.passTime(PROOF_LIFETIME + 1);
    await open(page, '/account/prove');
    await examine(page, 'prove');
    await type(page, 'password', OTHER_PASSWORD);
    await submit(page);
    await wrong(page);
    await examine(page, 'prove-wrong');
  });
});

test('what was typed waits for the proof', async () => {
  const person = await settle(appliance);
  await visit(async (page) => {
    await signInTo(appliance, page, person, '/account/profile');
    await type(page, 'first_name', 'Roberta');
    await appliance.passTime(PROOF_LIFETIME + 1);
    await submit(page);
    await page.locator('main [name=code]').waitFor();
    await examine(page, 'prove-form');
    await type(page, 'password', person.password);
    await type(page, 'code', await freshCode(appliance, person));
    await submit(page);
    await examine(page, 'carry-on');
  });
});

test('an account’s forms, left empty or filled in wrongly', async () => {
  const person = await settle(appliance, { factors: ['totp', 'recovery'], resetPhone: true });
  await visit(async (page) => {
    await signInTo(appliance, page, person, '/account/profile');
    await page.locator('[name=first_name]').evaluate((input) => input.removeAttribute('maxlength'));
    await type(page, 'first_name', 'x'.repeat(65));
    await submit(page);
    await wrong(page);
    await examine(page, 'profile-wrong');
    for (const [path, name] of [['/account/password', 'account-password-empty'],
      ['/account/question', 'account-question-empty'],
      ['/account/contact/mobile', 'contact-mobile-empty'],
      ['/account/contact/primary-email', 'contact-primary-email-empty']]) {
      await open(page, path);
      await submit(page);
      await wrong(page);
      await examine(page, name);
    }
    await open(page, '/account/recovery-codes');
    await examine(page, 'recovery-codes-have');
    await open(page, '/account/contact/secondary-email');
    await type(page, 'email', 'not an address');
    await submit(page);
    await wrong(page);
    await examine(page, 'contact-wrong');
    await type(page, 'email', `other-${person.email}`);
    await submit(page);
    isAt(page, '/account/contact/secondary-email/code');
    await examine(page, 'contact-code');
    await type(page, 'code', '00000000');
    await submit(page);
    await wrong(page);
    await examine(page, 'contact-code-wrong');
    await press(page, 'Send another code');
    await wrong(page);
    await examine(page, 'contact-code-too-soon');
  });
});

test('an activation’s forms, left empty or filled in wrongly', async () => {
  const person = await appliance.invite();
  await visit(async (page) => {
    await toFactors(appliance, page, person, async () => {
      await page.locator('select[name=country]').selectOption('FI', { force: true });
      await type(page, 'phone', person.phone.replace('+358', '0'));
      await submit(page);
      isAt(page, '/activate/phone/code');
      await examine(page, 'activate-phone-code');
      await submit(page);
      await wrong(page);
      await examine(page, 'activate-phone-code-empty');
      await open(page, '/activate/phone');
      await page.getByRole('link', { name: 'Create my account without a phone' }).click();
    });
    await setUp(page, 'E-mail');
    await examine(page, 'email');
    await press(page, 'Send me the code');
    isAt(page, '/factors/email/code');
    await examine(page, 'email-code');
    await type(page, 'code', '00000000');
    await submit(page);
    await wrong(page);
    await examine(page, 'email-code-wrong');
    for (const [path, name] of [['/factors/authenticator/okta', 'authenticator-empty'],
      ['/factors/yubikey', 'yubikey-empty'], ['/factors/sms', 'sms-empty'],
      ['/factors/question', 'factor-question-empty']]) {
      await open(page, path);
      await submit(page);
      await wrong(page);
      await examine(page, name);
    }
  });
});

test('a new password’s forms, left empty or filled in wrongly', async () => {
  const person = await settle(appliance);
  await visit(async (page) => {
    await open(page, '/forgotten');
    await type(page, 'username', person.username);
    await page.locator('[name=way][value=email]').check();
    await submit(page);
    const mail = await appliance.nextMail(person.email, SUBJECT.reset);
    await page.goto(at(`/t/${ticketIn(mail)}`));
    await submit(page);
    isAt(page, '/reset/question');
    await type(page, 'answer', 'something else');
    await submit(page);
    await wrong(page);
    await examine(page, 'reset-question-wrong');
    await field(page, 'Your answer').fill(ANSWER);
    await submit(page);
    isAt(page, '/reset/password');
    await type(page, 'new', person.username);
    await type(page, 'repeat', 'another');
    await submit(page);
    await wrong(page);
    await examine(page, 'reset-password-wrong');
  });
});
