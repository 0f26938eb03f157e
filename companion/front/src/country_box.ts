// SPDX-License-Identifier: Apache-2.0
// A select of countries as a combobox: typing filters. The select stays in the form, unseen, and
// keeps the choice; label, hints and links go to the combobox, which takes over its id. https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
import { announcerAfter, filled } from './announcer';
import { matching, type Named } from './country_search';

interface Choice extends Named {
  line: HTMLLIElement;
}

export class CountryBox {
  private readonly input = document.createElement('input');
  private readonly list = document.createElement('ul');
  private readonly choices: Choice[];
  private shown: Choice[] = [];
  private active = -1;
  private isSearching = false; // something was typed that is no choice yet
  private readonly announce: (text: string) => void;

  // The words come from the select: data-found="{count} found", data-none="None found".
  constructor(private readonly select: HTMLSelectElement) {
    this.choices = [...select.options].map((option, index) => this.choiceOf(option, index));
    this.buildList();
    this.buildInput();
    select.hidden = true;
    select.after(this.input, this.list);
    this.announce = announcerAfter(this.list);
    this.listen();
    this.showChosen();
  }

  // What the field says when nobody is searching.
  showChosen(): void {
    this.input.value = this.select.selectedOptions[0]?.text.trim() ?? '';
  }

  private choiceOf(option: HTMLOptionElement, index: number): Choice {
    const line = document.createElement('li');
    line.id = `${this.select.id}-${index}`;
    line.setAttribute('role', 'option');
    line.textContent = option.text.trim();
    const { code = '' } = option.dataset;
    const choice = { id: option.value, code, name: option.text, line };
    // Before the input loses the focus.
    line.addEventListener('pointerdown', (event) => event.preventDefault());
    line.addEventListener('click', () => this.choose(choice));
    return choice;
  }

  private buildList(): void {
    const { select, list } = this;
    const label = select.labels[0];
    list.id = `${select.id}-list`;
    list.className = 'options';
    list.setAttribute('role', 'listbox');
    list.hidden = true;
    if (!label) return;
    label.id ||= `${select.id}-label`;
    list.setAttribute('aria-labelledby', label.id);
  }

  private buildInput(): void {
    const { select, input, list } = this;
    input.id = select.id;
    select.removeAttribute('id');
    input.type = 'text';
    // What a browser fills in is searched for like what is typed.
    input.setAttribute('autocomplete', select.autocomplete);
    input.spellcheck = false;
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-expanded', 'false');
    input.setAttribute('aria-controls', list.id);
    for (const name of ['aria-describedby', 'aria-invalid', 'data-focus']) {
      const value = select.getAttribute(name);
      if (value !== null) input.setAttribute(name, value);
      select.removeAttribute(name);
    }
  }

  private listen(): void {
    this.input.addEventListener('input', () => this.search());
    this.input.addEventListener('click', () => {
      this.input.select();
      this.open('');
    });
    this.input.addEventListener('blur', () => this.settle());
    this.input.addEventListener('keydown', (event) => this.onKey(event));
    this.select.addEventListener('change', () => this.showChosen());
  }

  private onKey(event: KeyboardEvent): void {
    const isOpen = !this.list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (isOpen) this.move(event.key === 'ArrowDown' ? 1 : -1);
      else this.open('');
    } else if (event.key === 'Enter' && isOpen) {
      this.isSearching = true;
      this.settle();
    } else if (event.key === 'Escape' && isOpen) {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
  }

  private search(): void {
    this.isSearching = this.input.value !== '';
    this.open(this.input.value);
    // Filled in by the browser, from elsewhere.
    if (document.activeElement !== this.input) this.settle();
  }

  // Whoever types and goes on means what the list offers first, or what they moved to.
  private settle(): void {
    const choice = this.isSearching ? this.shown[this.active] : undefined;
    if (choice) this.choose(choice);
    else this.close();
  }

  private open(typed: string): void {
    this.shown = matching(this.choices, typed);
    this.list.replaceChildren(...this.shown.map(({ line }) => line));
    this.list.hidden = this.shown.length === 0;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    const { found = '', none = '' } = this.select.dataset;
    this.announce(this.shown.length ? filled(found, { count: this.shown.length }) : none);
    const chosen = this.shown.findIndex(({ id }) => id === this.select.value);
    this.activate(typed === '' ? Math.max(chosen, 0) : 0);
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
    this.active = -1;
    this.isSearching = false;
    this.showChosen();
  }

  private move(by: number): void {
    const count = this.shown.length;
    this.isSearching = true;
    this.activate((this.active + by + count) % count);
  }

  private activate(index: number): void {
    this.active = index;
    this.shown.forEach(({ line }, at) => line.setAttribute('aria-selected', String(at === index)));
    const line = this.shown[index]?.line;
    if (!line) return;
    this.input.setAttribute('aria-activedescendant', line.id);
    line.scrollIntoView({ block: 'nearest' });
  }

  private choose(choice: Choice): void {
    this.select.value = choice.id;
    this.select.dispatchEvent(new Event('change', { bubbles: true }));
    this.close();
  }
}
