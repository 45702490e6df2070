// What ends in a password that nobody can show again. It is done in a page that stays: a popup goes as soon as somebody
// clicks beside it, and what was made with it.

export type Deed = { kind: 'create' } | { kind: 'rotate'; id: string };

const IDENTITY = /^[0-9a-f]{40}(\/[0-9a-f]{16})+$/;

/** The part of an address after `#` that begins a deed in an organisation, given by its name or identifier. */
export function hashOf(deed: Deed, organization: string): string {
  const fields = new URLSearchParams({ organization });
  if (deed.kind === 'create') fields.set('create', '');
  else fields.set('rotate', deed.id);
  return `#${fields}`;
}

/** What an address begins, if anything: nothing is done before somebody has agreed to it. */
export function deedOf(hash: string): Deed | undefined {
  const fields = new URLSearchParams(hash.slice(1));
  if (fields.has('create')) return { kind: 'create' };
  const id = fields.get('rotate');
  return id !== null && IDENTITY.test(id) ? { kind: 'rotate', id } : undefined;
}
