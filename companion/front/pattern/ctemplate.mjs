// SPDX-License-Identifier: Apache-2.0
// As much of ctemplate as the parts of pages use: {{NAME}}, {{#SECTION}}...{{/SECTION}}, {{>PART}},
// {{! comment }}, and the companion's own [[word]].
//
// Values are an object: a text for {{NAME}}; true, an object or a list of objects for a section;
// {part: 'field', ...} for {{>NAME}}. As in ctemplate, sections know the names around them, parts
// only their own, and what is in `everywhere`.
import { readFileSync } from 'node:fs';

const TOKEN = /\{\{([#/>]?)([A-Z_]+)\}\}|\{\{![\s\S]*?\}\}\n?|\[\[([\w.]+)\]\]/g;
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
}

// The text as a tree: strings, {name}, {word}, {part}, {section, inside}.
function parse(text) {
  const root = [];
  const open = [{ name: '', inside: root }];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, kind, name, word] = match;
    const { inside } = open[open.length - 1];
    inside.push(text.slice(at, match.index));
    at = match.index + whole.length;
    if (word) inside.push({ word });
    else if (kind === '#') {
      const section = { section: name, inside: [] };
      inside.push(section);
      open.push({ name, inside: section.inside });
    } else if (kind === '/') {
      if (open.pop().name !== name) throw new Error(`{{/${name}}} closes another section`);
    } else if (kind === '>') inside.push({ part: name });
    else if (name) inside.push({ name });
  }
  if (open.length !== 1) throw new Error(`{{#${open.pop().name}}} is not closed`);
  root.push(text.slice(at));
  return root;
}

export class Pages {
  constructor(folder, words, everywhere) {
    this.folder = folder;
    this.words = words;
    this.everywhere = everywhere;
  }

  // A page's own text with these values.
  render(text, values) {
    return this.expand(parse(text), [this.everywhere, values]);
  }

  expand(nodes, scopes) {
    const texts = nodes.map((node) => (typeof node === 'string' ? node : this.node(node, scopes)));
    return texts.join('');
  }

  node(node, scopes) {
    const of = (name) => scopes.findLast((scope) => Object.hasOwn(scope, name))?.[name];
    if (node.word) return this.word(node.word);
    if (node.name) return escaped(of(node.name) ?? '');
    const own = scopes[scopes.length - 1];
    const shown = [(node.part ? own[node.part] : of(node.section)) ?? []].flat();
    return shown.filter(Boolean).map((values) => {
      if (node.section) return this.expand(node.inside, [...scopes, values === true ? {} : values]);
      const text = readFileSync(`${this.folder}/part_${values.part}.html`, 'utf8');
      return this.render(text, values);
    }).join('');
  }

  word(key) {
    const text = this.words[key];
    if (text === undefined) throw new Error(`no word for ${key}`);
    return escaped(text);
  }
}
