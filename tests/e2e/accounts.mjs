// SPDX-License-Identifier: Apache-2.0
// People who have come some way already, for tests of what comes later: they went it over
// enroll.sock, as the companion would for them, without a browser.
import assert from 'node:assert/strict';

import { codeIn, ticketIn } from './appliance.mjs';
import { totp } from './authenticator.mjs';
import { importKeys, VirtualYubikey } from './yubikey.mjs';

export const PASSWORD = 'Correct-Horse-42-Battery';
export const OTHER_PASSWORD = 'Staple-Horse-43-Battery';
export const STOCK_QUESTION = 3;
export const ANSWER = 'for swimming';
export const FACTOR_QUESTION = 'Which boat sank in the harbour?';
export const FACTOR_ANSWER = 'the little ferry';
const TOTP_PERIOD = 30;

/** What was said to whom, in the subjects of mails. */
export const SUBJECT = {
  activate: /^Activate your account/,
  reset: /Choose a new password/,
  confirm: /Confirm this e-mail address/,
  factorAdded: /a new way to sign in was added/,
  factorRemoved: /a way to sign in was removed/,
  passwordChanged: /your password was changed/,
  questionChanged: /your secret question was changed/,
  addressChanged: /where your account reaches you was changed/,
  codesMade: /new recovery codes were made/,
};

/** One person's visit at the daemon: the session that an answer brings is asked with next. */
export class Visit {
  session = undefined;

  constructor(appliance) {
    this.appliance = appliance;
  }

  async ask(operation, question = {}) {
    const answer = await this.appliance.enroll(operation, question, this.session);
    this.session = answer.session || answer.verdict?.session || this.session;
    return answer;
  }

  /** The same of whatever has a verdict, which must be a yes. */
  async must(operation, question) {
    const answer = await this.ask(operation, question);
    const verdict = answer.verdict ?? answer;
    assert.equal(verdict.answer, 'ACCEPTED', `${operation}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async signIn(person) {
    await this.must('sign-in', { subject: { username: person.username },
      password: person.password });
    await this.must('prove-factor', { passcode: await freshCode(this.appliance, person) });
    return this;
  }
}

/** A code of this person's authenticator that was never used: waits for it, if need be. */
export async function freshCode(appliance, person) {
  const { authenticator } = person;
  const step = () => Math.floor(appliance.now() / TOTP_PERIOD);
  if (step() <= (authenticator.lastStep ?? 0)) {
    await appliance.passTime((authenticator.lastStep + 1) * TOTP_PERIOD - appliance.now());
  }
  authenticator.lastStep = step();
  return totp(authenticator.uri, appliance.now());
}

/** A code that is wrong, whatever o'clock it is to the daemon. */
export async function wrongCode(appliance, person) {
  const right = new Set();
  for (let step = -3; step <= 3; ++step) {
    right.add(await totp(person.authenticator.uri, appliance.now() + step * TOTP_PERIOD));
  }
  let wrong = 100_000;
  while (right.has(`${wrong}`)) ++wrong;
  return `${wrong}`;
}

/** The e-mail is opened and a session begun; nothing is set yet. */
export async function openInvitation(appliance, person) {
  const visit = new Visit(appliance);
  const mail = await appliance.nextMail(person.email, SUBJECT.activate);
  await visit.must('open-ticket', { ticket: ticketIn(mail) });
  return visit;
}

// Confirms what is sent to: a factor, or a contact.
async function confirmDestination(appliance, person, visit, kind, destination) {
  const answer = await visit.ask('enrol-out-of-band', { kind, destination });
  const id = (answer.factor ?? answer).id;
  const isPhone = destination.startsWith('+');
  const challenge = await visit.ask('start-challenge', { kind: isPhone ? 'SMS' : 'EMAIL',
    purpose: 'CONFIRMATION', factor_id: id });
  assert.equal(challenge.delivery?.outcome, 'ACCEPTED_FOR_DELIVERY', JSON.stringify(challenge));
  const text = isPhone ? await appliance.nextSms(destination)
    : (await appliance.nextMail(destination, SUBJECT.confirm)).text;
  await visit.must('answer-challenge', { challenge_id: challenge.challengeId,
    passcode: codeIn(text), purpose: 'CONFIRMATION' });
}

const SET_UP = {
  async totp(appliance, person, visit) {
    const { factor, otpauthUri } = await visit.ask('enrol-oath', { kind: 'TOTP' });
    person.authenticator = { id: factor.id, uri: otpauthUri };
    await visit.must('confirm-factor', { factor_id: factor.id,
      passcode: await freshCode(appliance, person) });
  },
  sms: (appliance, person, visit) =>
    confirmDestination(appliance, person, visit, 'SMS', person.phone),
  email: (appliance, person, visit) =>
    confirmDestination(appliance, person, visit, 'EMAIL', person.email),
  async yubikey(appliance, person, visit) {
    person.yubikey = new VirtualYubikey();
    await importKeys(appliance, [person.yubikey]);
    await visit.ask('claim-token', { passcode: person.yubikey.otp(), label: 'Key' });
  },
  async question(appliance, person, visit) {
    await visit.ask('set-question', { factor: true, custom: FACTOR_QUESTION,
      answer: FACTOR_ANSWER });
  },
  async recovery(appliance, person, visit) {
    person.recoveryCodes = (await visit.ask('make-recovery-codes')).codes;
  },
};

const NOTICE = { question: SUBJECT.questionChanged, recovery: SUBJECT.codesMade };

/** The notice of a change, which goes to both addresses: that of the first one. */
export async function told(appliance, person, subject) {
  const mails = await Promise.all([person.email, person.secondary].map((address) =>
    appliance.nextMail(address, subject)));
  return mails[0];
}

/**
 * Somebody with an active account, signed in at `person.visit`. `factors` are set up in this order;
 * the first one makes the account active: totp, sms, email, yubikey; then question, recovery.
 * resetPhone: the number that a forgotten password is reset by is confirmed. Its notices are read.
 */
export async function settle(appliance, { factors = ['totp'], resetPhone = false, ...who } = {}) {
  const person = { ...await appliance.invite(who), password: PASSWORD, answer: ANSWER };
  const visit = await openInvitation(appliance, person);
  const report = await visit.ask('set-password', { new_password: PASSWORD });
  assert.equal(report.set, true, JSON.stringify(report));
  await visit.ask('set-question', { stock_id: STOCK_QUESTION, answer: ANSWER });
  if (resetPhone) {
    await confirmDestination(appliance, person, visit, 'RESET_PHONE', person.phone);
    await told(appliance, person, SUBJECT.addressChanged);
  }
  for (const factor of factors) {
    await SET_UP[factor](appliance, person, visit);
    await told(appliance, person, NOTICE[factor] ?? SUBJECT.factorAdded);
  }
  const { scope } = await visit.ask('get-session');
  assert.equal(scope, 'SCOPE_ACCOUNT');
  person.visit = visit;
  return person;
}
