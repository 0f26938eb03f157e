#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// build.mjs OUTPUT_DIR: checks the types, and writes app.js (one script, nothing that a strict
// content security policy forbids) and style.css there, both small. The same input gives the same
// bytes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
// What people have: two years and more of each browser.
const BROWSERS = ['chrome111', 'edge111', 'firefox113', 'safari16.4'];

function missing(reason) {
  console.error(`companion/front: the npm packages are not there: ${reason}`);
  console.error('With the npm registry within reach, run: packaging/install-npm-packages');
  process.exit(1);
}

async function load() {
  const wanted = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8')).devDependencies;
  try {
    for (const [name, version] of Object.entries(wanted)) {
      const file = join(FOLDER, 'node_modules', name, 'package.json');
      const found = JSON.parse(readFileSync(file, 'utf8')).version;
      if (found !== version) throw new Error(`${name} is ${found} and must be ${version}`);
    }
    return await import('esbuild');
  } catch (error) {
    return missing(error.message);
  }
}

function checkTypes() {
  const compiler = join(FOLDER, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '--project', FOLDER],
    { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

const [output] = process.argv.slice(2);
if (!output) {
  console.error('usage: build.mjs OUTPUT_DIR');
  process.exit(2);
}
const { build } = await load();
checkTypes();
mkdirSync(output, { recursive: true });
await build({
  absWorkingDir: FOLDER,
  entryPoints: { app: 'src/app.ts', style: 'style/all.css' },
  outdir: resolve(output),
  bundle: true,
  minify: true,
  format: 'iife',
  charset: 'utf8',
  target: BROWSERS,
  legalComments: 'none',
  logLevel: 'warning',
});
