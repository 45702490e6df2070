// What the registries hold: one package of each kind, in the layout that its package manager asks for.
import { createHash } from 'node:crypto';
import { tgz, zip } from './archives';
import type { File, Files } from './registry';

/** Old enough for those that wait before they install something new. */
const LONG_AGO = '2020-01-01T00:00:00.000Z';

/** An npm package below `/ROOT/`; its tarball below another path of the same host if one is given. */
export function npmPackage(root: string, name: string, tarballRoot = root): Files {
  return (origin) => {
    const body = tgz({
      'package/package.json': JSON.stringify({ name, version: '1.0.0' }),
      'package/index.js': `module.exports = ${JSON.stringify(name)};\n`,
    });
    const path = `/${tarballRoot}/${name}/-/${name.split('/').at(-1)}-1.0.0.tgz`;
    const integrity = `sha512-${createHash('sha512').update(body).digest('base64')}`;
    const shasum = createHash('sha1').update(body).digest('hex');
    const document = {
      name,
      'dist-tags': { latest: '1.0.0' },
      versions: { '1.0.0': { name, version: '1.0.0', dist: { tarball: `${origin}${path}`, integrity, shasum } } },
      time: { created: LONG_AGO, modified: LONG_AGO, '1.0.0': LONG_AGO },
      modified: LONG_AGO,
    };
    return {
      [`/${root}/${name}`]: { body: JSON.stringify(document), type: 'application/json' },
      [path]: { body },
    };
  };
}

/** A wheel and its page in the simple index below `/ROOT/simple/`. */
export function wheel(root: string, name: string, version = '1.0.0'): Files {
  return () => {
    const info = `${name}-${version}.dist-info`;
    const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
    const body = zip({
      [`${name}.py`]: `name = '${name}'\n`,
      [`${info}/METADATA`]: metadata,
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${info}/RECORD`]: `${name}.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
    });
    const file = `${name}-${version}-py3-none-any.whl`;
    const hash = createHash('sha256').update(body).digest('hex');
    const page = `<!DOCTYPE html><html><body><a href="/${root}/files/${file}#sha256=${hash}">${file}</a></body></html>`;
    return {
      [`/${root}/simple/${name}/`]: { body: page, type: 'text/html' },
      [`/${root}/files/${file}`]: { body },
    };
  };
}

/** A Maven project `example:NAME:1.0.0` below `/ROOT/`; a jar unless its packaging is `pom`. */
export function maven(root: string, name: string, packaging: 'jar' | 'pom' = 'jar'): Files {
  return () => {
    const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>${name}</artifactId><version>1.0.0</version><packaging>${packaging}</packaging>
</project>\n`;
    const base = `/${root}/example/${name}/1.0.0/${name}-1.0.0`;
    const files: Record<string, File> = {};
    const add = (path: string, body: string | Buffer) => {
      files[path] = { body };
      files[`${path}.sha1`] = { body: createHash('sha1').update(body).digest('hex') };
    };
    add(`${base}.pom`, pom);
    if (packaging === 'jar') add(`${base}.jar`, zip({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\n' }));
    return files;
  };
}

/** Several of them together. */
export function together(...all: Files[]): Files {
  return (origin) => Object.assign({}, ...all.map((files) => files(origin)));
}
