// SPDX-License-Identifier: Apache-2.0
// Every route of the companion, as its pages declare them: a new one cannot be forgotten.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGES = fileURLToPath(new URL('../../companion/pages/', import.meta.url));
const ROUTE = /Method::(get|post), +(?:"([^"]+)"|(\w+)), +Access::(\w+)/g;
const FEWEST = 20;

/** [{path, access}] of "get" or "post"; {id} stands in a path where a number or a word does. */
export function routes(method) {
  const files = readdirSync(PAGES).map((name) => [name, readFileSync(PAGES + name, 'utf8')]);
  const headers = files.filter(([name]) => name.endsWith('.hpp')).map(([, text]) => text).join('');
  const found = [];
  for (const [name, text] of files) {
    if (!name.endsWith('.cpp')) continue;
    for (const [, its, path, constant, access] of text.matchAll(ROUTE)) {
      const named = constant &&
        new RegExp(`${constant} =\\s+"([^"]+)"`).exec(text + headers)?.[1];
      assert.ok(path || named, `${name}: what is ${constant}?`);
      if (its === method) found.push({ path: path || named, access });
    }
  }
  assert.ok(found.length >= FEWEST, `${found.length} routes found`);
  return found;
}
