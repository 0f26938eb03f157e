// SPDX-License-Identifier: Apache-2.0
// What somebody was doing when they had to prove who they are, or when they had been away for too
// long: nothing that was typed is lost without a word.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { freshCode, OTHER_PASSWORD, settle, SUBJECT } from './accounts.mjs';
import { Appliance, codeIn, ticketIn } from './appliance.mjs';
import { examine } from './axe.mjs';
import { Browser, runsScripts } from './browser.mjs';
import { errors, field, heading, isAt, press, signInTo } from './walk.mjs';

const PROOF_LIFETIME = 5 * 60;
const IDLE = 30 * 60;
const ACTIVATION_LIFETIME = 60 * 60;

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
const notice = (page, words) => page.getByRole('status').filter({ hasText: words }).waitFor();

// Pages look the same with scripts and without: they are looked at once.
async function look(page, name) {
  if (runsScripts(page.context())) await examine(page, name);
}

const MESSAGE = {
  sms: (person) => appliance.nextSms(person.phone),
  email: async (person) => (await appliance.nextMail(person.email, /code/)).text,
};

async function bySentCode(page, person, kind) {
  await page.getByRole('button', { name: /^Send a code to / }).click();
  await field(page, 'Code').fill(codeIn(await MESSAGE[kind](person)));
  await press(page, 'Continue');
}

async function signInBy(page, person, kind, path) {
  await appliance.passTime(PROOF_LIFETIME);
  await page.goto(at(`/sign-in?next=${path}`));
  await field(page, 'Username').fill(person.username);
  await field(page, 'Password').fill(person.password);
  await press(page, 'Sign in');
  await bySentCode(page, person, kind);
  isAt(page, path);
}

async function proveByCode(page, person) {
  await heading(page, 'Is it you?');
  await field(page, 'Password').fill(person.password);
  await field(page, 'Code').fill(await freshCode(appliance, person));
  await press(page, 'Continue');
}

const factsOf = (page) => page.locator('.facts').textContent();

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    const visit = (body) => browser.visit({ javaScriptEnabled: scripts }, body);

    for (const kind of ['sms', 'email']) {
      test(`whoever has ${kind} alone sees their addresses in full`, async () => {
        const person = await settle(appliance, { factors: [kind] });
        await visit(async (page) => {
          await signInBy(page, person, kind, '/account');
          await appliance.passTime(PROOF_LIFETIME + 1);
          await page.goto(at('/account'));
          assert.ok(!(await factsOf(page)).includes(person.secondary));
          await page.getByRole('link', { name: 'Show in full' }).click();
          await heading(page, 'Is it you?');
          await field(page, 'Password').fill(person.password);
          await bySentCode(page, person, kind);
          isAt(page, '/account');
          assert.ok((await factsOf(page)).includes(person.secondary));
          // Once more is once too much.
          await page.goto(at('/account/prove?next=/account/activity'));
          isAt(page, '/account/activity');
        });
      });
    }

    test('an edit waits until it is proven, by a second way and a wrong code', async () => {
      const person = await settle(appliance, { factors: ['totp', 'sms'] });
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account/profile');
        await appliance.passTime(PROOF_LIFETIME + 1);
        await field(page, 'First name').fill('Zoë <b>');
        await press(page, 'Save');
        await heading(page, 'Is it you?');
        await field(page, 'Password').fill('not it');
        await field(page, 'Code').fill('123456');
        await press(page, 'Continue');
        assert.match((await errors(page)).join(), /not your password/);
        await field(page, 'Password').fill(person.password);
        await page.getByRole('button', { name: /^Text message/ }).click();
        await page.getByRole('button', { name: /^Send a code to / }).click();
        const code = codeIn(await appliance.nextSms(person.phone));
        await field(page, 'Code').fill(code === '123456' ? '654321' : '123456');
        await press(page, 'Continue');
        assert.match((await errors(page)).join(), /not right/);
        await look(page, 'prove-sent-wrong');
        await field(page, 'Code').fill(code);
        await press(page, 'Continue');
        await heading(page, 'Save your change');
        await look(page, 'carry-on');
        await press(page, 'Save now');
        isAt(page, '/account');
        assert.match(await factsOf(page), /Zoë <b>/);
      });
    });

    test('a password is typed again after the proof, and the page says so', async () => {
      const person = await settle(appliance);
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account/password');
        await appliance.passTime(PROOF_LIFETIME + 1);
        const fill = async () => {
          await field(page, 'Current password').fill(person.password);
          await field(page, 'New password').fill(OTHER_PASSWORD);
          await field(page, 'New password again').fill(OTHER_PASSWORD);
          await page.getByRole('button', { name: /^Change (my )?password$/ }).click();
        };
        await fill();
        await proveByCode(page, person);
        isAt(page, '/account/password');
        await notice(page, 'are not kept');
        assert.deepEqual(await errors(page), []);
        await look(page, 'password-retype');
        await fill();
        await notice(page, 'password');
        isAt(page, '/account');
      });
    });

    test('of a question the words are kept, and the answer is typed again', async () => {
      const person = await settle(appliance);
      const own = 'Which boat did we sail “home”?';
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account/question');
        await appliance.passTime(PROOF_LIFETIME + 1);
        await field(page, 'Question').selectOption('own');
        await field(page, 'Your own question').fill(own);
        await field(page, 'Your answer').fill('the yellow one');
        const button = page.locator('main form button.button');
        await button.click();
        await proveByCode(page, person);
        await heading(page, 'Complete your change');
        await look(page, 'carry-on-retype');
        await press(page, 'Back to the form');
        await notice(page, 'are not kept');
        isAt(page, '/account/question');
        assert.equal(await field(page, 'Question').inputValue(), 'own');
        assert.equal(await field(page, 'Your own question').inputValue(), own);
        assert.equal(await field(page, 'Your answer').inputValue(), '');
        await look(page, 'question-retype');
        await field(page, 'Your answer').fill('the yellow one');
        await button.click();
        isAt(page, '/account');
        await notice(page, 'question');
      });
    });

    test('somebody who was away for too long comes back to the page', async () => {
      const person = await settle(appliance);
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account/profile');
        await field(page, 'First name').fill('Zoë');
        await appliance.passTime(IDLE + 1);
        await press(page, 'Save');
        await heading(page, 'This took too long');
        await page.getByText('What you just sent was not saved.').waitFor();
        await look(page, 'session-over');
        await page.getByRole('link', { name: 'Sign in', exact: true }).click();
        await field(page, 'Username').fill(person.username);
        await field(page, 'Password').fill(person.password);
        await press(page, 'Sign in');
        await field(page, 'Code').fill(await freshCode(appliance, person));
        await press(page, 'Continue');
        isAt(page, '/account/profile');
      });
    });

    test('who was too slow to activate goes on where they were, by the same link', async () => {
      const person = await appliance.invite();
      await visit(async (page) => {
        const mail = await appliance.nextMail(person.email, SUBJECT.activate);
        await page.goto(at(`/t/${ticketIn(mail)}`));
        await press(page, 'Activate my account');
        isAt(page, '/activate/password');
        await appliance.passTime(ACTIVATION_LIFETIME + 1);
        await field(page, 'New password').fill(OTHER_PASSWORD);
        await field(page, 'New password again').fill(OTHER_PASSWORD);
        await press(page, 'Continue');
        await heading(page, 'This took too long');
        await page.getByRole('link', { name: 'Go on', exact: true }).click();
        isAt(page, '/link');
        await press(page, 'Activate my account');
        isAt(page, '/activate/password');
      });
    });
  });
}
