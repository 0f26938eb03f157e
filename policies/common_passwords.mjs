#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// common_passwords.mjs OUTPUT: writes the list of common passwords of @zxcvbn-ts/language-common
// (from published leaks, MIT) as the C++ table that common_passwords.hpp describes.
import { readFileSync, writeFileSync } from 'node:fs';

const PACKAGE = '@zxcvbn-ts/language-common';
// What is shorter is never found: no policy takes a whole password of less, nor a core of less.
const WHOLE_MIN = 8;
const CORE_MIN = 4;

function load() {
  const file = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
  try {
    const wanted = JSON.parse(file('package.json')).dependencies[PACKAGE];
    const { version } = JSON.parse(file(`node_modules/${PACKAGE}/package.json`));
    if (version !== wanted) throw new Error(`it is ${version} and must be ${wanted}`);
    return JSON.parse(file(`node_modules/${PACKAGE}/src/passwords.json`));
  } catch (error) {
    console.error(`policies: the npm package ${PACKAGE} is not there: ${error.message}`);
    console.error('With the npm registry within reach, run: packaging/install-npm-packages');
    process.exit(1);
  }
}

function canBeFound(word) {
  return word.length >= WHOLE_MIN || (word.length >= CORE_MIN && /^[a-z].*[a-z]$/.test(word));
}

const byLength = new Map();
for (const word of new Set(load())) {
  if (!/^[!-~]+$/.test(word) || word !== word.toLowerCase()) {
    throw new Error(`not what a folded password comes to: ${JSON.stringify(word)}`);
  }
  if (!canBeFound(word)) continue;
  if (!byLength.has(word.length)) byLength.set(word.length, []);
  byLength.get(word.length).push(word);
}
// ASCII alone, so that this order is that of the bytes.
const rows = [...byLength.keys()].sort((a, b) => a - b).map((length) => {
  const lines = byLength.get(length).sort().map((word) => `     ${JSON.stringify(word)}`);
  return `    {${length},\n${lines.join('\n')}},`;
});

writeFileSync(process.argv[2], `// Made by policies/common_passwords.mjs.
#include "policies/common_passwords.hpp"

namespace countersign::policies {
namespace {

constexpr CommonPasswords kLists[] = {
${rows.join('\n')}
};

}  // namespace

std::span<const CommonPasswords> common_passwords() { return kLists; }

}  // namespace countersign::policies
`);
