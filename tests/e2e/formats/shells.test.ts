// Shells: what they evaluate or source gives the values back, byte for byte.
import { type Format, render } from 'pulltoken';
import { describe, expect, test } from 'vitest';
import { PROVEN } from './proven';
import { Folder, type Program } from './support/run';
import { program } from './support/programs';
import { AWKWARD, FOREIGN, MILD, type Pair, PULL_TOKEN } from './support/samples';

const VARIABLES = ['CHAINGUARD_JAVASCRIPT_IDENTITY_ID', 'CHAINGUARD_JAVASCRIPT_TOKEN'];
const PAIRS: [string, Pair][] = [
  ['a pull token', PULL_TOKEN],
  ['quotes, dollars, backticks and backslashes', AWKWARD],
  ['blanks and operators', MILD],
  ['letters beyond ASCII', FOREIGN],
  ['what looks like an option, a home and a comment', { username: '~root', password: '-e #x' }],
  ['what zsh would expand', { username: '=ls', password: 'a:~b:=c' }],
  ['quotes at the ends', { username: `'`, password: `'"'` }],
];

/** A program that prints the two variables as its environment has them. */
const SHOW = `${JSON.stringify(process.execPath)} -e 'process.stdout.write(["${VARIABLES.join('", "')}"].map((n) => process.env[n]).join("\\0"))'`;

async function expectBack(shell: Program, args: string[], pair: Pair, env: Record<string, string> = {}): Promise<void> {
  const folder = await Folder.make();
  const { bytes } = await folder.run(shell, args, { env });
  expect(bytes.toString()).toBe(`${pair.username}\0${pair.password}`);
}

describe.each(PROVEN.env.programs)('env in %s', (shell) => {
  test.each(PAIRS)('eval gives back %s', async (_, pair) => {
    await expectBack(program(shell), ['-c', `eval "$LINES_TO_EVAL"; ${SHOW}`], pair, { LINES_TO_EVAL: render(pair, 'env') });
  });

  test('eval without quotes gives back a pull token', async () => {
    const env = { LINES_TO_EVAL: render(PULL_TOKEN, 'env') };
    await expectBack(program(shell), ['-c', `eval $(printf %s "$LINES_TO_EVAL"); ${SHOW}`], PULL_TOKEN, env);
  });

  test('a sourced file gives back quotes, dollars, backticks and backslashes', async () => {
    const folder = await Folder.make({ 'lines.sh': render(AWKWARD, 'env') });
    const { stdout } = await folder.run(program(shell), ['-c', `. ./lines.sh; ${SHOW}`]);
    expect(stdout).toBe(`${AWKWARD.username}\0${AWKWARD.password}`);
  });
});

test.each(PAIRS)('fish gives back %s', async (_, pair) => {
  const args = ['--no-config', '-c', `eval (printf %s "$LINES_TO_EVAL" | string collect); ${SHOW}`];
  await expectBack(program('fish'), args, pair, { LINES_TO_EVAL: render(pair, 'fish') });
});

test.each(PAIRS)('fish sources what gives back %s', async (_, pair) => {
  const folder = await Folder.make({ 'lines.fish': render(pair, 'fish') });
  const { stdout } = await folder.run(program('fish'), ['--no-config', '-c', `source lines.fish; ${SHOW}`]);
  expect(stdout).toBe(`${pair.username}\0${pair.password}`);
});

test.each(PAIRS)('nushell gives back %s', async (_, pair) => {
  const folder = await Folder.make({ 'lines.nu': render(pair, 'nushell') });
  const show = `source lines.nu; ^${SHOW}`;
  const { stdout } = await folder.run(program('nushell'), ['--no-config-file', '--commands', show]);
  expect(stdout).toBe(`${pair.username}\0${pair.password}`);
});

test.each<Format>(['env', 'fish', 'nushell', 'powershell', 'cmd'])('%s takes no line break', (format) => {
  for (const password of ['a\nb', 'a\rb', 'a\0b']) {
    expect(() => render({ username: 'u', password }, format)).toThrow(expect.objectContaining({ code: 'value_not_representable' }));
  }
});
