'use strict';
// Loaded by Node before the package manager. The credential leaves for the registry's own
// repositories alone: from any other request, such as one that a redirect made, it is taken off.
const { ClientRequest } = require('http');

const repositories = [/* repositories */].map((text) => new URL(text));
const secret = process.env['/* variable */'];

function isOurs(protocol, host, path) {
  const plain = !/(^|\/)(\.|%2e){1,2}(\/|$)|\\|%5c/i.test(path.split('?')[0]);
  return plain && repositories.some((url) => url.protocol === protocol && url.host === host && path.startsWith(url.pathname));
}

// Headers come as Node keeps them, { key: [name, value] }, or as a list, flat or of pairs.
function valueOf(headers, name) {
  if (!Array.isArray(headers)) return headers?.[name]?.[1];
  const flat = headers.flat();
  return flat[flat.findIndex((text, index) => index % 2 === 0 && String(text).toLowerCase() === name) + 1];
}

function without(headers, name) {
  if (Array.isArray(headers)) {
    const flat = headers.flat();
    return flat.filter((_, index) => String(flat[index - (index % 2)]).toLowerCase() !== name);
  }
  const { [name]: _, ...rest } = headers;
  return Object.assign(Object.create(null), rest);
}

const store = ClientRequest.prototype._storeHeader;
ClientRequest.prototype._storeHeader = function storeHeader(firstLine, headers) {
  const sent = headers && [valueOf(headers, 'authorization')].flat().join();
  if (!secret || !sent || !sent.includes(secret)) return store.call(this, firstLine, headers);
  const host = String(valueOf(headers, 'host') ?? this.host).toLowerCase();
  const path = String(this.path).replace(/^https?:\/\/[^/]*/i, '');
  return store.call(this, firstLine, isOurs(this.protocol, host, path) ? headers : without(headers, 'authorization'));
};
