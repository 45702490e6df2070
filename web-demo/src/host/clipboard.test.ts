import { expect, test } from 'vitest';
import { clear, digest } from './clipboard';

class Board {
  constructor(public held: string) {}
  readText = async () => this.held;
  writeText = async (text: string) => void (this.held = text);
}

test('what is still there goes, whatever its line ends have become', async () => {
  const board = new Board('one\r\ntwo');
  expect(await clear(board, await digest('one\ntwo'))).toBe(true);
  expect(board.held).toBe('');
});

test('what somebody copied meanwhile stays', async () => {
  const board = new Board('a shopping list');
  expect(await clear(board, await digest('secret'))).toBe(false);
  expect(board.held).toBe('a shopping list');
});
