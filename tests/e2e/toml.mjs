// SPDX-License-Identifier: Apache-2.0
// Settings as TOML: {"": {key: value}, table: {key: value}, tables: [{key: value}, ...]}.
//
// A test names the keys that it cares about; all others keep what stands in the harness's own.

/** The tables of both; where both have a key, the second one's. A list takes another's place. */
export function merged(base, changes = {}) {
  const all = { ...base };
  for (const [name, table] of Object.entries(changes)) {
    all[name] = Array.isArray(table) ? table : { ...all[name], ...table };
  }
  return all;
}

const keys = (table) => Object.entries(table)
  .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join('');

/** As text. A key without a table has to come before every table. */
export function toml({ '': top = {}, ...tables }) {
  const parts = [keys(top)];
  for (const [name, table] of Object.entries(tables)) {
    if (Array.isArray(table)) {
      for (const each of table) parts.push(`[[${name}]]\n${keys(each)}`);
    } else {
      parts.push(`[${name}]\n${keys(table)}`);
    }
  }
  return parts.join('\n');
}
