#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// parse_phone against the library whose numbering plans it reads: the same verdict, number, type,
// country and reason for every sample, but for the differences that are named here.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

import { random, slip, textOf } from './phone_samples.mjs';

const require = createRequire(new URL('../../address/package.json', import.meta.url));
const library = require('libphonenumber-js/max');
const { Metadata } = require('libphonenumber-js/core');
const plans = require('libphonenumber-js/max/metadata');
const mobileExamples = require('libphonenumber-js/mobile/examples');

const SEED = 20261122;
const SAMPLES_PER_TYPE = 4;
const SLIPPED = 20_000;
const TYPED_BYTES_MAX = 128;
const TYPES = ['FIXED_LINE', 'MOBILE', 'PREMIUM_RATE', 'TOLL_FREE', 'SHARED_COST', 'VOIP',
  'PERSONAL_NUMBER', 'PAGER', 'UAN', 'VOICEMAIL'];
const REFUSED_TYPES = new Map(TYPES.filter((type) => type !== 'MOBILE')
  .map((type) => [type, `phone.${type.toLowerCase()}`])).set('PREMIUM_RATE', 'phone.premium');

const seen = new Map(); // what was answered, or which difference was met → how often
const count = (name) => seen.set(name, (seen.get(name) ?? 0) + 1);

// What Countersign reads and the library does not: each is changed for the library.
const READ_BY_US = [
  ['pasted marks and tabs', /[\t\u200e\u200f\u202a-\u202d\u2066-\u2069]/g, ''],
  ['a full-width plus sign', /\uff0b/g, '+'],
  ['brackets around the plus sign', /^[ \-./()[\]\u00a0\u2013\u3000]+(?=\+)/, ''],
];

// What the library reads and Countersign refuses as no number.
const READ_BY_THE_LIBRARY = [
  ['a tel: URI or its parameters', /tel:|;/],
  ['a tilde', /~/],
  ['an extension', /[x#,]/i],
];

function parse(text, country) {
  try {
    const options = { extract: false, ...(country && { defaultCountry: country }) };
    return { number: library.parsePhoneNumberWithError(text, options) };
  } catch (error) {
    if (!(error instanceof library.ParseError)) throw error;
    return { failure: error.message };
  }
}

function reasonOfFailure(failure, text, country) {
  switch (failure) {
    case 'INVALID_COUNTRY':
      return country || text.startsWith('+') ? 'phone.calling_code' : 'phone.no_country';
    case 'NOT_A_NUMBER':
      return 'phone.not_a_number';
    default:
      return `phone.${failure.toLowerCase()}`;
  }
}

function reasonOfInvalidity(number) {
  const plan = new Metadata(plans);
  plan.selectNumberingPlan(number.country ?? number.countryCallingCode);
  const lengths = plan.numberingPlan.possibleLengths();
  if (number.nationalNumber.length < lengths[0]) return 'phone.too_short';
  return number.nationalNumber.length > lengths.at(-1) ? 'phone.too_long' : 'phone.invalid';
}

function expected(country, typed) {
  if (country && !library.isSupportedCountry(country)) return 'phone.country';
  if (Buffer.byteLength(typed) > TYPED_BYTES_MAX) return 'phone.too_long';
  let text = typed;
  for (const [name, pattern, replacement] of READ_BY_US) {
    const changed = text.replace(pattern, replacement);
    if (changed !== text) count(name);
    text = changed;
  }
  const { number, failure } = parse(text, country);
  for (const [name, pattern] of READ_BY_THE_LIBRARY) {
    if (!pattern.test(text)) continue;
    count(name);
    return 'phone.not_a_number';
  }
  if (failure) return reasonOfFailure(failure, text, country);
  const type = number.getType();
  if (!number.isValid()) return reasonOfInvalidity(number);
  return REFUSED_TYPES.get(type) ?? `${number.number} ${type} ${number.country ?? '-'}`;
}

// A text of one or two digits among other characters is no number to the library and too short a
// one to us: both refuse it.
function isTheSame(wanted, got, typed) {
  if (wanted === got) return true;
  const digits = typed.match(/[\d\uff10-\uff19\u0660-\u0669]/g)?.length ?? 0;
  const isTiny = digits < 3 && wanted.startsWith('phone.') && got.startsWith('phone.');
  if (isTiny) count('fewer than three digits');
  return isTiny;
}

function* wellFormed(pick) {
  yield* Object.entries(mobileExamples);
  const metadata = new Metadata(plans);
  for (const name of [...Object.keys(plans.countries), ...Object.keys(plans.nonGeographic)]) {
    metadata.selectNumberingPlan(name);
    const plan = metadata.numberingPlan;
    const country = /^\d/.test(name) ? '' : name;
    for (const type of TYPES) {
      const pattern = plan.type(type)?.pattern();
      for (let sample = 0; pattern && sample < SAMPLES_PER_TYPE; ++sample) {
        const national = textOf(pattern, pick);
        yield* spellings(country, plan.callingCode(), national);
      }
    }
  }
}

function* spellings(country, code, national) {
  const number = new library.PhoneNumber(country || code, national, plans);
  yield ['', `+${code}${national}`];
  yield ['', number.formatInternational()];
  yield ['FI', `00 ${code} ${national}`];
  if (!country) return;
  yield [country, number.formatNational()];
  yield [country, national];
  // Without the plus sign, at home and in each country with the same calling code.
  for (const home of plans.country_calling_codes[code].slice(0, 4)) {
    yield [home, `${code} ${national}`];
    yield [home, `${code}${national.slice(0, 2)}${national}`];
  }
}

function samples() {
  const pick = random(SEED);
  const all = [...wellFormed(pick)];
  const countries = ['', 'XX', ...Object.keys(plans.countries)];
  const originals = all.length;
  for (let made = 0; made < SLIPPED; ++made) {
    let [country, typed] = all[pick(originals)];
    for (let slips = 1 + pick(3); slips > 0; --slips) typed = slip(typed, pick);
    if (pick(4) === 0) country = countries[pick(countries.length)];
    all.push([country, typed]);
  }
  return all;
}

const all = samples();
const input = all.map(([country, typed]) => `${country}\t${typed}\n`).join('');
const output = execFileSync(`${process.env.CS_BIN}/phone_verdicts`,
  { input, encoding: 'utf8', maxBuffer: 1 << 28 });
const answers = output.trimEnd().split('\n');
const differing = all.flatMap(([country, typed], index) => {
  const wanted = expected(country, typed);
  const got = answers[index] ?? 'no answer';
  count(got.startsWith('phone.') ? got : got.split(' ')[1]);
  return isTheSame(wanted, got, typed) ? [] : [{ country, typed, wanted, got }];
});

for (const [name, times] of [...seen].sort()) console.log(`${name}: ${times}`);
console.log(`${all.length} samples, ${answers.length} answers, ${differing.length} differ`);
for (const one of differing.slice(0, 20)) console.error(JSON.stringify(one));
// Each verdict and each difference has been met, or this shows less than it says.
const unmet = ['MOBILE', 'FIXED_LINE_OR_MOBILE', ...REFUSED_TYPES.values(), 'phone.country',
  'phone.no_country', 'phone.calling_code', 'phone.invalid', 'phone.too_short', 'phone.too_long',
  'phone.not_a_number', 'fewer than three digits', ...READ_BY_US.map(([name]) => name),
  ...READ_BY_THE_LIBRARY.map(([name]) => name)]
  .filter((name) => !seen.has(name));
for (const name of unmet) console.error(`never met: ${name}`);
process.exit(differing.length + unmet.length === 0 && answers.length === all.length ? 0 : 1);
