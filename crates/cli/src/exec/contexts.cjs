'use strict';
// Loaded by Node before a package manager. Such a program reads the file of authorities into a list, and whatever
// it asks for, it has Node read every one of them anew, for each connection: some 20 ms for 150 of them. With this
// module its list has one entry, which stands for all, and Node reads once what it has not read.
const bundle = '' /* bundle */;

// What it starts is to find its environment as if this module had not been.
const own = null /* own */;
if (own === null) delete process.env.NODE_OPTIONS;
else process.env.NODE_OPTIONS = own;

const fs = require('fs');
const tls = require('tls');

let authorities = [];

// What is given to a reader of the file.
function shortened(path, content) {
  if (path !== bundle) return content;
  authorities = content.toString().split(/(?<=-----END CERTIFICATE-----)\s*/).filter(Boolean);
  const one = authorities.at(-1);
  if (one === undefined) return content;
  return typeof content === 'string' ? one : Buffer.from(one);
}

const { readFileSync, readFile } = fs;
const readLater = fs.promises.readFile;
fs.readFileSync = function (path, ...options) {
  return shortened(path, readFileSync.call(this, path, ...options));
};
fs.readFile = function (path, ...rest) {
  const done = rest.pop();
  if (typeof done !== 'function') return readFile.call(this, path, ...rest, done);
  return readFile.call(this, path, ...rest, (error, content) => done(error, error ? content : shortened(path, content)));
};
fs.promises.readFile = async function (path, ...options) {
  return shortened(path, await readLater.call(this, path, ...options));
};

// What goes into a context besides authorities, as Node documents it: by plain values contexts are told apart ...
const PLAIN = [
  'allowPartialTrustChain', 'ciphers', 'ecdhCurve', 'honorCipherOrder', 'maxVersion', 'minVersion',
  'secureOptions', 'secureProtocol', 'sessionIdContext', 'sessionTimeout', 'sigalgs',
];
// ... and one with a client's own key, or anything of that kind, is not shared.
const PRIVATE = [
  'cert', 'clientCertEngine', 'crl', 'dhparam', 'key', 'passphrase', 'pfx', 'privateKeyEngine', 'privateKeyIdentifier', 'ticketKeys',
];

const create = tls.createSecureContext;
const contexts = new Map();
tls.createSecureContext = function createSecureContext(options) {
  if (authorities.length === 0 || [options?.ca].flat().join('') !== authorities.at(-1)) return create.call(this, options);
  const make = () => {
    const context = create.call(this, { ...options, ca: undefined });
    return believesAll(context) ? context : create.call(this, { ...options, ca: authorities });
  };
  if (PRIVATE.some((name) => options[name] != null)) return make();
  const key = JSON.stringify(PLAIN.map((name) => options[name] ?? null));
  if (!contexts.has(key)) contexts.set(key, make());
  return contexts.get(key);
};

// Most of them are Node's own, which it has read for this context already: the others are added.
function believesAll({ context }) {
  if (typeof context?.addCACert !== 'function') return false;
  const own = new Set(tls.rootCertificates.map(signature));
  for (const authority of authorities) if (!own.has(signature(authority))) context.addCACert(authority);
  return true;
}

// Node breaks the lines of its certificates elsewhere; the end of the signature tells them apart.
function signature(certificate) {
  const end = certificate.lastIndexOf('-----END');
  return certificate.slice(end - 100, end).replace(/\s/g, '').slice(-64);
}
