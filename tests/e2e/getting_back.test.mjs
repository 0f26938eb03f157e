// SPDX-License-Identifier: Apache-2.0
// Links that are opened by scanners, twice, or by nobody; getting back in by e-mail; unlocking; and
// what somebody who is signed in changes of what they know.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ANSWER, freshCode, OTHER_PASSWORD, PASSWORD, settle, SUBJECT, told, Visit }
  from './accounts.mjs';
import { Appliance, codeIn, ticketIn } from './appliance.mjs';
import { examine } from './axe.mjs';
import { Browser } from './browser.mjs';

const SCANNER_VISITS = 20;
const GUESSES = 20;
const UNLOCKED = /unlocked/;
const RESEND_SECONDS = 60;

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
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const isAt = (page, path) => page.waitForURL((url) => url.pathname === path);
const isTold = (page, words) =>
  page.locator('[data-errors] li').filter({ hasText: words }).first().waitFor();
const field = (page, label) => page.getByLabel(label, { exact: true }).and(page.locator('input'));
const openLink = (page, mail) => page.goto(at(`/t/${ticketIn(mail)}`));

async function typePassword(page, password) {
  await field(page, 'New password').fill(password);
  await field(page, 'New password again').fill(password);
}

const mayEnter = async (person, password) => {
  const report = await new Visit(appliance).ask('sign-in',
    { subject: { username: person.username }, password });
  return report.answer === 'ACCEPTED';
};

async function askForLink(page, username) {
  await page.goto(at('/forgotten'));
  await field(page, 'Username').fill(username);
  await page.getByLabel('A link by e-mail').check();
  await press(page, 'Continue');
}

async function signIn(page, person) {
  await page.goto(at('/sign-in'));
  await field(page, 'Username').fill(person.username);
  await field(page, 'Password').fill(person.password);
  await press(page, 'Sign in');
  await field(page, 'Code').fill(await freshCode(appliance, person));
  await press(page, 'Continue');
  await page.waitForURL((url) => url.pathname === '/account');
}

test('a link that scanners have opened twenty times is good for its button', async () => {
  const person = await appliance.invite();
  const mail = await appliance.nextMail(person.email, SUBJECT.activate);
  await browser.visit({}, async (page) => {
    for (let i = 0; i < SCANNER_VISITS; ++i) {
      const answer = await page.request.get(at(`/t/${ticketIn(mail)}`));
      assert.equal(answer.status(), 200);
    }
  });
  await browser.visit({}, async (page) => {
    await openLink(page, mail);
    assert.ok(!page.url().includes(ticketIn(mail)));
    await press(page, 'Activate my account');
    await isAt(page, '/activate/password');
  });
});

test('two windows, and Back: a step that was done leads on to the next', async () => {
  const person = await appliance.invite();
  const mail = await appliance.nextMail(person.email, SUBJECT.activate);
  await browser.visit({}, async (page, { context }) => {
    await openLink(page, mail);
    await press(page, 'Activate my account');
    const other = await context.newPage();
    await other.goto(at('/activate/password'));
    await typePassword(page, PASSWORD);
    await press(page, 'Continue');
    await isAt(page, '/activate/question');
    // The other window's form would set it once more: the first one stands.
    await typePassword(other, OTHER_PASSWORD);
    await press(other, 'Continue');
    await isAt(other, '/activate/question');
    await page.goBack();
    await page.reload();
    await isAt(page, '/activate/question');
  });
  const visit = new Visit(appliance);
  const opened = await visit.ask('open-ticket', { ticket: ticketIn(mail), password: PASSWORD });
  assert.equal(opened.verdict.answer, 'ACCEPTED');
});

test('a button that is pressed twice does what it does once', async () => {
  const person = await appliance.invite();
  const mail = await appliance.nextMail(person.email, SUBJECT.activate);
  await browser.visit({ javaScriptEnabled: false }, async (page) => {
    await openLink(page, mail);
    await press(page, 'Activate my account');
    await typePassword(page, PASSWORD);
    await page.getByRole('button', { name: 'Continue' }).dblclick();
    await page.waitForURL((url) => url.pathname === '/activate/question');
  });
});

test('a ticket that is none is told so, and a name that nobody bears looks like any other',
  async () => {
    const texts = [];
    await browser.visit({}, async (page) => {
      await page.goto(at('/t/not%0d%0aa-ticket'));
      await heading(page, 'This link does not work any more');
      await examine(page, 'link-spent');
      await field(page, 'Username').fill('nobody-at-all');
      await press(page, 'Ask for a new link');
      await isAt(page, '/link/sent');
      const person = await settle(appliance);
      for (const name of [person.username, 'nobody-at-all']) {
        await askForLink(page, name);
        await isAt(page, '/forgotten/sent');
        texts.push(await page.locator('main').innerText());
        await page.goto(at('/forgotten'));
        await field(page, 'Username').fill(name);
        await page.getByLabel('A code by text message').check();
        await press(page, 'Continue');
        await isAt(page, '/forgotten/code');
        texts.push(await page.locator('main').innerText());
      }
    });
    assert.deepEqual(texts.slice(0, 2), texts.slice(2));
  });

test('a forgotten password is replaced by a link and the answer', async () => {
  const person = await settle(appliance);
  await browser.visit({}, async (page) => {
    await askForLink(page, person.username);
    await isAt(page, '/forgotten/sent');
    const mail = await appliance.nextMail(person.email, SUBJECT.reset);
    await openLink(page, mail);
    await heading(page, 'Choose a new password');
    await examine(page, 'link-reset');
    await press(page, 'Choose a new password');
    await isAt(page, '/reset/question');
    await field(page, 'Your answer').fill(ANSWER);
    await press(page, 'Continue');
    await isAt(page, '/reset/password');
    await examine(page, 'reset-password');
    await typePassword(page, OTHER_PASSWORD);
    await press(page, 'Save the new password');
    await isAt(page, '/reset/done');
    await page.reload();
    await isAt(page, '/reset/done');
  });
  await told(appliance, person, SUBJECT.passwordChanged);
  assert.equal(await mayEnter(person, OTHER_PASSWORD), true);
});

test('an account that was shut by guesses is unlocked by a code, which can be sent again',
  async () => {
    const person = await settle(appliance, { resetPhone: true });
    for (let i = 0; i < GUESSES; ++i) await mayEnter(person, OTHER_PASSWORD);
    assert.equal(await mayEnter(person, PASSWORD), false);
    await browser.visit({}, async (page) => {
      await page.goto(at('/unlock'));
      await field(page, 'Username').fill(person.username);
      await examine(page, 'unlock');
      await press(page, 'Send a code');
      await isAt(page, '/unlock/code');
      await appliance.nextSms(person.phone, /unlock/);
      await appliance.passTime(RESEND_SECONDS);
      await page.reload();
      await press(page, 'Send another code');
      await isAt(page, '/unlock/code');
      const code = codeIn(await appliance.nextSms(person.phone, /unlock/));
      await field(page, 'Code').fill(code);
      await press(page, 'Continue');
      await isAt(page, '/unlock/done');
      await examine(page, 'unlock-done');
    });
    await told(appliance, person, UNLOCKED);
    assert.equal(await mayEnter(person, PASSWORD), true);
  });

test('"This was not me" puts out of use what was changed', async () => {
  const person = await settle(appliance);
  await browser.visit({}, async (page) => {
    await signIn(page, person);
    await page.goto(at('/account/password'));
    await field(page, 'Current password').fill(OTHER_PASSWORD);
    await typePassword(page, OTHER_PASSWORD);
    await press(page, 'Change password');
    await isTold(page, /not your current password/);
    await examine(page, 'account-password');
    await field(page, 'Current password').fill(PASSWORD);
    await typePassword(page, OTHER_PASSWORD);
    await press(page, 'Change password');
    await page.waitForURL(at('/account?done=password'));
  });
  const notice = await told(appliance, person, SUBJECT.passwordChanged);
  await browser.visit({}, async (page) => {
    await openLink(page, notice);
    await page.getByText('The password of your account was changed.').waitFor();
    await examine(page, 'link-not-me');
    await press(page, 'This was not me');
    await isAt(page, '/not-me/done');
    await examine(page, 'not-me-done');
    await openLink(page, notice);
    await heading(page, 'This link does not work any more');
  });
  assert.equal(await mayEnter(person, OTHER_PASSWORD), false);
});

test('another question is chosen by somebody who is signed in', async () => {
  const person = await settle(appliance);
  await browser.visit({}, async (page) => {
    await signIn(page, person);
    await page.goto(at('/account/question'));
    await examine(page, 'account-question');
    await page.getByLabel('Question', { exact: true }).selectOption('14');
    await field(page, 'Your answer').fill('at a dance');
    await press(page, 'Save');
    await page.waitForURL(at('/account?done=question'));
    await page.goto(at('/factors/question'));
    await examine(page, 'factor-question');
    await page.getByLabel('Question', { exact: true }).selectOption('14');
    await field(page, 'Your answer').fill('at a dance');
    await press(page, 'Save');
    await isTold(page, /something else already/);
  });
  await told(appliance, person, SUBJECT.questionChanged);
});
