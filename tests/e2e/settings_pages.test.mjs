// SPDX-License-Identifier: Apache-2.0
// Account settings: every row, with the proof that a change needs; what was changed meanwhile in
// another window; and signing out elsewhere.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { freshCode, PASSWORD, settle, SUBJECT } from './accounts.mjs';
import { Appliance } from './appliance.mjs';
import { examine } from './axe.mjs';
import { Browser, runsScripts } from './browser.mjs';
import { errors, field, heading, isAt, press, signInTo } from './walk.mjs';

const PROOF_LIFETIME = 5 * 60;

let appliance;
let browser;

before(async () => {
  const policy = { 'factors.device': { offer: true } };
  appliance = await Appliance.start({ policy });
  browser = await Browser.start();
});

after(async () => {
  await browser?.stop();
  await appliance?.stop();
});

const at = (path) => appliance.origin + path;

// Pages look the same with scripts and without: they are looked at once.
async function look(page, name) {
  if (runsScripts(page.context())) await examine(page, name);
}

const row = (page, name) => page.locator('.rows > li').filter({ hasText: name });
const follow = (page, name) => page.getByRole('link', { name, exact: true }).click();

/** A code once more, and the password where that is asked for as well. */
async function prove(page, person) {
  await heading(page, 'Is it you?');
  const password = field(page, 'Password');
  if (await password.count() > 0) await password.fill(person.password);
  await field(page, 'Code').fill(await freshCode(appliance, person));
  await press(page, 'Continue');
}

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    const visit = (body) => browser.visit({ javaScriptEnabled: scripts }, body);

    test('every row leads somewhere, and no page is wrong', async () => {
      const person = await settle(appliance, { resetPhone: true });
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account');
        await look(page, 'account');
        for (const [name, path] of [['Change Password', '/account/password'],
          ['Change Question for password reset', '/account/question'],
          ['Change Phone for password reset', '/account/contact/reset-phone'],
          ['Manage Ways to sign in', '/factors'],
          ['Set up Recovery codes', '/account/recovery-codes'],
          ['View Where you are signed in', '/account/sessions'],
          ['View Activity', '/account/activity']]) {
          await page.goto(at('/account'));
          await follow(page, name);
          isAt(page, path);
          await look(page, `account-${path.split('/').pop()}`);
        }
      });
    });

    test('personal information is changed after a proof', async () => {
      const person = await settle(appliance);
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account');
        await appliance.passTime(PROOF_LIFETIME + 1);
        await page.goto(at('/account'));
        assert.doesNotMatch(await page.locator('.facts').textContent(), new RegExp(person.email));
        await follow(page, 'Edit Personal information');
        await prove(page, person);
        isAt(page, '/account/profile');
        await look(page, 'profile');
        await field(page, 'First name').fill('Zoë <b>');
        await press(page, 'Save');
        isAt(page, '/account');
        await page.getByRole('status').filter({ hasText: 'has been saved' }).waitFor();
        const facts = await page.locator('.facts').textContent();
        assert.match(facts, /Zoë <b>/);
        assert.match(facts, new RegExp(person.email));
      });
    });

    test('a form that is out of date says so and keeps what was typed', async () => {
      const person = await settle(appliance);
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account/profile');
        const other = await page.context().newPage();
        await other.goto(at('/account/profile'));
        await field(other, 'Last name').fill('Elsewhere');
        await press(other, 'Save');
        isAt(other, '/account');
        await field(page, 'First name').fill('Here');
        await press(page, 'Save');
        assert.match((await errors(page)).join(), /changed somewhere else/);
        assert.equal(await field(page, 'First name').inputValue(), 'Here');
        await look(page, 'profile-stale');
        await press(page, 'Save');
        isAt(page, '/account');
        assert.match(await page.locator('.facts').textContent(), /Here/);
      });
    });

    test('recovery codes are shown once, and sign their owner in', async () => {
      const person = await settle(appliance);
      let codes;
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account/recovery-codes');
        await press(page, 'Make recovery codes');
        await heading(page, 'Your recovery codes');
        await look(page, 'recovery-codes-made');
        codes = await page.locator('#codes li').allTextContents();
        assert.equal(codes.length, 10);
        assert.equal(await page.getByRole('button', { name: 'Print' }).isVisible(), scripts);
        await follow(page, 'I have saved them');
        await page.getByRole('status').filter({ hasText: 'ready' }).waitFor();
        assert.match(await row(page, 'Recovery codes').textContent(), /10 are left/);
        await appliance.nextMail(person.email, SUBJECT.codesMade);
      });
      await visit(async (page) => {
        await page.goto(at('/sign-in'));
        await field(page, 'Username').fill(person.username);
        await field(page, 'Password').fill(PASSWORD);
        await press(page, 'Sign in');
        await page.getByRole('link', { name: /Recovery codes/ }).click();
        await field(page, 'Code').fill(codes[3]);
        await press(page, 'Continue');
        isAt(page, '/account');
        assert.match(await row(page, 'Recovery codes').textContent(), /9 are left/);
      });
    });

    test('a set that is not the first says what becomes of the other', async () => {
      const person = await settle(appliance, { factors: ['totp', 'recovery'] });
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account/recovery-codes');
        await page.getByText('stop working').waitFor();
        await press(page, 'Make a new set');
        await heading(page, 'Your recovery codes');
      });
    });

    test('codes that were made are not replaced by a form from before', async () => {
      const person = await settle(appliance);
      await visit(async (page, { context }) => {
        await signInTo(appliance, page, person, '/account/recovery-codes');
        const other = await context.newPage();
        await other.goto(at('/account/recovery-codes'));
        await press(other, 'Make recovery codes');
        await heading(other, 'Your recovery codes');
        await press(page, 'Make recovery codes');
        assert.match((await errors(page)).join(), /made already/);
        await look(page, 'recovery-codes-again');
        await press(page, 'Make a new set');
        await heading(page, 'Your recovery codes');
      });
    });

    test('activity tells what was done, and from where', async () => {
      const person = await settle(appliance);
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account/activity');
        const table = await page.locator('table').textContent();
        assert.match(table, /Signed in: Password/);
        assert.match(table, /Signed in: Authenticator app/);
        assert.match(table, /Account activated/);
        assert.match(table, /127\.0\.0\.1/);
        assert.doesNotMatch(table, /Something else/);
      });
    });

    test('a remembered browser needs no code, until it is removed', async () => {
      const person = await settle(appliance);
      const signInAgain = async (page) => {
        await page.getByRole('navigation').getByRole('button').click();
        await page.goto(at('/sign-in?next=/account/sessions'));
        await field(page, 'Username').fill(person.username);
        await field(page, 'Password').fill(person.password);
        await press(page, 'Sign in');
      };
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account/sessions');
        await press(page, 'Remember this browser');
        await page.getByRole('status').filter({ hasText: 'is remembered' }).waitFor();
        await look(page, 'sessions-remembered');
        for (let times = 0; times < 2; ++times) {
          await signInAgain(page);
          isAt(page, '/account/sessions');
          await page.getByText('This browser', { exact: true }).waitFor();
        }
        await page.getByRole('link', { name: /^Remove/ }).click();
        await prove(page, person);
        await press(page, 'Remove');
        isAt(page, '/account/sessions');
        await page.getByRole('button', { name: 'Remember this browser' }).waitFor();
        await signInAgain(page);
        isAt(page, '/sign-in/factor');
      });
    });

    test('another browser is signed out from here', async () => {
      const person = await settle(appliance);
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account');
        await visit(async (other) => {
          await signInTo(appliance, other, person, '/account/sessions');
          await other.getByText('This one').waitFor();
          await press(other, 'Sign out everywhere else');
          await other.getByRole('status').filter({ hasText: 'everywhere else' }).waitFor();
          assert.equal(await other.getByRole('button', { name: /everywhere else/ }).count(), 0);
          await look(other, 'sessions-alone');
        });
        await page.goto(at('/account'));
        isAt(page, '/sign-in');
      });
    });
  });
}
