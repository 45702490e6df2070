// A certificate that vouches for itself.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../formats/support/run';

/** Key and certificate in PEM form for these names, which are as in `subjectAltName`. */
export async function selfSigned(...names: string[]): Promise<{ key: string; cert: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pulltoken-certificate-'));
  try {
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const more = ['-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=for tests only', '-addext', `subjectAltName=${names.join(',')}`];
    await run(['openssl'], [...args, ...more], { cwd: folder });
    const [key, cert] = await Promise.all([join(folder, 'key.pem'), join(folder, 'cert.pem')].map((path) => readFile(path, 'utf8')));
    return { key: key ?? '', cert: cert ?? '' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
