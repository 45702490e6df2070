// The times at which the background is woken.

export const ALARM = {
  /** To look which tokens expire soon. */
  look: 'look',
  /** To take what was copied off the clipboard. */
  clipboard: 'clipboard',
} as const;

/** How often it looks. Days are what people are warned of. */
export const LOOK_MINUTES = 60;
