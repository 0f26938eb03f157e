// SPDX-License-Identifier: Apache-2.0
// input[data-reveal="Show"][data-conceal="Hide"]: a button beside it that shows what was typed, and
// hides it again. Its name is "Show Password": there may be several on a page.

function addButton(input: HTMLInputElement): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'reveal';
  button.setAttribute('aria-controls', input.id);
  const word = document.createElement('span');
  const field = document.createElement('span');
  field.className = 'unseen';
  field.textContent = input.labels?.[0]?.textContent?.trim() ?? '';
  button.append(word, ' ', field);
  const show = (shown: boolean) => {
    input.type = shown ? 'text' : 'password';
    word.textContent = (shown ? input.dataset['conceal'] : input.dataset['reveal']) ?? '';
  };
  show(false);
  button.addEventListener('click', () => show(input.type === 'password'));
  // Browsers remember the texts of text fields.
  input.form?.addEventListener('submit', () => show(false));
  input.after(button);
}

export function attachReveals(root: Document): void {
  root.querySelectorAll<HTMLInputElement>('input[data-reveal]').forEach(addButton);
}
