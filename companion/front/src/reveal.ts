// SPDX-License-Identifier: Apache-2.0
// input[data-reveal="Show"]: a button beside it that shows what was typed, and hides it again.

function addButton(input: HTMLInputElement): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'reveal';
  button.textContent = input.dataset['reveal'] ?? '';
  button.setAttribute('aria-controls', input.id);
  const label = input.labels?.[0];
  if (label) {
    label.id ||= `${input.id}-label`;
    button.setAttribute('aria-describedby', label.id);
  }
  const show = (shown: boolean) => {
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
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
