// SPDX-License-Identifier: Apache-2.0
// The ways through the pages that many tests begin with.
import assert from 'node:assert/strict';

import { ANSWER, freshCode, PASSWORD, SUBJECT } from './accounts.mjs';
import { ticketIn } from './appliance.mjs';

export const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
export const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
export const isAt = (page, path) => assert.equal(new URL(page.url()).pathname, path);
export const errors = (page) => page.locator('[data-errors] li').allTextContents();
/** Sends the page's form as it stands, also where the browser itself would object to it. */
export async function submit(page) {
  await page.locator('main form').first().evaluate((form) => { form.noValidate = true; });
  await page.locator('main form').first().locator('button.button').first().click();
}
/** What the page says is wrong; waits for it to say so. */
export async function wrong(page) {
  await page.locator('[data-errors] li').first().waitFor();
  return errors(page);
}
/** The input itself, and not the button beside it that shows what is typed. */
export const field = (page, label) =>
  page.getByLabel(label, { exact: true }).and(page.locator('input, select'));
export const setUp = (page, name) =>
  page.getByRole('link', { name: new RegExp(`^Set up (another )?${name}$`) }).click();

/**
 * By the link in the e-mail, with a password and a question, to the list of factors.
 * `atPhone(page)` takes the step between, which is skipped without it.
 */
export async function toFactors(appliance, page, person, atPhone) {
  const mail = await appliance.nextMail(person.email, SUBJECT.activate);
  await page.goto(`${appliance.origin}/t/${ticketIn(mail)}`);
  await press(page, 'Activate my account');
  await field(page, 'New password').fill(PASSWORD);
  await field(page, 'New password again').fill(PASSWORD);
  await press(page, 'Continue');
  await field(page, 'Question').selectOption('3');
  await field(page, 'Your answer').fill(ANSWER);
  await press(page, 'Continue');
  isAt(page, '/activate/phone');
  if (atPhone) await atPhone(page);
  else await page.getByRole('link', { name: 'Create my account without a phone' }).click();
  isAt(page, '/factors');
}

/** Signs in with password and authenticator on the way to a page, and proves both where asked. */
export async function signInTo(appliance, page, person, path) {
  await page.goto(`${appliance.origin}/sign-in?next=${path}`);
  await field(page, 'Username').fill(person.username);
  await field(page, 'Password').fill(person.password);
  await press(page, 'Sign in');
  await field(page, 'Code').fill(await freshCode(appliance, person));
  await press(page, 'Continue');
  isAt(page, path);
}
