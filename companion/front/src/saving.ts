// SPDX-License-Identifier: Apache-2.0
// Recovery codes on paper and in a file. button[data-print] prints the page;
// button[data-download="NAME.txt"][data-from="ID"] saves the lines of that element. Both are hidden
// until this runs.

// What a list, or any other element, says in lines.
function linesOf(source: HTMLElement): string[] {
  const items = source.querySelectorAll('li');
  const elements: Element[] = items.length > 0 ? [...items] : [source];
  return elements.map((element) => (element.textContent ?? '').trim());
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Not at once: some browsers read it later.
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function attachSaving(root: Document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('button[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  }
  for (const button of root.querySelectorAll<HTMLButtonElement>('button[data-download]')) {
    const source = root.getElementById(button.dataset['from'] ?? '');
    if (!source) continue;
    button.hidden = false;
    button.addEventListener('click', () => {
      const title = button.dataset['downloadTitle'];
      const lines = [...(title ? [title, ''] : []), ...linesOf(source)];
      save(button.dataset['download'] ?? '', lines.join('\r\n') + '\r\n');
    });
  }
}
