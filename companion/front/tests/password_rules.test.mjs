// SPDX-License-Identifier: Apache-2.0
// The rules as the daemon has them: characters are code points of the composed form, and whatever
// is neither letter nor number is a symbol.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compiled } from './compiled.mjs';

const { isMet, usernamePartIn } = await compiled('password_rules');

const met = (kind, password, { least = 0, username = '' } = {}) =>
  isMet({ kind, least }, password, username);

test('length counts code points', () => {
  assert.equal(met('length', 'a'.repeat(11), { least: 12 }), false);
  assert.equal(met('length', 'a'.repeat(12), { least: 12 }), true);
  assert.equal(met('length', '🔑'.repeat(11), { least: 12 }), false);
  assert.equal(met('length', '🔑'.repeat(12), { least: 12 }), true);
});

test('a letter and its accent are one character', () => {
  assert.equal(met('length', 'e\u0301'.repeat(6), { least: 12 }), false);
  assert.equal(met('length', 'e\u0301'.repeat(12), { least: 12 }), true);
});

test('letters of every script count, by their case', () => {
  assert.equal(met('lowercase', 'ABCя'), true);
  assert.equal(met('lowercase', 'ABC1'), false);
  assert.equal(met('uppercase', 'abcÖ'), true);
  assert.equal(met('uppercase', 'abc漢'), false);
});

test('numbers of every script count', () => {
  assert.equal(met('number', 'abc٣'), true);
  assert.equal(met('number', 'abc'), false);
});

test('what is neither letter nor number is a symbol, a space too', () => {
  for (const sign of ['!', ' ', '_', '€', '。', '🔑']) assert.equal(met('symbol', `a1${sign}`), true);
  for (const other of ['a1', 'ä漢', '٣']) assert.equal(met('symbol', other), false);
});

test('no part of the username is in the password', () => {
  const rule = { least: 3, username: 'Anna.Virtanen@firm-7.example' };
  assert.equal(met('username', 'xxVIRTANENxx', rule), false);
  assert.equal(met('username', 'firm-is-fine?', rule), false);
  assert.equal(met('username', 'virtane7', rule), true);
});

test('an empty password does not keep to the rule of the username', () => {
  assert.equal(met('username', '', { least: 3, username: 'anna' }), false);
});

test('short parts do not count', () => {
  assert.equal(usernamePartIn('my xy password', 'xy.smith', 3), '');
  assert.equal(usernamePartIn('my xy password', 'xy.smith', 2), 'xy');
  assert.equal(usernamePartIn('Blacksmith', 'xy.smith', 3), 'smith');
});

test('case is folded beyond ASCII', () => {
  assert.equal(usernamePartIn('STRASSE9', 'straße', 3), 'strasse');
  assert.equal(usernamePartIn('ÅKESSON', 'åkesson', 3), 'åkesson');
});

test('of other rules nothing is said', () => {
  assert.equal(met('common', 'whatever'), undefined);
});
