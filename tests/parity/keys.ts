// WebCrypto takes seconds for a key of 4096 bits where a machine is busy, and the tests want many.
import { type MockInstance, vi } from 'vitest';

/** Has all of WebCrypto's keys be the first one that was made. How a key is asked for is seen in the calls. */
export function keepOneKey(): MockInstance<SubtleCrypto['generateKey']> {
  const make = crypto.subtle.generateKey.bind(crypto.subtle);
  let kept: ReturnType<typeof make> | undefined;
  return vi.spyOn(crypto.subtle, 'generateKey').mockImplementation(((...asked: Parameters<typeof make>) => {
    kept ??= make(...asked);
    return kept;
  }) as typeof make);
}
