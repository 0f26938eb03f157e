// SPDX-License-Identifier: Apache-2.0
// Which country a pasted number belongs to, and which one somebody looks for.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compiled } from './compiled.mjs';

const { splitNumber } = await compiled('calling_code');
const { matching } = await compiled('country_search');

const COUNTRIES = [
  { id: 'AX', code: '358', isMain: false, name: 'Åland Islands (+358)' },
  { id: 'CA', code: '1', isMain: false, name: 'Canada (+1)' },
  { id: 'CI', code: '225', isMain: true, name: 'Côte d’Ivoire (+225)' },
  { id: 'FI', code: '358', isMain: true, name: 'Finland (+358)' },
  { id: 'SE', code: '46', isMain: true, name: 'Sweden (+46)' },
  { id: 'US', code: '1', isMain: true, name: 'United States (+1)' },
];
const split = (typed, chosen = 'SE') => splitNumber(typed, COUNTRIES, chosen);
const ids = (typed) => matching(COUNTRIES, typed).map(({ id }) => id);

test('+ and 00 bring the country along', () => {
  assert.deepEqual(split('+358 40 123 4567'), { id: 'FI', rest: '40 123 4567' });
  assert.deepEqual(split('00358401234567'), { id: 'FI', rest: '401234567' });
  assert.deepEqual(split(' 00 1 202-555-0143 '), { id: 'US', rest: '202-555-0143' });
  assert.deepEqual(split('(+46) 70 123 45 67', 'FI'), { id: 'SE', rest: '70 123 45 67' });
});

test('digits of other scripts and full-width signs are digits', () => {
  assert.deepEqual(split('＋３５８ ４０'), { id: 'FI', rest: '40' });
});

test('a country that shares the code keeps it', () => {
  assert.deepEqual(split('+1 416 555 0143', 'CA'), { id: 'CA', rest: '416 555 0143' });
  assert.deepEqual(split('+358 18 12345', 'AX'), { id: 'AX', rest: '18 12345' });
});

test('a number as it is dialled at home stays', () => {
  for (const typed of ['040 123 4567', '701234567', '', '+', '00', 'call me', '+x 358']) {
    assert.equal(split(typed), undefined);
  }
});

test('a code that nobody has stays', () => {
  assert.equal(split('+999 123'), undefined);
});

test('names are found without accents and by any of their words', () => {
  assert.deepEqual(ids('aland'), ['AX']);
  assert.deepEqual(ids('cote'), ['CI']);
  assert.deepEqual(ids('STATES'), ['US']);
  assert.deepEqual(ids('tates'), []);
});

test('those that begin with it come first, and what has it as its letters before all', () => {
  assert.deepEqual(ids('i'), ['AX', 'CI']);
  assert.deepEqual(ids('fi'), ['FI']);
  assert.deepEqual(ids('s'), ['SE', 'US']);
});

test('calling codes are found, with + and without', () => {
  assert.deepEqual(ids('+35'), ['AX', 'FI']);
  assert.deepEqual(ids('1'), ['CA', 'US']);
});

test('nothing typed is everything', () => {
  assert.equal(ids('  ').length, COUNTRIES.length);
});
