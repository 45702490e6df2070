// What an edit may not touch.
import { expect } from 'vitest';

/** Fails unless every line of the old text stands in the new one, in its order. */
export function expectKept(before: string, after: string): void {
  const lines = after.split('\n');
  let at = 0;
  for (const line of before.split('\n')) {
    const found = lines.indexOf(line, at);
    expect(found, `lost or moved: ${JSON.stringify(line)}`).toBeGreaterThanOrEqual(at);
    at = found + 1;
  }
}
