// SPDX-License-Identifier: Apache-2.0
// Without a mouse: Tab, Enter and letters are enough, and the focus is always somewhere to be seen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ANSWER, freshCode, OTHER_PASSWORD, PASSWORD, settle, SUBJECT } from './accounts.mjs';
import { Appliance, ticketIn } from './appliance.mjs';
import { totp } from './authenticator.mjs';
import { Browser, tabTo } from './browser.mjs';
import { heading, isAt } from './walk.mjs';

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

/** What has the focus can be seen, and so can that it has it. */
async function isSeen(page) {
  const [width, outline] = await page.evaluate(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    return [element.getBoundingClientRect().width,
      style.outlineStyle !== 'none' || style.boxShadow !== 'none'];
  });
  assert.ok(width > 0 && outline, `the focus is not to be seen on ${page.url()}`);
}

// The whole name, unless a pattern says otherwise.
const whole = (name) => (name instanceof RegExp ? name : new RegExp(`^${name}$`));

async function type(page, label, text) {
  await tabTo(page, 'textbox', whole(label));
  await isSeen(page);
  await page.keyboard.type(text);
}

async function press(page, role, name) {
  await tabTo(page, role, whole(name));
  await isSeen(page);
  await page.keyboard.press('Enter');
}

async function signIn(page, person) {
  await page.goto(`${appliance.origin}/sign-in`);
  await type(page, 'Username', person.username);
  await type(page, 'Password', person.password);
  await page.keyboard.press('Enter');
  await heading(page, 'One more step');
  await type(page, 'Code', await freshCode(appliance, person));
  await page.keyboard.press('Enter');
  await heading(page, 'Account settings');
}

test('somebody signs in, changes their name and signs out', async () => {
  const person = await settle(appliance);
  await browser.visit({}, async (page) => {
    await signIn(page, person);
    await press(page, 'link', /^Edit/);
    await heading(page, 'Personal information');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1',
      'a second tap of a YubiKey must not end up in a name');
    await tabTo(page, 'textbox', 'First name');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Roberta');
    await press(page, 'button', 'Save');
    await page.getByRole('status').getByText('has been saved').waitFor();
    await page.getByText('Roberta', { exact: true }).waitFor();
    await press(page, 'button', /^Sign out/);
    await heading(page, 'You are signed out');
  });
});

test('somebody changes their password, and is told what is wrong with it', async () => {
  const person = await settle(appliance);
  await browser.visit({}, async (page) => {
    await signIn(page, person);
    await press(page, 'link', /^Change Password/);
    await heading(page, 'Change your password');
    await type(page, 'Current password', person.password);
    await type(page, 'New password', 'short');
    await type(page, 'New password again', 'short');
    await page.keyboard.press('Enter');
    const errors = page.locator('[data-errors]');
    await errors.waitFor();
    assert.ok(await errors.evaluate((box) => box.contains(document.activeElement)),
      'the focus is at what is wrong');
    await type(page, 'Current password', person.password);
    await type(page, 'New password', OTHER_PASSWORD);
    await type(page, 'New password again', OTHER_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Your password has been changed').waitFor();
  });
});

test('somebody activates their account with an authenticator app', async () => {
  const person = await appliance.invite({ name: 'keys' });
  const mail = await appliance.nextMail(person.email, SUBJECT.activate);
  await browser.visit({}, async (page) => {
    await page.goto(`${appliance.origin}/t/${ticketIn(mail)}`);
    await press(page, 'button', 'Activate my account');
    await type(page, 'New password', PASSWORD);
    await type(page, 'New password again', PASSWORD);
    await page.keyboard.press('Enter');
    await tabTo(page, 'combobox', /^Question$/);
    await page.keyboard.press('ArrowDown');
    await type(page, 'Your answer', ANSWER);
    await page.keyboard.press('Enter');
    await press(page, 'link', 'Create my account without a phone');
    await press(page, 'link', /^Set up Google Authenticator/);
    await tabTo(page, 'radio', 'iPhone or iPad');
    await page.keyboard.press('Space');
    await press(page, 'button', 'Continue');
    // What cannot be scanned is typed off the page.
    const key = (await page.locator('.key').textContent()).replaceAll(/\s/g, '');
    await type(page, 'The code that the app shows', await totp(key, appliance.now()));
    await page.keyboard.press('Enter');
    await press(page, 'link', 'Finish');
    await heading(page, 'You are all set');
    isAt(page, '/activated');
  });
});
