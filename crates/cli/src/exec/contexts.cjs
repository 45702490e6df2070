'use strict';
// Loaded by Node before npm. npm hands all authorities to each of its connections, and Node reads them anew
// for each, 20 ms for 150 of them; it also joins them into a key for each request. Here both are done once.

// What npm starts is to find its environment as if this module had not been.
const own = null /* own */;
if (own === null) delete process.env.NODE_OPTIONS;
else process.env.NODE_OPTIONS = own;

const { Agent } = require('https');
const tls = require('tls');

// By the list that was handed over, not by what is in it: npm has one for all of its requests.
const names = new WeakMap();
let count = 0;
function nameOf(authorities) {
  if (!names.has(authorities)) names.set(authorities, `authorities-${(count += 1)}`);
  return names.get(authorities);
}

// All else that goes into a context, as Node documents it: what is a plain value tells contexts apart ...
const PLAIN = [
  'allowPartialTrustChain', 'ciphers', 'ecdhCurve', 'honorCipherOrder', 'maxVersion', 'minVersion',
  'secureOptions', 'secureProtocol', 'sessionIdContext', 'sessionTimeout', 'sigalgs',
];
// ... and a context with a client's own key, or anything else that is not, is nobody else's.
const PRIVATE = [
  'cert', 'clientCertEngine', 'crl', 'dhparam', 'key', 'passphrase', 'pfx', 'privateKeyEngine', 'privateKeyIdentifier', 'ticketKeys',
];

const create = tls.createSecureContext;
const contexts = new Map();
tls.createSecureContext = function createSecureContext(options) {
  if (!Array.isArray(options?.ca) || PRIVATE.some((name) => options[name] != null)) return create.call(this, options);
  const key = JSON.stringify([nameOf(options.ca), ...PLAIN.map((name) => options[name] ?? null)]);
  if (!contexts.has(key)) contexts.set(key, create.call(this, options));
  return contexts.get(key);
};

const getName = Agent.prototype.getName;
Agent.prototype.getName = function shortName(options) {
  return getName.call(this, Array.isArray(options?.ca) ? { ...options, ca: nameOf(options.ca) } : options);
};
