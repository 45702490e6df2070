// The server that wants to hear a credential does hear what is said to it, in every way that it can be said.
import { expect, test } from 'vitest';
import { Folder } from '../formats/support/run';
import { program } from '../formats/support/programs';
import { Elsewhere } from './support/elsewhere';

test.each([
  ['in the clear', (at: Elsewhere) => [`${at.url}/said`]],
  ['over TLS', (at: Elsewhere) => ['--insecure', `https://127.0.0.1:${at.port}/said`]],
  ['to a proxy', (at: Elsewhere) => ['--proxy', at.url, 'http://libraries.cgr.dev/said']],
  ['through a proxy, to a host that it plays', (at: Elsewhere) => ['--proxy', at.url, '--cacert', 'ca.pem', 'https://libraries.cgr.dev/said']],
])('%s', async (_, args) => {
  const at = await Elsewhere.start();
  try {
    const folder = await Folder.make({ 'ca.pem': at.authority });
    await folder.run(program('curl'), ['--silent', '--max-time', '10', '--user', 'me:a secret', ...args(at)]);
    expect(at.heard.join('\n')).toContain(Buffer.from('me:a secret').toString('base64'));
  } finally {
    await at.stop();
  }
});
