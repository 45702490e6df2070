'use strict';
// Connections to the platform's real names go to the simulator: npm has no option for that. Loaded by Node first.
const net = require('net');

const places = new Map(
  (process.env.BENCH_CONNECT_TO ?? '').split(',').map((rule) => {
    const [host, port, address, to] = rule.split(':');
    return [`${host}:${port}`, { host: address, port: Number(to) }];
  }),
);

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // Either what a caller gave, or the same put in order, as one list.
  const list = Array.isArray(args[0]) ? args[0] : args;
  const place = places.get(`${list[0]?.host}:${list[0]?.port}`);
  if (place !== undefined) list[0] = { ...list[0], ...place };
  return connect.apply(this, args);
};
