// SPDX-License-Identifier: Apache-2.0
// A link, a password and a question: how people get into a new account, and back into their own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ANSWER, OTHER_PASSWORD, PASSWORD, settle, SUBJECT, told, Visit } from './accounts.mjs';
import { Appliance, codeIn, ticketIn } from './appliance.mjs';
import { Browser } from './browser.mjs';
import { examine } from './axe.mjs';
import { SUPPORT } from './settings.mjs';

const SEVEN_DAYS = 7 * 86_400;

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
const errors = (page) => page.locator('[data-errors] li');
const isTold = (page, words) => errors(page).filter({ hasText: words }).first().waitFor();

async function openLink(page, mail) {
  await page.goto(at(`/t/${ticketIn(mail)}`));
  await isAt(page, '/link');
}

// By its label, which its button to show it shares.
const field = (page, label) => page.getByLabel(label, { exact: true }).and(page.locator('input'));

async function typePassword(page, password, repeated = password) {
  await field(page, 'New password').fill(password);
  await field(page, 'New password again').fill(repeated);
}

async function chooseQuestion(page) {
  await page.getByLabel('Question', { exact: true }).selectOption('3');
  await field(page, 'Your answer').fill(ANSWER);
}

const mayEnter = async (person, password) => {
  const report = await new Visit(appliance).ask('sign-in',
    { subject: { username: person.username }, password });
  return report.answer === 'ACCEPTED';
};

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    const visit = (body) => browser.visit({ javaScriptEnabled }, body);

    test('a new account gets a password and a question, step by step', async () => {
      const person = await appliance.invite();
      const mail = await appliance.nextMail(person.email, SUBJECT.activate);
      await visit(async (page) => {
        await openLink(page, mail);
        await heading(page, 'Activate your account');
        await page.getByText(person.username).waitFor();
        await examine(page, 'link');
        await press(page, 'Activate my account');
        await isAt(page, '/activate/password');
        await examine(page, 'activate-password');
        await typePassword(page, PASSWORD);
        await press(page, 'Continue');
        await isAt(page, '/activate/question');
        await examine(page, 'activate-question');
        await chooseQuestion(page);
        await press(page, 'Continue');
        await isAt(page, '/activate/phone');
        // What was done is not asked for again.
        await page.goto(at('/activate/password'));
        await isAt(page, '/activate/phone');
      });
    });

    test('a password that breaks rules is told each of them, and is not written back', async () => {
      const person = await appliance.invite();
      const mail = await appliance.nextMail(person.email, SUBJECT.activate);
      await visit(async (page) => {
        await openLink(page, mail);
        await press(page, 'Activate my account');
        await typePassword(page, person.username.slice(0, 6), 'another');
        await press(page, 'Continue');
        await errors(page).first().waitFor();
        const told = await errors(page).allTextContents();
        assert.ok(told.includes('Use at least 12 characters.'), told.join());
        assert.ok(told.includes('Add an uppercase letter.'), told.join());
        assert.ok(told.some((text) => text.includes('“robert”')), told.join());
        assert.ok(told.some((text) => text.includes('not the same')), told.join());
        assert.equal(await field(page, 'New password').inputValue(), '');
        await examine(page, 'activate-password-wrong');
      });
    });

    test('an answer that gives nothing away is refused with the reason', async () => {
      const person = await appliance.invite();
      const mail = await appliance.nextMail(person.email, SUBJECT.activate);
      await visit(async (page) => {
        await openLink(page, mail);
        await press(page, 'Activate my account');
        await typePassword(page, PASSWORD);
        await press(page, 'Continue');
        await page.getByLabel('Question', { exact: true }).selectOption('own');
        await page.getByLabel('Your own question').fill('Which boat sank in the harbour?');
        for (const [answer, reason] of [['abc', /at least/], ['the HARBOUR', /stands in the/],
          [person.username, /username/], [PASSWORD, /must not be your password/]]) {
          await field(page, 'Your answer').fill(answer);
          await press(page, 'Continue');
          await isTold(page, reason);
          assert.equal(await page.getByLabel('Your own question').inputValue(),
            'Which boat sank in the harbour?');
        }
        await examine(page, 'activate-question-wrong');
        await field(page, 'Your answer').fill('the little ferry');
        await press(page, 'Continue');
        await isAt(page, '/activate/phone');
      });
    });

    test('an expired link leads to a new one, which works', async () => {
      const person = await appliance.invite();
      const old = await appliance.nextMail(person.email, SUBJECT.activate);
      await appliance.passTime(SEVEN_DAYS);
      await visit(async (page) => {
        await openLink(page, old);
        await heading(page, 'Token expired');
        await page.getByText(SUPPORT).first().waitFor();
        await examine(page, 'link-expired');
        await press(page, 'Request a new token');
        await isAt(page, '/link/sent');
        await examine(page, 'link-sent');
        const mail = await appliance.nextMail(person.email, SUBJECT.activate);
        await openLink(page, mail);
        await press(page, 'Activate my account');
        await isAt(page, '/activate/password');
        await openLink(page, old);
        await heading(page, 'Token expired');
      });
    });

    test('closed after the password, it is resumed with link and password', async () => {
      const person = await appliance.invite();
      const mail = await appliance.nextMail(person.email, SUBJECT.activate);
      await visit(async (page) => {
        await openLink(page, mail);
        await press(page, 'Activate my account');
        await typePassword(page, PASSWORD);
        await press(page, 'Continue');
      });
      await visit(async (page) => {
        await openLink(page, mail);
        await field(page, 'Password').fill(OTHER_PASSWORD);
        await press(page, 'Continue');
        await isTold(page, /not the password/);
        await examine(page, 'link-resumed');
        await field(page, 'Password').fill(PASSWORD);
        await press(page, 'Continue');
        await isAt(page, '/activate/question');
      });
    });

    test('a forgotten password is replaced by a text message and the answer', async () => {
      const person = await settle(appliance, { resetPhone: true });
      await visit(async (page) => {
        await page.goto(at('/sign-in'));
        await page.getByRole('link', { name: 'Forgotten your password?' }).click();
        await examine(page, 'forgotten');
        await page.getByLabel('Username').fill(person.username.toUpperCase());
        await page.getByLabel('A code by text message').check();
        await press(page, 'Continue');
        await isAt(page, '/forgotten/code');
        assert.ok(!page.url().includes(person.username));
        await examine(page, 'forgotten-code');
        const code = codeIn(await appliance.nextSms(person.phone, /new password/));
        await page.getByLabel('Code').fill('00000000');
        await press(page, 'Continue');
        await isTold(page, /not right, or too old/);
        await page.getByLabel('Code').fill(code);
        await press(page, 'Continue');
        await isAt(page, '/reset/question');
        await examine(page, 'reset-question');
        await page.goto(at('/reset/password'));
        await isAt(page, '/reset/question');
        await field(page, 'Your answer').fill('for running');
        await press(page, 'Continue');
        await isTold(page, /not the answer/);
        await field(page, 'Your answer').fill(ANSWER);
        await press(page, 'Continue');
        await isAt(page, '/reset/password');
        await typePassword(page, OTHER_PASSWORD);
        await press(page, 'Save the new password');
        await isAt(page, '/reset/done');
        await examine(page, 'reset-done');
      });
      await told(appliance, person, SUBJECT.passwordChanged);
      assert.equal(await mayEnter(person, PASSWORD), false);
      assert.equal(await mayEnter(person, OTHER_PASSWORD), true);
    });
  });
}
