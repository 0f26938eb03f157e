// SPDX-License-Identifier: Apache-2.0
// A module of the script, for Node: `compiled('once')` imports src/once.ts.
import { buildSync } from 'esbuild';
import { fileURLToPath } from 'node:url';

export async function compiled(name) {
  const file = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  const options = { entryPoints: [file], bundle: true, format: 'esm', write: false };
  const [{ contents }] = buildSync(options).outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(contents).toString('base64')}`);
}
