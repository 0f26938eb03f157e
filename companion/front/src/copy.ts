// SPDX-License-Identifier: Apache-2.0
// button[data-copy="ID"][data-copied="Copied"]: puts the text of that element on the clipboard, and
// says so after the button. The element's data-value, where it has one, is what is copied: a key is
// shown with gaps that nobody wants to paste. The button is hidden until this runs.
import { announcerAfter } from './announcer';

const SAID_MS = 4000;

function select(element: Element): void {
  const selection = window.getSelection();
  if (!selection) return;
  selection.selectAllChildren(element);
}

function makeCopy(button: HTMLButtonElement): void {
  const source = document.getElementById(button.dataset['copy'] ?? '');
  if (!source) return;
  const announce = announcerAfter(button);
  const words = button.textContent;
  let timer = 0;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.dataset['value'] ?? source.textContent ?? '');
    } catch {
      // Not allowed here: the next best is a text that is ready to be copied.
      select(source);
      return;
    }
    const copied = button.dataset['copied'] ?? '';
    button.textContent = copied;
    announce(copied);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      button.textContent = words;
      announce('');
    }, SAID_MS);
  });
}

export function attachCopies(root: Document): void {
  root.querySelectorAll<HTMLButtonElement>('button[data-copy]').forEach(makeCopy);
}
