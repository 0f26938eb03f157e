#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// numbering_plans.mjs OUTPUT: writes the numbering plans of libphonenumber-js (Google's metadata,
// with every type of number) as the C++ table that numbering_plan.hpp describes.
//
// The package's metadata is a compressed array, and its layout is its own affair: everything is
// read through the package's class Metadata.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

// In the order in which they are tried; PhoneType in phone.hpp has the same.
const TYPES = ['FIXED_LINE', 'MOBILE', 'PREMIUM_RATE', 'TOLL_FREE', 'SHARED_COST', 'VOIP',
  'PERSONAL_NUMBER', 'PAGER', 'UAN', 'VOICEMAIL'];

function load() {
  const wanted = require('./package.json').dependencies['libphonenumber-js'];
  let core;
  let data;
  try {
    // The package exports no package.json; its folder is known all the same.
    const folder = new URL('node_modules/libphonenumber-js/package.json', import.meta.url);
    const version = JSON.parse(readFileSync(folder, 'utf8')).version;
    if (version !== wanted) throw new Error(`it is ${version} and must be ${wanted}`);
    core = require('libphonenumber-js/core');
    data = require('libphonenumber-js/max/metadata');
  } catch (error) {
    console.error(`address: the npm package libphonenumber-js is not there: ${error.message}`);
    console.error('With the npm registry within reach, run: packaging/install-npm-packages');
    process.exit(1);
  }
  return { data, metadata: new core.Metadata(data) };
}

const patterns = new Map([['', 0]]); // text → id; 0 is none

function patternId(text) {
  if (!text) return 0;
  if (!/^[\x20-\x7e]+$/.test(text)) throw new Error(`not printable ASCII: ${text}`);
  if (/\(\?[^:]/.test(text)) throw new Error(`RE2 knows no look-around: ${text}`);
  if (!patterns.has(text)) patterns.set(text, patterns.size);
  return patterns.get(text);
}

// Bit n: a number of n digits is possible.
function lengthBits(lengths) {
  return lengths.reduce((bits, length) => bits | (1 << length), 0);
}

function typeRule(plan, name) {
  let type = plan.type(name);
  const fixed = plan.type('FIXED_LINE');
  // A plan that does not tell mobile numbers from fixed ones gives no pattern for them.
  if (name === 'MOBILE' && fixed?.pattern() && !type?.pattern()) type = fixed;
  if (!type?.pattern()) return '{}';
  return `{${patternId(type.pattern())}, ${lengthBits(type.possibleLengths())}}`;
}

function planRow(plan, country) {
  const rewrite = (plan.nationalPrefixTransformRule() || '').replace(/\$(\d)/g, '\\$1');
  return `    {${JSON.stringify(country)}, "${plan.callingCode()}", ${JSON.stringify(rewrite)},
     ${lengthBits(plan.possibleLengths())}, ${patternId(plan.nationalNumberPattern())}, ` +
    `${patternId(plan.IDDPrefix())}, ${patternId(plan.nationalPrefixForParsing())}, ` +
    `${patternId(plan.leadingDigits())},
     {{${TYPES.map((name) => typeRule(plan, name)).join(', ')}}}},`;
}

const { data, metadata } = load();
const rows = [];
// By calling code, and within one in the package's order: the first is the code's main plan.
const codes = [...Object.keys(data.country_calling_codes), ...Object.keys(data.nonGeographic)];
for (const code of [...new Set(codes)].sort()) {
  const countries = data.country_calling_codes[code];
  for (const country of countries ?? ['']) {
    metadata.selectNumberingPlan(country || code);
    rows.push(planRow(metadata.numberingPlan, country));
  }
}
const texts = [...patterns.keys()].map((text) => `    ${JSON.stringify(text)},`);

writeFileSync(process.argv[2], `// Made by address/numbering_plans.mjs.
#include "address/numbering_plan.hpp"

namespace countersign::address {
namespace {

constexpr std::string_view kPatterns[] = {
${texts.join('\n')}
};

constexpr NumberingPlan kPlans[] = {
${rows.join('\n')}
};

}  // namespace

std::span<const std::string_view> pattern_texts() { return kPatterns; }
std::span<const NumberingPlan> numbering_plans() { return kPlans; }

}  // namespace countersign::address
`);
