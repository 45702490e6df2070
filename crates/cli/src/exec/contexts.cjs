'use strict';
// Loaded by Node before npm. npm reads the file of authorities into a list, and whatever it asks for, it makes a
// key of the whole list and has Node read every one of them anew, for each connection: some 20 ms for 150 of
// them. With this module npm's list has one entry, which stands for all, and Node reads once what it has not read.
const bundle = '' /* bundle */;

// What npm starts is to find its environment as if this module had not been.
const own = null /* own */;
if (own === null) delete process.env.NODE_OPTIONS;
else process.env.NODE_OPTIONS = own;

const fs = require('fs');
const tls = require('tls');

let authorities = [];

const read = fs.readFileSync;
fs.readFileSync = function readFileSync(path, ...options) {
  const content = read.call(this, path, ...options);
  if (path !== bundle || typeof content !== 'string') return content;
  authorities = content.split(/(?<=-----END CERTIFICATE-----)\s*/).filter(Boolean);
  return authorities.at(-1) ?? content;
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
